"""The clip plan: moments scored, chosen, cut to frames, worded, and then edited by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.selection import ClipPlan, Moment, Moments, PlannedClip, Span, clip_id
from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.contracts.source import Brief
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.selection.choice import Candidate, Choice, choose, overlap
from shortform_assets.selection.editor import ABOUT_BONUS, explain, matches_brief, score, weigh
from shortform_assets.selection.features import Measures
from shortform_assets.selection.frame_edges import Edges
from shortform_assets.selection.moments import SHORT_SOURCE_MS
from shortform_assets.selection.plan_edits import apply_edits
from shortform_assets.selection.script import Line, read_script
from shortform_assets.selection.sound import SILENT
from shortform_assets.selection.topics import idf
from shortform_assets.selection.wording import word_clip
from shortform_assets.workbench import Workbench


def plan_clips(
    bench: Workbench,
    moments: Moments,
    transcript: Transcript,
    turns: SpeakerTurns,
    selection: SelectionSlice,
    edits: PlanEdits,
    brief: Brief,
) -> ClipPlan:
    """Chosen clips, best first. Edits are laid over the choice made without them, so one edit moves one clip.

    Never raises on strange speech: fewer clips than wanted are explained in `shortfall`, edits that fit
    nothing in `notes`.
    """
    target = target_count(selection, brief, moments.rate.ms(moments.frames))
    if not transcript.words:
        return ClipPlan(
            editor="local",
            rate=moments.rate,
            clips=(),
            target_count=target,
            shortfall=moments.empty_reason or "No voice was found in this source.",
            notes=tuple("An edit was left out: there are no words to clip." for _ in edits.edits),
        )
    desk = _Desk(moments, transcript, turns, selection)
    candidates = [desk.candidate(m, brief) for m in moments.moments]
    speakers = len({s for s in turns.word_speakers if s >= 0}) or 1
    choice = choose(candidates, target, selection.min_score, selection.diversity, speakers)
    short_source = desk.lines[-1].end_ms - desk.lines[0].start_ms < SHORT_SOURCE_MS
    lowered = short_source and not choice.chosen and any(not c.fault for c in candidates)
    if lowered:
        choice = choose(candidates, 1, 0.0, selection.diversity, speakers)
    bench.progress(0.6, "chosen")
    clips = [desk.clip(c, lowered) for c in choice.chosen]
    shortfall = _shortfall(choice, target, moments.empty_reason)
    edited = apply_edits(clips, edits.edits, desk)
    bench.progress(1.0, "worded")
    bench.note(candidates=len(candidates), clips=len(edited.clips), target=target)
    if len(edited.clips) < target and edited.dropped:
        shortfall = f"{shortfall} {edited.dropped} dropped by hand.".strip()
    return ClipPlan(
        editor="local",
        rate=moments.rate,
        clips=tuple(sorted(edited.clips, key=lambda c: (-c.score, c.spans[0].start_frame))),
        fell_out=tuple(choice.fell_out),
        target_count=target,
        shortfall=shortfall if len(edited.clips) < target else "",
        notes=tuple(edited.notes),
    )


def target_count(selection: SelectionSlice, brief: Brief, duration_ms: int) -> int:
    """What the brief asks for, or what the genre makes of this length; at least one."""
    if brief.count is not None:
        return brief.count
    wanted = round(selection.clips_per_hour * duration_ms / 3_600_000)
    return max(1, min(selection.max_clips, max(selection.min_clips, wanted)))


class _Desk:
    """What is needed to turn word ranges into clips; handed to the edits as well."""

    def __init__(
        self, moments: Moments, transcript: Transcript, turns: SpeakerTurns, selection: SelectionSlice
    ) -> None:
        self.moments, self.transcript, self.turns, self.selection = moments, transcript, turns, selection
        self.rate = moments.rate
        self.lines: tuple[Line, ...] = read_script(transcript, turns, round(500 * selection.max_seconds))
        self.edges = Edges(
            transcript,
            turns,
            moments.rate,
            moments.frames,
            selection.pad_ms,
            selection.max_pause_ms,
            moments.cuts,
        )
        topic_of = [self.topic_at(line.first) for line in self.lines]
        self.measures = Measures(self.lines, topic_of, idf(self.lines), selection, SILENT)
        self._line_of = [i for i, line in enumerate(self.lines) for _ in range(line.words)]

    def candidate(self, moment: Moment, brief: Brief) -> Candidate:
        spans, ranges = self.edges.spans(moment.first_word, moment.last_word)
        parts = weigh(moment.features, self.selection.weights)
        a, b = self._line_of[moment.first_word], self._line_of[moment.last_word]
        stems = frozenset(s for line in self.lines[a : b + 1] for s in line.stems)
        if brief.about:
            parts["about"] = round(ABOUT_BONUS * matches_brief(brief.about, stems), 4)
        voices = Counter(
            x for x in self.turns.word_speakers[moment.first_word : moment.last_word + 1] if x >= 0
        )
        return Candidate(
            moment=moment,
            score=score(parts),
            parts=parts,
            spans=spans,
            word_ranges=ranges,
            stems=stems,
            speaker=min(voices, key=lambda v: (-voices[v], v)) if voices else -1,
            fault=self._fault(moment, spans, brief),
        )

    def clip(self, candidate: Candidate, lowered: bool) -> PlannedClip:
        moment = candidate.moment
        reason = explain(candidate.parts, moment.features, self.selection.weights)
        if moment.features.get("weak_opener"):
            reason += "; no cleaner opening is near"
        if self.edges.length_ms(moment.first_word, moment.last_word) < 1000 * self.selection.min_seconds:
            reason += f"; shorter than {self.selection.min_seconds:g} s because the source offers no more"
        if lowered:
            reason += "; the best of a short source"
        built = self.build(moment.first_word, moment.last_word, candidate.score, reason, candidate.parts)
        assert built is not None, "a candidate without spans has a fault"
        return built

    def build(
        self, first: int, last: int, value: float, reason: str, parts: dict[str, float]
    ) -> PlannedClip | None:
        """A clip of words first..last, or None where they lie past the picture."""
        spans, ranges = self.edges.spans(first, last)
        if not spans:
            return None
        topic = self.topic_at(first)
        keywords = self.moments.topics[topic].keywords if 0 <= topic < len(self.moments.topics) else ()
        said = word_clip(self.measures, self._line_of[first], self._line_of[last], keywords)
        return PlannedClip(
            clip_id=clip_id(spans),
            spans=spans,
            word_ranges=ranges,
            title=said.title,
            hook=said.hook,
            quote=said.quote,
            description=said.description,
            hashtags=said.hashtags,
            topic=topic,
            speakers=self._speakers(ranges),
            score=value,
            scores=parts,
            reason=reason[:1].upper() + reason[1:] + ".",
        )

    def score_near(self, first: int, last: int) -> float:
        """The score of the moment that fits words first..last best, for clips added by hand."""
        best, value = 0, self.selection.min_score
        for moment in self.moments.moments:
            shared = overlap((first, last + 1), (moment.first_word, moment.last_word + 1))
            if shared > best and 2 * shared >= max(last - first, moment.last_word - moment.first_word) + 1:
                best, value = shared, score(weigh(moment.features, self.selection.weights))
        return value

    def topic_at(self, word: int) -> int:
        for i, topic in enumerate(self.moments.topics):
            if topic.first_word <= word <= topic.last_word:
                return i
        return -1

    def _fault(self, moment: Moment, spans: Sequence[Span], brief: Brief) -> str:
        if moment.features.get("promotion"):
            return "is advertising"
        if not spans:
            return "lies past the end of the picture"
        stretch = (self.rate.ms(spans[0].start_frame), self.rate.ms(spans[-1].end_frame))
        if any(overlap(stretch, part) for part in brief.exclude_ms):
            return "lies in a part that the brief leaves out"
        short = self.lines[-1].end_ms - self.lines[0].start_ms < SHORT_SOURCE_MS
        if moment.features.get("ceremony") and not (short and self.moments.empty_reason == ""):
            return "is a greeting or a goodbye"
        return ""

    def _speakers(self, ranges: Sequence[tuple[int, int]]) -> tuple[str, ...]:
        """Names of those heard, who says most first."""
        heard = Counter(
            index for low, high in ranges for index in self.turns.word_speakers[low : high + 1] if index >= 0
        )
        return tuple(self.turns.speakers[i] for i in sorted(heard, key=lambda i: (-heard[i], i)))


def _shortfall(choice: Choice, target: int, empty_reason: str) -> str:
    found = len(choice.chosen)
    if found >= target:
        return ""
    if not found and empty_reason:
        return empty_reason
    why = ", ".join(f"{n} {_plural(kind)}" for kind, n in choice.reasons.most_common(3))
    rest = f"; of the other passages {why}" if why else "; the source holds no further moment"
    return f"{found} of {target} wanted clips were found{rest}."


def _plural(kind: str) -> str:
    return {"is": "were", "lies": "lay", "ends": "ended", "opens": "opened"}.get(kind.split()[0], "") + (
        " " + kind.split(" ", 1)[1] if kind.split()[0] in ("is", "lies", "ends", "opens") else kind
    )
