// The controls of the served review page. Everything that is shown is set as text, never as HTML.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

function make(tag, properties = {}, ...children) {
  const { data, aria, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  for (const [name, value] of Object.entries(data ?? {})) element.dataset[name] = value;
  for (const [name, value] of Object.entries(aria ?? {})) element.setAttribute(`aria-${name}`, value);
  element.append(...children);
  return element;
}

async function ask(path, body) {
  const sent = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  let answer;
  try {
    answer = await fetch(path, sent);
  } catch {
    throw new Error("the review server does not answer - is `shortform review` still running?");
  }
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.error);
  return value;
}

// ---- edits: what is told by the command line is told here

function showWaiting({ waiting, added, states }) {
  const line = $("#waiting");
  line.dataset.count = waiting;
  const count = waiting === 1 ? "1 edit waits" : `${waiting || "No"} edit${waiting ? "s wait" : " waits"}`;
  line.textContent = [`${count} to be rendered.`, ...added.map((title) => `“${title}” will be added.`)].join(" ");
  for (const item of $$(".clip")) {
    const chip = $("[data-state]", item);
    if (!chip) continue;
    chip.textContent = states[item.dataset.clip] ?? "";
    chip.hidden = !chip.textContent;
  }
}

async function edit(line, body) {
  line.classList.remove("wrong");
  line.textContent = "…";
  try {
    const answer = await ask("api/edits", body);
    line.textContent = answer.told.join(" ");
    showWaiting(answer);
    return true;
  } catch (error) {
    line.classList.add("wrong");
    line.textContent = error.message;
    return false;
  }
}

for (const group of $$("[data-number]")) {
  const number = Number(group.dataset.number);
  const told = $(`[data-told="${number}"]`);
  $("[data-do=pin]", group).addEventListener("click", () => edit(told, { verb: "pin", number }));
  $("[data-do=drop]", group).addEventListener("click", () => edit(told, { verb: "drop", number }));
  $("[data-do=edit]", group).addEventListener("click", (event) => toggle(event.currentTarget, number, told));
}

for (const button of $$("[data-add-from]")) {
  const line = make("p", { className: "told", role: "status" });
  button.after(line);
  const { addFrom: start, addTo: end } = button.dataset;
  button.addEventListener("click", () => edit(line, { verb: "add", start, end }));
}

// ---- a clip's panel

async function toggle(button, number, told) {
  const panel = $(`#panel-${number}`);
  panel.hidden = !panel.hidden;
  button.setAttribute("aria-expanded", String(!panel.hidden));
  if (panel.hidden || panel.childElementCount) return;
  try {
    fill(panel, await ask(`api/clips/${number}`), told);
  } catch (error) {
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    told.classList.add("wrong");
    told.textContent = error.message;
  }
}

function fill(panel, clip, told) {
  panel.append(wordsOf(panel, clip, told), titleOf(clip, told));
  if (clip.framing) panel.append(framingOf(clip, told), camerasOf(clip));
}

