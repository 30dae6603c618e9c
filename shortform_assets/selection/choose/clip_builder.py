"""Where word ranges become candidates and clips: lines, edges, flags and measures of one source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from shortform_assets.contracts.panel_verdicts import PanelWording
from shortform_assets.contracts.selection import Moment, Moments, PlannedClip, clip_id
from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.contracts.source import Brief
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.selection.choose.choice import ScoredMoment, overlap
from shortform_assets.selection.choose.edge_evidence import edge_evidence
from shortform_assets.selection.choose.local_editor import explain, score, weigh
from shortform_assets.selection.choose.panel_scores import Judgement
from shortform_assets.selection.cut.boundaries import Boundaries
from shortform_assets.selection.cut.frame_edges import CutRequest, Cutting, Edges, Pieces
from shortform_assets.selection.propose.moments import SHORT_SOURCE_MS
from shortform_assets.selection.read.cold_open import find_teaser
from shortform_assets.selection.read.features import Limits, Measures, ReadTalk, limits, relaxed
from shortform_assets.selection.read.promotion import ADVERT, flag_lines
from shortform_assets.selection.read.script import Line, read_script
from shortform_assets.selection.read.topics import idf
from shortform_assets.selection.say.wording import TitleWriter, same_words, word_clip
from shortform_assets.text.clock import clock

LEARNT = "editors_eye"
"""The measure that a learned judgement leaves in a moment."""
JOIN_COST = 0.04
"""What a clip of two pieces loses of a score of 0 to 1: a plain one that is as good is better. Our choice;
test_a_story_that_is_interrupted_is_joined_without_the_interruption."""


class ClipBuilder:
    """What is needed to turn word ranges into clips; the edits work on it as well."""

    def __init__(
        self,
        moments: Moments,
        transcript: Transcript,
        turns: SpeakerTurns,
        selection: SelectionSlice,
        brief: Brief = Brief(),
        writer: TitleWriter | None = None,
    ) -> None:
        self.moments, self.transcript, self.turns, self.selection = moments, transcript, turns, selection
        self.rate = moments.rate
        self.brief, self.writer = brief, writer
        self.lines: tuple[Line, ...] = read_script(transcript, turns, round(500 * selection.max_seconds))
        self.edges = self._edges(selection.cut_fillers)
        self._whole = self._edges(False) if selection.cut_fillers else self.edges
        self.limit = self._limit()
        topic_of = [self.topic_at(line.first) for line in self.lines]
        read = ReadTalk(self.lines, topic_of, idf(self.lines), transcript.language)
        self.measures = Measures(read, selection)
        self.flags = flag_lines(self.lines)
        self.teaser = find_teaser(self.lines, self.flags)
        self.bounds = Boundaries(self.measures, self.edges, self._closed(), self.limit)
        self._line_of = [i for i, line in enumerate(self.lines) for _ in range(line.words)]

    @property
    def short(self) -> bool:
        """So little is said that even a greeting may stay in a clip."""
        return self.lines[-1].end_ms - self.lines[0].start_ms < SHORT_SOURCE_MS

    def _limit(self) -> Limits:
        """The limits that the moments were found in: of a short source anything is taken."""
        spoken = self.lines[-1].end_ms - self.lines[0].start_ms
        limit = limits(self.selection, spoken)
        clips = [m for m in self.moments.moments if not {"promotion", "ceremony"} & set(m.features)]
        long = any(self._whole.length_ms(m.first_word, m.last_word) >= limit.min_ms for m in clips)
        return limit if long or not self.short else relaxed(limit, spoken)

    def lines_of(self, first: int, last: int) -> tuple[int, int]:
        """The lines that hold the words first and last."""
        return self._line_of[first], self._line_of[last]

    def candidate(
        self, moment: Moment, pieces: Pieces = (), judged: Judgement | None = None, about: float = 0.0
    ) -> ScoredMoment:
        """A moment, or the `pieces` of it that are joined. `about` is what the brief adds to its score."""
        pieces = tuple(pieces) or ((moment.first_word, moment.last_word),)
        spans, ranges = self._cut(pieces)
        parts = (
            dict(judged.parts)
            if judged
            else weigh(moment.features, self.selection.weights, self.selection.penalties)
        )
        value = judged.score if judged else score(parts)
        joined = len(pieces) > 1
        if joined:
            parts["joined"] = -JOIN_COST
        if about:
            parts["about"] = round(about, 4)
        extra = about - JOIN_COST * joined
        a, b = self._line_of[pieces[0][0]], self._line_of[pieces[-1][1]]
        heard = [i for first, last in pieces for i in range(self._line_of[first], self._line_of[last] + 1)]
        voices = Counter(
            x for first, last in pieces for x in self.turns.word_speakers[first : last + 1] if x >= 0
        )
        return ScoredMoment(
            moment=moment,
            score=round(min(1.0, max(0.0, value + extra)), 4),
            parts=parts,
            pieces=pieces,
            spans=spans,
            word_ranges=ranges,
            stems=frozenset(s for i in heard for s in self.lines[i].stems),
            speaker=min(voices, key=lambda v: (-voices[v], v)) if voices else -1,
            fault=self._fault(moment, heard, spans),
            # Whoever learnt where editors cut has judged these edges; rules that know less do not overrule it.
            flaws=() if LEARNT in moment.features else self.bounds.flaws(a, b),
            reason=judged.reason if judged else "",
            wording=judged.wording if judged else None,
        )

    def clip(self, candidate: ScoredMoment, lowered: bool, taken: Collection[str] = ()) -> PlannedClip:
        """A chosen candidate as a clip; `taken` are the titles and hooks of the others."""
        weights = self.selection.weights
        reason = candidate.reason or explain(candidate.parts, candidate.moment.features, weights)
        if "weak_opener" in candidate.flaws:
            reason += "; no cleaner opening is near"
        elif candidate.flaws:
            reason += "; no cleaner cut is near"
        if len(candidate.pieces) > 1:
            left_out = self.lines[self._line_of[candidate.pieces[0][1]] + 1]
            reason += f"; joined across the interruption at {clock(left_out.start_ms)}"
        if self.rate.ms(sum(s.frames for s in candidate.spans)) < 1000 * self.selection.min_seconds:
            reason += f"; shorter than {self.selection.min_seconds:g} s because the source offers no more"
        if lowered and candidate.score < self.selection.min_score:
            reason += (
                "; the best of a short source"
                if self.short
                else "; under the genre's least score, as most here is"
            )
        a, b = self.lines_of(candidate.pieces[0][0], candidate.pieces[-1][1])
        reason += f"; {edge_evidence(self.measures, a, b)}"
        built = self.build(candidate.pieces, candidate.score, reason, candidate.parts, taken)
        assert built is not None, "a candidate without spans has a fault"
        return built if candidate.wording is None else _reworded(built, candidate.wording)

    def build(
        self,
        pieces: Pieces,
        value: float,
        reason: str,
        parts: dict[str, float],
        taken: Collection[str] = (),
    ) -> PlannedClip | None:
        """A clip of the words of all pieces, or None where they lie past the picture."""
        spans, ranges = self._cut(pieces)
        if not spans:
            return None
        first, last = pieces[0][0], pieces[-1][1]
        topic = self.topic_at(first)
        keywords = self.moments.topics[topic].keywords if 0 <= topic < len(self.moments.topics) else ()
        said = word_clip(self.measures, self._said(ranges), keywords, taken, self.writer)
        a, b = self.lines_of(first, last)
        return PlannedClip(
            clip_id=clip_id(spans),
            spans=spans,
            word_ranges=ranges,
            title=said.title,
            needs_title=said.needs_title,
            hook=said.hook,
            quote=said.quote,
            description=said.description,
            hashtags=said.hashtags,
            topic=topic,
            speakers=self._speakers(ranges),
            score=value,
            scores=parts,
            reason=reason[:1].upper() + reason[1:] + ".",
            mid_sentence=first != self.lines[a].first or last != self.lines[b].last,
        )

    def score_near(self, first: int, last: int) -> float:
        """The score of the moment that fits words first..last best, for clips added by hand."""
        best, value = 0, self.selection.min_score
        for moment in self.moments.moments:
            shared = overlap((first, last + 1), (moment.first_word, moment.last_word + 1))
            if shared > best and 2 * shared >= max(last - first, moment.last_word - moment.first_word) + 1:
                best, value = (
                    shared,
                    score(weigh(moment.features, self.selection.weights, self.selection.penalties)),
                )
        return value

    def topic_at(self, word: int) -> int:
        for i, topic in enumerate(self.moments.topics):
            if topic.first_word <= word <= topic.last_word:
                return i
        return -1

    def _edges(self, cut_fillers: bool) -> Edges:
        return Edges(
            CutRequest(
                self.transcript,
                self.turns,
                self.moments.rate,
                self.moments.frames,
                pad_ms=self.selection.pad_ms,
                max_pause_ms=self.selection.max_pause_ms,
                shot_cuts=self.moments.cuts,
                cut_fillers=cut_fillers,
            )
        )

    def _cut(self, pieces: Pieces) -> Cutting:
        """Fillers stay in where the clip would fall under the least length without them."""
        spans, ranges = self.edges.join(pieces)
        if self.rate.ms(sum(s.frames for s in spans)) < self.limit.min_ms:
            return self._whole.join(pieces)
        return spans, ranges

    def _closed(self) -> tuple[str, ...]:
        """For every line why it may be in no clip that the editor makes, or nothing."""
        closed = [flag if flag == ADVERT or not self.short else "" for flag in self.flags]
        for i, line in enumerate(self.lines):
            if i in self.teaser:
                closed[i] = closed[i] or "teaser"
            if any(overlap((line.start_ms, line.end_ms), part) for part in self.brief.exclude_ms):
                closed[i] = closed[i] or "excluded"
        return tuple(closed)

    def _fault(self, moment: Moment, heard: Sequence[int], spans: Sequence[object]) -> str:
        if moment.features.get("promotion"):
            return "is advertising"
        if not spans:
            return "lies past the end of the picture"
        closed = {self.bounds.flags[i] for i in heard}
        if "excluded" in closed:
            return "lies in a part that the brief leaves out"
        if "teaser" in closed:
            later = self.teaser[next(i for i in heard if i in self.teaser)]
            return f"is a teaser of what is said at {clock(self.lines[later].start_ms)}"
        if ADVERT in closed:
            return "is advertising"
        if moment.features.get("ceremony") and not (self.short and self.moments.empty_reason == ""):
            return "is a greeting or a goodbye"
        return ""

    def _said(self, ranges: Sequence[tuple[int, int]]) -> list[tuple[int, str]]:
        """Each line of the clip with the words that it keeps."""
        kept: dict[int, list[str]] = {}
        for low, high in ranges:
            for word in range(low, high + 1):
                kept.setdefault(self._line_of[word], []).append(self.transcript.words[word].text)
        return [(i, " ".join(words).strip()) for i, words in kept.items()]

    def _speakers(self, ranges: Sequence[tuple[int, int]]) -> tuple[str, ...]:
        """Names of those heard, who says most first."""
        heard = Counter(
            index for low, high in ranges for index in self.turns.word_speakers[low : high + 1] if index >= 0
        )
        return tuple(self.turns.speakers[i] for i in sorted(heard, key=lambda i: (-heard[i], i)))


def _reworded(clip: PlannedClip, given: PanelWording) -> PlannedClip:
    """The clip with the words that a model wrote for it, where it wrote any; hook and title stay two lines."""
    written = {name: value for name, value in given.model_dump(exclude={"model"}).items() if value}
    if given.title:
        written["needs_title"] = False
    changed = clip.model_copy(update=written)
    if not same_words(changed.title, changed.hook):
        return changed
    own = clip.hook if not same_words(clip.hook, changed.title) else ""
    return changed.model_copy(update={"hook": own})
