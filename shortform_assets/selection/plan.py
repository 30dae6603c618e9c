"""The clip plan: moments scored, chosen, cut to frames, worded, and then edited by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from shortform_assets.contracts.edits import PlanEdits
from shortform_assets.contracts.panel_verdicts import Proposal, Verdicts
from shortform_assets.contracts.selection import ClipPlan, Moment, Moments, PlannedClip
from shortform_assets.contracts.slices import SelectionSlice
from shortform_assets.contracts.source import Brief
from shortform_assets.contracts.speech import SpeakerTurns, Transcript
from shortform_assets.errors import InputError
from shortform_assets.ports.embedder import Embedder
from shortform_assets.ports.sentence_parser import SentenceParser
from shortform_assets.ports.workbench import Workbench
from shortform_assets.selection.choose.brief_match import About
from shortform_assets.selection.choose.choice import BESIDE, Choice, Rules, ScoredMoment, choose, share
from shortform_assets.selection.choose.clip_builder import LEARNT, ClipBuilder
from shortform_assets.selection.choose.edge_choice import with_better_edges
from shortform_assets.selection.choose.local_editor import score, weigh
from shortform_assets.selection.choose.moment_variants import at_lines, joined
from shortform_assets.selection.choose.panel_scores import judgements, panel_notes
from shortform_assets.selection.choose.rejected import Rest, explain_rest
from shortform_assets.selection.cut.boundaries import FLAWS
from shortform_assets.selection.cut.frame_edges import Pieces
from shortform_assets.selection.edit.plan_edits import apply_edits
from shortform_assets.selection.propose.multipart import Joined, find_joined
from shortform_assets.selection.say.title_judge import shipped_title_judge
from shortform_assets.selection.say.wording import TitleWriter

LOCAL = "local"
"""The editor's name in a plan that no model judged."""
UNMEASURED = 0.2
"""What a panel that nobody measured counts at most where the judgement learnt from editors speaks; its proposals are not
heard there. Set by hand: a model of 1.5 billion parameters that was tried correlates 0.07 with the labels."""
NO_GRAMMAR = (
    "Titles are lines as they were said, for want of a grammar of {language!r}: every clip needs a title."
)
# Set by hand; "fewest clips of two hours" of benchmarks/selection.py, test_topics_share_and_no_topic_passes_its_quota.
LEAST_QUOTA = 2
"""Every topic may give this many clips, whatever its share."""
FAIR = 1.5
"""And this many times what its length would give it."""


class PlanRequest(NamedTuple):
    """What clips are chosen from, by which rules, and what a person asked for."""

    # A tuple, so that reuse tells its parts apart by content.
    moments: Moments
    transcript: Transcript
    turns: SpeakerTurns
    selection: SelectionSlice
    edits: PlanEdits
    brief: Brief


def plan_clips(
    bench: Workbench,
    request: PlanRequest,
    verdicts: Verdicts | None = None,
    panel_weight: float = 0.5,
    embedder: Embedder | None = None,
    parser: SentenceParser | None = None,
) -> ClipPlan:
    """Chosen clips, best first. Edits are laid over the choice made without them, so one edit moves one clip.

    Never raises on strange speech: fewer clips than wanted are explained in `shortfall`, edits that fit
    nothing in `notes`. With `verdicts` the panel's proposals, titles and scores count too, the scores with
    `panel_weight` from 0 to 1 against the local editor's. With an `embedder` the brief's topics are found by
    meaning as well as by words. Titles are written with the `parser`'s grammar; without one of the language every
    clip needs a title, and a note says so.
    """
    moments, transcript, turns, selection, edits, brief = request
    target = target_count(selection, brief, moments.rate.ms(moments.frames))
    if not transcript.words:
        return ClipPlan(
            editor=LOCAL,
            rate=moments.rate,
            clips=(),
            target_count=target,
            shortfall=moments.empty_reason or "No voice was found in this source.",
            notes=tuple("An edit was left out: there are no words to clip." for _ in edits.edits),
            edits=len(edits.edits),
        )
    writer = _title_writer(bench, parser, transcript.language)
    desk = ClipBuilder(moments, transcript, turns, selection, brief, writer)
    rules = _rules(desk, target)
    about = About(bench, desk.lines, brief.about, embedder)
    found = _candidates(desk, about, verdicts, panel_weight)
    candidates = _settled(desk, about, found, rules)
    bench.progress(0.4, "scored")
    choice = choose(candidates, rules)
    # Talk unlike what was learnt may reach the bar nowhere: its best passages still are what there is to post.
    least = min(target, selection.min_clips) if rules.exact else int(desk.short)
    lowered = len(choice.chosen) < least and any(not c.fault for c in candidates)
    if lowered:
        rules = replace(rules, target=least, min_score=0.0, quotas={})
        candidates = _settled(desk, about, found, rules)
        choice = choose(candidates, rules)
    choice = with_better_edges(choice, candidates, rules)
    rest = explain_rest(candidates, choice, rules)
    bench.progress(0.6, "chosen")
    clips = _worded(desk, choice, lowered)
    shortfall = _shortfall(choice, rest, target, moments.empty_reason)
    edited = apply_edits(clips, edits.edits, desk)
    bench.progress(1.0, "worded")
    bench.note(candidates=len(candidates), clips=len(edited.clips), target=target)
    if len(edited.clips) < target and edited.gone:
        shortfall = f"{shortfall} {len(edited.gone)} dropped by hand.".strip()
    return ClipPlan(
        editor=", ".join(verdicts.models) if verdicts and verdicts.judged else LOCAL,
        rate=moments.rate,
        clips=tuple(sorted(edited.clips, key=lambda c: (-c.score, c.spans[0].start_frame))),
        fell_out=rest.fell_out,
        target_count=target,
        shortfall=shortfall if len(edited.clips) < target else "",
        notes=(
            *panel_notes(verdicts, selection.panel.measured),
            *about.note(c.parts.get("about", 0.0) for c in choice.chosen),
            *((NO_GRAMMAR.format(language=transcript.language),) if parser and not writer and clips else ()),
            *edited.notes,
        ),
        edits=len(edits.edits),
    )