function wordsOf(panel, clip, told) {
  let mode = "listen";
  let begin = clip.words.findIndex((word) => word.kept);
  let end = clip.words.findLastIndex((word) => word.kept);
  const first = [begin, end];
  const video = $("video", panel.parentElement);
  const modes = { listen: "Listen", begin: "Begin here", end: "End here", fix: "Fix a word" };
  const switches = Object.entries(modes).map(([name, label]) =>
    make("button", { type: "button", className: "mode small", textContent: label, data: { mode: name } }));
  const words = clip.words.map((word, at) => make("button", {
    type: "button", textContent: word.text, tabIndex: at === Math.max(0, begin) ? 0 : -1, data: { at },
  }));
  const list = make("div", { className: "words", role: "group", aria: { label: "Words of the clip and around it" } });
  words.forEach((word, at) => list.append(word, clip.words[at].space ? " " : ""));
  const trim = make("button", { type: "button", className: "main", textContent: "Trim to the marked words", disabled: true });
  const wrong = make("input", { name: "wrong", autocomplete: "off", required: true });
  const right = make("input", { name: "right", autocomplete: "off", required: true });
  const here = make("input", { type: "checkbox", name: "here" });
  const fix = make("form", { hidden: true },
    make("label", {}, "As it is shown", wrong), make("label", {}, "As it should be", right),
    make("label", { className: "tick" }, here, "Only in this clip"), make("button", { textContent: "Fix" }));
  if (clip.direction) list.dir = clip.direction;
  if (clip.language) list.lang = clip.language;

  function paint() {
    words.forEach((word, at) => {
      const kept = begin <= at && at <= end && begin >= 0;
      word.classList.toggle("kept", kept);
      word.classList.toggle("edge", at === begin || at === end);
      word.setAttribute("aria-pressed", String(kept));
    });
    for (const each of switches) each.setAttribute("aria-pressed", String(each.dataset.mode === mode));
    trim.disabled = begin < 0 || (begin === first[0] && end === first[1]);
    fix.hidden = mode !== "fix";
  }

  function choose(at) {
    const word = clip.words[at];
    if (mode === "begin") { begin = at; if (end < begin) end = begin; mode = "end"; }
    else if (mode === "end") { end = at; if (begin > end || begin < 0) begin = end; }
    else if (mode === "fix") {
      words.forEach((each, n) => each.classList.toggle("chosen", n === at));
      wrong.value = word.bare;
      right.value = word.bare;
      right.focus();
      right.select();
    } else if (video && word.at_ms !== null) { video.currentTime = word.at_ms / 1000; }
    paint();
  }

  list.addEventListener("click", (event) => {
    const word = event.target.closest("button");
    if (word) choose(Number(word.dataset.at));
  });
  // One stop for the tab key, arrows among the words.
  list.addEventListener("keydown", (event) => {
    const at = words.indexOf(document.activeElement);
    const turn = list.dir === "rtl" ? -1 : 1;
    const to = { ArrowRight: at + turn, ArrowLeft: at - turn, ArrowDown: at + 8, ArrowUp: at - 8, Home: 0, End: words.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = words[Math.min(Math.max(to, 0), words.length - 1)];
    words[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  for (const each of switches) each.addEventListener("click", () => { mode = each.dataset.mode; paint(); });
  trim.addEventListener("click", async () => {
    const body = { verb: "trim", number: clip.number };
    if (begin !== first[0]) body.first = clip.words[begin].first;
    if (end !== first[1]) body.last = clip.words[end].last;
    if (await edit(told, body)) { first[0] = begin; first[1] = end; paint(); }
  });
  fix.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = { verb: "fix", wrong: wrong.value, right: right.value };
    if (here.checked) body.number = clip.number;
    await edit(told, body);
  });
  video?.addEventListener("timeupdate", () => {
    const now = video.currentTime * 1000;
    clip.words.forEach((word, at) =>
      words[at].classList.toggle("spoken", word.at_ms !== null && word.at_ms <= now && now < word.until_ms));
  });
  paint();
  // Where the clip begins is what one wants to see, not what is said before it.
  requestAnimationFrame(() => { list.scrollTop = (words[Math.max(0, begin)]?.offsetTop ?? 0) - list.offsetTop - 40; });
  return make("div", {}, make("h4", { textContent: "Words" }),
    make("div", { className: "buttons", role: "group", aria: { label: "What a click on a word does" } }, ...switches),
    list, make("div", { className: "buttons" }, trim), fix);
}

function titleOf(clip, told) {
  const title = make("input", { name: "title", value: clip.title, required: true, maxLength: 300 });
  const form = make("form", {}, make("label", {}, "Title", title), make("button", { textContent: "Retitle" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    edit(told, { verb: "retitle", number: clip.number, title: title.value });
  });
  return form;
}

function chooser(label, options) {
  const select = make("select", {}, ...options.map(([value, text]) => make("option", { value, textContent: text })));
  return [make("label", {}, label, select), select];
}

function framingOf(clip, told) {
  const { people, layouts, aspects } = clip.framing;
  const [followLabel, follow] = chooser("Follow", [["", "as planned"], ...people.map((name) => [name.id, name.label])]);
  const [layoutLabel, layout] = chooser("Layout", [["", "as planned"], ...layouts.map((name) => [name, name])]);
  const [aspectLabel, aspect] = chooser("In", [["", "every aspect ratio"], ...aspects.map((name) => [name, name])]);
  const auto = make("button", { type: "button", textContent: "Frame by itself" });
  const form = make("form", {}, followLabel, layoutLabel, aspectLabel, make("button", { textContent: "Reframe" }), auto);
  const common = () => ({ verb: "reframe", number: clip.number, ...(aspect.value && { aspect: aspect.value }) });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    edit(told, { ...common(), ...(follow.value && { follow: follow.value }), ...(layout.value && { layout: layout.value }) });
  });
  auto.addEventListener("click", () => edit(told, { ...common(), auto: true }));
  return make("div", {}, make("h4", { textContent: "Framing" }), form);
}

function camerasOf(clip) {
  const plots = clip.framing.aspects.map((aspect) => make("img", {
    src: `api/clips/${clip.number}/camera-${aspect.replace(":", "x")}.png`, width: 720, height: 220,
    alt: `Where the camera of clip ${clip.number} is over time in ${aspect}, and who speaks`,
  }));
  const rows = clip.framing.reasons.map(({ from, to, layout, reason }) => make("tr", {},
    make("td", { className: "time", textContent: `${from} to ${to}` }), make("td", { textContent: layout }), make("td", { textContent: reason })));
  const head = make("tr", {}, ...["Time in the clip", "Layout", "Why"].map((text) => make("th", { scope: "col", textContent: text })));
  return make("div", {}, make("h4", { textContent: "Camera" }), make("div", { className: "plots" }, ...plots),
    make("div", { className: "scroll" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows))));
}

// ---- runs: they go on whether or not this page is open

const buttons = ["#render", "#retry", "#restyle"].map((selector) => $(selector)).filter(Boolean);
let ours = false;

async function start(body) {
  $("#fault").hidden = true;
  try {
    await ask("api/runs", body);
    ours = true;
  } catch (error) {
    fail(error.message);
  }
}

function fail(text) {
  $("#fault").textContent = text;
  $("#fault").hidden = false;
}

$("#render").addEventListener("click", () => start({ what: "rerun" }));
$("#retry")?.addEventListener("click", () => start({ what: "retry" }));
$("#restyle").addEventListener("click", () => start({ what: "restyle", style: $("#style").value }));

const seen = { number: null };
const events = new EventSource("api/progress");
events.addEventListener("message", (event) => {
  const { number, running, fraction, line, error } = JSON.parse(event.data);
  for (const button of buttons) button.disabled = running;
  $("#run").hidden = !running;
  $("#bar").value = fraction;
  $("#step").textContent = line;
  // A run that ended while the page was open has made another delivery.
  if (!running && (ours || seen.number === number) && seen.running) {
    if (error) fail(error);
    else location.reload();
  }
  seen.number = number;
  seen.running = running;
});
window.addEventListener("pagehide", () => events.close());
