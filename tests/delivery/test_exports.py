"""Transcripts and captions as files: whatever is said, they follow the rules and parse again."""

from __future__ import annotations

import json
import re
from html import unescape
from itertools import pairwise

import av
from delivery_samples import (
    clip_plan,
    completed,
    composition,
    keep_bytes,
    render_job,
    source_video,
    terms,
    transcript,
    turns,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from present import present

from shortform_assets.contracts.base import FrameRate
from shortform_assets.contracts.creative import ClipTranslation, ClipWord, TranslatedLines
from shortform_assets.contracts.edits import CreativeEdit, CreativeEdits
from shortform_assets.creative.captions.text.typeset import displayed
from shortform_assets.delivery.captions_export import Captions, srt, vtt, words_json
from shortform_assets.delivery.cues import COLUMNS, LONGEST_MS, SHORTEST_MS, TimedWord, cues, label
from shortform_assets.delivery.deliver import DeliveryRequest, deliver
from shortform_assets.delivery.outcomes import dispatch, finish, states
from shortform_assets.speech.own.own_transcript import parse_transcript
from shortform_assets.text.graphemes import columns

SPEAKERS = st.sampled_from(["", "S1", "S1", "S1", "S2"])
ANY_TEXT = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["-->", "<b>", "a&b", "{\\an8}", "1", "00:00:01,000 --> 00:00:02,000", "世界", "x" * 130, "\n\n"]
    ),
)
SPOKEN = st.sampled_from(
    ["a", "the", "so,", "because", "everything.", "really?", "brother,", "Kubernetes!", "responsibilities"]
)


@st.composite
def talks(draw, texts, lengths, gaps) -> list[TimedWord]:
    words, at = [], draw(st.integers(0, 3000))
    for _ in range(draw(st.integers(1, 50))):
        length = draw(lengths)
        words.append(TimedWord(draw(texts), at, at + length, 0.5, draw(SPEAKERS)))
        at += length + draw(gaps)
    return words


def parsed(text: str) -> list[tuple[int, int, list[str]]]:
    """Start, end and lines of every cue of an SRT or VTT file, by its grammar."""
    blocks = [block.split("\n") for block in text.removeprefix("WEBVTT\n\n").split("\n\n") if block]
    found = []
    for block in blocks:
        at = 0 if "-->" in block[0] else 1
        times = re.fullmatch(
            r"(\d\d):(\d\d):(\d\d)[.,](\d{3}) --> (\d\d):(\d\d):(\d\d)[.,](\d{3})", block[at]
        )
        assert times, block
        h, m, s, ms, h2, m2, s2, ms2 = map(int, times.groups())
        found.append(
            (((h * 60 + m) * 60 + s) * 1000 + ms, ((h2 * 60 + m2) * 60 + s2) * 1000 + ms2, block[at + 1 :])
        )
    return found


@settings(max_examples=150, deadline=None)
@given(
    talks(ANY_TEXT, st.integers(0, 9000), st.integers(0, 4000)),
    st.integers(-2000, 4000),
    st.booleans(),
)
def test_cues_keep_the_rules_whatever_is_said(words, tail, named):
    duration = max(200, words[-1].end_ms + tail)
    made = cues(words, duration, named)
    shown = "".join(line for cue in made for line in cue.lines).replace(" ", "")
    assert shown == "".join(displayed(word.text, False) for word in words).replace(" ", "")
    for cue in made:
        assert 0 <= cue.start_ms < cue.end_ms <= duration
        assert cue.end_ms - cue.start_ms <= LONGEST_MS
        assert 1 <= len(cue.lines) <= 2
        assert columns((label(cue.speaker) if named else "") + cue.lines[0]) <= COLUMNS
        assert all(columns(line) <= COLUMNS for line in cue.lines)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(made))


@settings(max_examples=150, deadline=None)
@given(talks(SPOKEN, st.integers(180, 600), st.one_of(st.integers(0, 80), st.integers(0, 6000))))
def test_at_the_pace_of_speech_every_cue_can_be_read(words):
    duration = words[-1].end_ms + SHORTEST_MS
    made = cues(words, duration)
    assert all(cue.end_ms - cue.start_ms >= SHORTEST_MS for cue in made)
    said: dict[int, str] = {}
    for word in words:
        said.setdefault(word.start_ms, word.text)
    for cue in made:
        # A cue comes with its first word, or earlier where it would be too short.
        first = next(at for at, text in said.items() if at >= cue.start_ms and cue.lines[0].startswith(text))
        assert first == cue.start_ms or cue.end_ms - cue.start_ms == SHORTEST_MS


def test_cues_end_with_sentences_and_keep_speakers_apart():
    text = "We had nothing at all back then. So we began. Why did you not simply stop there? Because we could not."
    words = [
        TimedWord(w, i * 300, i * 300 + 280, speaker="S1" if i < 10 else "S2")
        for i, w in enumerate(text.split())
    ]
    made = cues(words, 10_000, labels=True)
    assert {cue.speaker for cue in made} == {"S1", "S2"}
    assert all(cue.lines[-1][-1] in ".?" for cue in made)