def _title_writer(bench: Workbench, parser: SentenceParser | None, language: str) -> TitleWriter | None:
    """What titles are written with; nothing, and a degraded plan, where the grammar is not installed."""
    if parser is None or parser.language != language.partition("-")[0]:
        return None
    try:
        parser.parse(["Bread rises."])
    except InputError as error:
        bench.degrade(f"titles are lines as they were said: {error}")
        return None
    return TitleWriter(parser, shipped_title_judge())


def target_count(selection: SelectionSlice, brief: Brief, duration_ms: int) -> int:
    """What the brief asks for, or what the genre makes of this length; at least one."""
    if brief.count is not None:
        return brief.count
    wanted = round(selection.clips_per_hour * duration_ms / 3_600_000)
    return max(1, min(selection.max_clips, max(selection.min_clips, wanted)))


def _candidates(
    desk: ClipBuilder, about: About, verdicts: Verdicts | None, panel_weight: float
) -> list[ScoredMoment]:
    """All moments, those that join two pieces where the genre allows it, and those that a model proposed."""
    found: list[tuple[Moment, Pieces]] = [(moment, ()) for moment in desk.moments.moments]
    measured = desk.selection.panel.measured
    if measured or not _learnt(desk):
        found += _proposed(desk, verdicts, {moment.moment_id for moment, _ in found})
    # What is learnt speaks of whole runs only: where it decides, nothing is joined across an interruption.
    may_join = desk.selection.max_parts > 1 and not _learnt(desk)
    pairs = find_joined(desk.bounds, desk.flags, desk.measures.idf) if may_join else []
    found += [joined(desk, pair) for pair in pairs]
    local = {
        m.moment_id: score(weigh(m.features, desk.selection.weights, desk.selection.penalties))
        for m, _ in found
    }
    # Probabilities of a small model are trusted nowhere before it was measured.
    doubted = not measured and (_learnt(desk) or bool(verdicts and verdicts.by_pairs))
    weight = min(panel_weight, UNMEASURED) if doubted else panel_weight
    judged = judgements(verdicts, [m for m, _ in found], local, weight)
    candidates = [
        desk.candidate(m, pieces, judged.get(m.moment_id), _about(desk, about, m, pieces))
        for m, pieces in found
    ]
    return [_interrupted(desk, c, pairs) for c in candidates]


def _learnt(desk: ClipBuilder) -> bool:
    """Whether the moments carry what was learnt of their worth."""
    return any(LEARNT in moment.features for moment in desk.moments.moments)


def _interrupted(desk: ClipBuilder, candidate: ScoredMoment, pairs: Sequence[Joined]) -> ScoredMoment:
    """Marks a candidate that runs through an interruption which a joined one leaves out."""
    a, b = desk.lines_of(candidate.pieces[0][0], candidate.pieces[-1][1])
    through = len(candidate.pieces) == 1 and any(a <= pair.b and pair.c <= b for pair in pairs)
    return replace(candidate, flaws=(*candidate.flaws, "interrupted")) if through else candidate


def _proposed(desk: ClipBuilder, verdicts: Verdicts | None, known: set[str]) -> list[tuple[Moment, Pieces]]:
    """Proposals as moments of whole lines, with clean edges where there are any near; the quote stays in."""
    found: list[tuple[Moment, Pieces]] = []
    for proposal in verdicts.proposals if verdicts else ():
        a, b = desk.lines_of(proposal.first_word, proposal.last_word)
        if proposal.moment_id in known:
            continue
        quoted = desk.lines_of(proposal.quote_first, proposal.quote_last)
        pieces = _without(proposal)
        # What leaves something out has its edges from somebody who read it whole; they are not moved.
        if not pieces and (desk.bounds.flaws(a, b) or not desk.bounds.fits(a, b)):
            place = desk.bounds.settle(a, b, quoted)
            if place is None:
                continue
            a, b = place
        moment = at_lines(desk, a, b)
        name = proposal.moment_id if pieces else moment.moment_id
        if name not in known:
            known.add(name)
            # It keeps the name under which it was judged.
            found.append((moment.model_copy(update={"moment_id": proposal.moment_id}), pieces))
    return found


