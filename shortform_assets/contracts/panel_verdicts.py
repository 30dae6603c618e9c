"""What the panel of language models said, after everything that nobody said was taken out."""

from __future__ import annotations

from pydantic import Field

from shortform_assets.contracts.base import Contract, Ratio

REJECTIONS: dict[str, str] = {
    "quote_not_said": "words that nobody said in this source",
    "quote_elsewhere": "words that are said, but not in the part that the model was shown",
    "quote_too_short": "too few letters to be found again with certainty",
    "quote_ambiguous": "words said more than once, with nothing to tell which place is meant",
    "quotes_apart": "first, last and key words are no one moment: out of order, or too far apart",
    "too_long": "the whole sentences last over a quarter longer than the genre allows",
    "too_short": "the whole sentences last under half of what the genre asks for",
    "cut_unfit": "an inner cut outside the moment, at its edge, reversed, over the key line or over most of it; not made",
    "too_many": "more proposals than were asked for",
    "wrong_place": "the sentence number points elsewhere than the quote; the quote was followed",
    "invented_field": "something that was not asked for, such as a time; ignored",
    "unknown_candidate": "scores for a candidate that was not shown",
    "scored_twice": "a second score for one candidate; the first was kept",
    "not_scored": "a candidate that was shown and got no scores",
    "flat_scores": "an answer that gives every candidate the same scores; it says nothing and was not used",
    "follows_the_list": "a final order that turned round with the list that was shown; it says nothing and was not used",
    "title_unfit": "a title too long, with an address or markup, or about something else; not used",
    "hook_unfit": "a hook line too long, with an address or markup; not used",
    "hook_not_said": "a hook line whose words are not said in the clip; not used",
    "description_unfit": "a description too long, with an address or markup, or about something else; not used",
    "hashtag_unfit": "a hashtag that is no plain word, or about nothing that is said; not used",
    "malformed": "an answer that is not what was asked for: no JSON, wrong types, cut off",
    "refused": "the model would not answer",
}
"""Why something a model said was not taken."""


class PanelWording(Contract):
    """What a model wrote for a clip, where it holds up; empty where it does not."""

    title: str = ""
    hook: str = ""
    """Every content word of it is said in the clip."""
    description: str = ""
    hashtags: tuple[str, ...] = ()
    model: str


class Verdict(Contract):
    """A moment as the panel sees it."""

    moment_id: str
    scores: dict[str, Ratio]
    """Criterion -> median over the models that gave numbers, 0 to 1; empty where only pairs were read."""
    score: Ratio
    """Mean of `scores` weighted by the rubric, joined with the chances that pairs tell. Finalists have theirs dealt out
    anew, the highest to the first of the final ranking."""
    votes: int = Field(ge=1)
    """How many models judged it."""
    place: int | None = Field(default=None, ge=1)
    """In the final ranking over the whole source, 1 the best; None where it was not in it."""
    wording: PanelWording | None = None


class Proposal(Contract):
    """A moment that a model quoted: whole sentences, word indices inclusive."""

    moment_id: str
    first_word: int
    last_word: int
    quote_first: int
    quote_last: int
    """The words it was proposed for, inside the moment."""
    cuts: tuple[tuple[int, int], ...] = ()
    """First and last words of whole sentences that it leaves out, in order and apart, never at its edges."""
    models: tuple[str, ...] = Field(min_length=1)
    """Who proposed just this."""


class Verdicts(Contract):
    """All that may be used of what the panel said, and how much was not."""

    models: tuple[str, ...] = ()
    """Those that answered at least one question."""
    judged: tuple[Verdict, ...] = ()
    """In order of `moment_id`; proposals among them carry at least their own model's scores."""
    proposals: tuple[Proposal, ...] = ()
    """In order of time."""
    rejected: dict[str, int] = Field(default_factory=dict)
    """How often each of `REJECTIONS` was met."""
    questions: int = 0
    answered: int = 0
    attempts: int = 0
    """Answers that were read, those sent back included."""
    tokens: int = 0
    """Sent and received for the answers that were used."""
    failures: tuple[str, ...] = ()
    """One sentence for every model that did not answer everything."""
    by_pairs: tuple[str, ...] = ()
    """Those of `models` whose probabilities over pairs were read."""
    remarks: tuple[str, ...] = ()
    """What else is to be known of how a model answered."""