@settings(max_examples=100, deadline=None)
@given(talks(ANY_TEXT, st.integers(0, 900), st.integers(0, 900)), st.booleans())
def test_files_parse_again_whatever_is_said(words, named):
    captions = Captions("en", words[-1].end_ms + 500, tuple(words), named)
    made = captions.cues
    subrip, web = parsed(srt(captions)), parsed(vtt(captions))
    assert [cue[:2] for cue in subrip] == [cue[:2] for cue in web] == [(c.start_ms, c.end_ms) for c in made]
    for cue, (_, _, lines) in zip(made, web, strict=True):
        assert not re.search(r"<(?!v S[12]>)", "".join(lines))
        assert tuple(unescape(re.sub(r"^<v S[12]>", "", line)) for line in lines) == cue.lines
    for _, _, lines in subrip:
        assert lines
        assert all(line and "-->" not in line and "<" not in line for line in lines)
    told = json.loads(words_json(captions))
    assert [(w["text"], w["start_ms"], w["end_ms"], w["speaker"]) for w in told["words"]] == [
        (w.text, w.start_ms, w.end_ms, w.speaker) for w in words
    ]
    assert [(s["start_ms"], s["end_ms"]) for s in told["segments"]] == [(c.start_ms, c.end_ms) for c in made]


@settings(max_examples=60, deadline=None)
@given(
    talks(
        st.one_of(SPOKEN, st.sampled_from(["R&D", "<b>", "5%", "¿qué?"])),
        st.integers(100, 900),
        st.integers(0, 3000),
    )
)
def test_an_export_can_be_given_as_the_users_own_transcript(words):
    captions = Captions("en", words[-1].end_ms + 500, tuple(words), named=True)
    said = [word.text for word in words]
    whole = parse_transcript(words_json(captions).encode(), "transcript.json")
    assert [(w.text, w.start_ms, w.end_ms) for cue in whole for w in cue.words] == [
        (w.text, w.start_ms, w.end_ms) for w in words
    ]
    web = parse_transcript(vtt(captions).encode(), "transcript.vtt")
    assert " ".join(cue.text for cue in web).split() == said
    subrip = parse_transcript(srt(captions).encode(), "transcript.srt")
    assert " ".join(cue.text for cue in subrip).split() == [t.replace("<b>", "‹b›") for t in said]
    times = [(cue.start_ms, cue.end_ms) for cue in captions.cues]
    assert (
        [(cue.start_ms, cue.end_ms) for cue in web] == times == [(cue.start_ms, cue.end_ms) for cue in subrip]
    )


def test_ffmpeg_reads_the_captions(tmp_path):
    texts = ("A", "<b>", "-->", "&", "C.")
    words = tuple(ClipWord(text=t, start_frame=25 + 5 * n, end_frame=30 + 5 * n) for n, t in enumerate(texts))
    captions = Captions.of(words, FrameRate(num=25), 75, "en")
    for name, write in (("a.srt", srt), ("a.vtt", vtt)):
        path = tmp_path / name
        path.write_text(write(captions))
        with av.open(str(path)) as media:
            (packet,) = (p for p in media.demux() if p.size)
            assert present(packet.pts) * present(packet.time_base) == 1
            assert present(packet.duration) * present(packet.time_base) == 1.5


def test_right_to_left_lines_say_so_where_their_first_letter_does_not():
    def line(language: str, *texts: str) -> str:
        words = tuple(TimedWord(text, i * 400, i * 400 + 300) for i, text in enumerate(texts))
        made = Captions(language, 5000, words)
        assert srt(made).split("\n")[2] == vtt(made).split("\n")[3]
        return srt(made).split("\n")[2]

    assert line("he", "Python", "זה", "נהדר.") == "\u200fPython זה נהדר."
    assert line("he", "זה", "נהדר.") == "זה נהדר."
    assert line("en", "שלום", "they", "said", "there.") == "\u200eשלום they said there."
    assert line("en", "All", "is", "well.") == "All is well."