def _without(proposal: Proposal) -> Pieces:
    """The pieces that its inner cuts leave of a proposal; none where there are no cuts."""
    if not proposal.cuts:
        return ()
    firsts = [proposal.first_word, *(last + 1 for _, last in proposal.cuts)]
    lasts = [*(first - 1 for first, _ in proposal.cuts), proposal.last_word]
    return tuple(zip(firsts, lasts, strict=True))


def _about(desk: ClipBuilder, about: About, moment: Moment, pieces: Pieces) -> float:
    """What the brief adds to the score of a moment, what it leaves out not counted."""
    ranges = pieces or ((moment.first_word, moment.last_word),)
    held = [desk.lines_of(*piece) for piece in ranges] if about.wishes else []
    return about.bonus(i for a, b in held for i in range(a, b + 1))


def _rules(desk: ClipBuilder, target: int) -> Rules:
    speakers = len({s for s in desk.turns.word_speakers if s >= 0}) or 1
    words = len(desk.transcript.words)
    share = desk.selection.max_topic_share
    quotas = {}
    for n, topic in enumerate(desk.moments.topics):
        fair = FAIR * (topic.last_word - topic.first_word + 1) / words
        quotas[n] = max(LEAST_QUOTA, math.ceil(target * max(share, fair)))
    length = desk.rate.nearest(desk.limit.target_ms)
    return Rules(
        target,
        desk.selection.min_score,
        desk.selection.diversity,
        speakers,
        quotas,
        target_frames=length,
        exact=_learnt(desk),
    )


def _settled(
    desk: ClipBuilder, about: About, candidates: Sequence[ScoredMoment], rules: Rules
) -> list[ScoredMoment]:
    """Flawed candidates that nothing clean overlaps are moved to clean edges where there are any.

    One whose edges can be cleaned is out itself: its fault says so.
    """
    clean = [c for c in candidates if not c.flaws and not c.fault and c.score >= rules.min_score]
    known = {c.pieces for c in candidates}
    kept: list[ScoredMoment] = []
    for c in candidates:
        tried = c.flaws and not c.fault and len(c.pieces) == 1 and c.score >= rules.min_score
        if not tried or any(share(c, other) > BESIDE for other in clean):
            kept.append(c)
            continue
        a, b = desk.lines_of(*c.pieces[0])
        place = desk.bounds.settle(a, b)
        if place is None:
            kept.append(c)
            continue
        kept.append(replace(c, fault=FLAWS[c.flaws[0]]))
        pieces = ((desk.lines[place[0]].first, desk.lines[place[1]].last),)
        if pieces not in known:
            known.add(pieces)
            kept.append(_moved(desk, about, c, place))
    return kept


def _moved(desk: ClipBuilder, about: About, candidate: ScoredMoment, place: tuple[int, int]) -> ScoredMoment:
    """The candidate with its edges at other lines; what the panel thought of it still holds."""
    moment = at_lines(desk, *place, like=candidate.moment)
    moved = desk.candidate(moment, about=_about(desk, about, moment, ()))
    changed = candidate.parts.get("panel", 0.0)
    if not changed:
        return moved
    value = round(min(1.0, max(0.0, moved.score + changed)), 4)
    parts = {"local": moved.score, "panel": changed}
    return replace(moved, score=value, parts=parts, reason=candidate.reason)


def _worded(desk: ClipBuilder, choice: Choice, lowered: bool) -> list[PlannedClip]:
    """Best first, so that the better clip keeps a title that two could have."""
    taken: set[str] = set()
    clips = []
    for candidate in choice.chosen:
        clip = desk.clip(candidate, lowered, taken)
        taken |= {clip.title, clip.hook}
        clips.append(clip)
    return clips


def _shortfall(choice: Choice, rest: Rest, target: int, empty_reason: str) -> str:
    found = len(choice.chosen)
    if found >= target:
        return ""
    if not found and empty_reason:
        return empty_reason
    why = ", ".join(f"{n} {_plural(kind)}" for kind, n in rest.reasons.most_common(3))
    more = f"; of the other passages {why}" if why else "; the source holds no further moment"
    return f"{found} of {target} wanted clips were found{more}."


def _plural(kind: str) -> str:
    verb, _, rest = kind.partition(" ")
    past = {"is": "were", "lies": "lay", "ends": "ended", "opens": "opened"}.get(verb, verb)
    return f"{past} {rest}"