def test_languages_without_spaces_get_none_and_shorter_lines():
    words = tuple(
        TimedWord(c, 200 * i, 200 * i + 200) for i, c in enumerate("我们在厨房里见面然后争论了好几个小时" * 4)
    )
    captions = Captions("zh", 20_000, words)
    assert len(captions.cues) > 1
    for cue in captions.cues:
        assert all(len(line) <= COLUMNS // 2 and " " not in line for line in cue.lines)


def test_a_foreign_name_keeps_its_spaces_and_phrases_stay_on_one_line():
    text = [*"今天我们来聊聊人工智能，", "Ada", "Lovelace", *"是谁以及为什么这件事情非常重要。"]
    words = tuple(TimedWord(t, 200 * i, 200 * i + 200) for i, t in enumerate(text))
    lines = [line for cue in Captions("zh", 20_000, words).cues for line in cue.lines]
    assert "Ada Lovelace" in " ".join(lines)
    assert "".join(lines).replace(" ", "") == "".join(text)
    for phrase in ("今天", "我们", "事情", "重要。"):
        assert any(phrase in line for line in lines)


def delivered(bench, said, edits=(), job=None):
    job = job or render_job(0, "One")
    index = composition(job)
    for key in dispatch(bench.store, "talk", index, terms()).unfinished:
        video = keep_bytes(bench.store, bench.scratch, b"video")
        finish(
            bench.store, key, completed(job.output_id, video, keep_bytes(bench.store, bench.scratch, b"p"))
        )
    request = DeliveryRequest(
        index,
        states(bench.store, "talk", index),
        clip_plan(job),
        said,
        turns(said),
        CreativeEdits(edits=tuple(edits)),
        source_video(),
        "talk.mp4",
    )
    return deliver(bench, request)


def test_a_delivery_holds_the_words_of_clips_and_source_fixes_applied(bench):
    edit = CreativeEdit(verb="fix", wrong="hello there", right="<i>Hi</i>")
    said = transcript("Hello there, my friend. So says the man.")
    delivery = delivered(bench, said, [edit])
    files = {file.name: bench.open(file.blob) for file in delivery.files}
    assert {
        f"{stem}.{kind}" for stem in ("transcript", "01-one-9x16") for kind in ("srt", "vtt", "json")
    } <= set(files)
    source = json.loads(files["transcript.json"].read_text())
    assert (source["language"], source["duration_ms"]) == ("en", 150_000)
    assert [word["text"] for word in source["words"]] == [
        "<i>Hi</i>,",
        "my",
        "friend.",
        "So",
        "says",
        "the",
        "man.",
    ]
    assert (source["words"][0]["start_ms"], source["words"][0]["end_ms"]) == (4000, 4750)
    assert source["words"][-1] == {
        "text": "man.", "start_ms": 6800, "end_ms": 7150, "confidence": 0.9, "speaker": "S2",
    }  # fmt: skip
    assert "Speaker 1: ‹i›Hi‹/i›," in files["transcript.srt"].read_text()
    assert "Speaker 2: So says the man." in files["transcript.srt"].read_text()
    assert "<v S1>&lt;i&gt;Hi&lt;/i&gt;," in files["transcript.vtt"].read_text()
    # The clip's words are what was burned into it, in clip time; the plan's own texts are fixed too.
    clip = json.loads(files["01-one-9x16.json"].read_text())
    assert [(w["text"], w["start_ms"], w["end_ms"]) for w in clip["words"]] == [
        ("Hello", 0, 400),
        ("there", 400, 800),
    ]
    told = json.loads(bench.open(delivery.manifest).read_bytes())
    assert told["outputs"][0]["quote"] == "<i>Hi</i>,"
    for kind, file in told["transcript"].items():
        assert file["name"] == f"transcript.{kind}"
        assert file["size"] == files[file["name"]].stat().st_size
    assert set(told["outputs"][0]["files"]) == {"video", "poster", "srt", "vtt", "json"}
    page = bench.open(delivery.review).read_text()
    for kind in ("srt", "vtt", "json"):
        assert f'href="transcript.{kind}"' in page
    assert "<i>" not in page
    assert delivered(bench, said, [edit]) == delivery


def test_a_translation_is_exported_beside_what_is_said(bench):
    """Subtitles in both languages, each under its name; what stands on two pages is one cue, in its time."""
    job = render_job(0, "One")
    (page,) = job.enhancement.pages
    lines = TranslatedLines(
        text="مرحبا بكم في YouTube", lines=("مرحبا بكم", "في YouTube"), scale=0.68, right_to_left=True
    )
    pages = (
        page.model_copy(update={"end_frame": 10, "translation": lines}),
        page.model_copy(update={"start_frame": 10, "translation": lines}),
        page.model_copy(update={"start_frame": 20, "end_frame": 30}),
    )
    made = ClipTranslation(language="ar", show="second_line", source="", pages=3, missing=1)
    plan = job.enhancement.model_copy(update={"pages": pages, "translation": made})
    delivery = delivered(bench, transcript(), job=job.model_copy(update={"enhancement": plan}))
    files = {file.name: bench.open(file.blob) for file in delivery.files}
    assert "Hello there" in files["01-one-9x16.srt"].read_text()
    assert parsed(files["01-one-9x16.ar.srt"].read_text()) == [(0, 1300, ["مرحبا بكم في YouTube"])]
    assert "01-one-9x16.ar.json" not in files
    told = json.loads(bench.open(delivery.manifest).read_bytes())["outputs"][0]
    assert told["translation"] == "ar"
    assert told["files"]["vtt ar"]["name"] == "01-one-9x16.ar.vtt"
    assert told["notes"] == ["captions in ar from subtitles of your own, 1 of 3 caption pages without"]
    page_text = bench.open(delivery.review).read_text()
    assert "Captions in ar from subtitles of your own, 1 of 3 caption pages without." in page_text
    assert 'href="01-one-9x16.ar.srt"' in page_text


def test_where_nothing_is_said_there_is_no_transcript(bench):
    delivery = delivered(bench, transcript(""))
    assert not any(file.name.startswith("transcript") for file in delivery.files)
    assert "Transcript of the whole" not in bench.open(delivery.review).read_text()
