"""What can be seen of one line of talk, and of its place among the others, as numbers.

The pauses and the sound stay out: the labelled talk has no true clock. They are measured in `read/features.py`
and weighed by the genre beside what is learnt.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from shortform_assets.selection.learned.cue_words import (
    ASKS,
    COMMANDS,
    CONNECTIVES,
    MARKS,
    ONLY_ASSENT,
    OPENERS,
    POINTS_BACK,
    PRONOUNS,
    SAME_OPENER,
    TAG_QUESTION,
    TAGS,
)
from shortform_assets.selection.read.lexicon import STOP
from shortform_assets.selection.read.script import Line

_QUOTES = '"“”'
_I = frozenset({"i", "i'm", "i've", "i'd", "i'll"})
_OPENER = {word: n for n, word in enumerate(OPENERS)}
MOST_MARKS = 4
"""A mark counts at most this often in a line: as taught, like all that is counted here (tools/train_editor.py)."""
REACH = 20
"""Lines over which the nearest question is looked for."""


def word_cues(line: Line) -> dict[str, float]:
    """Cues of the words of one line: counts (clipped), shares of its words, and yes or no as 1 or 0."""
    text, plain, tokens = line.text.strip(), line.plain, line.tokens
    said, shown = max(1, len(tokens)), text.split()
    first = next((n for n, t in enumerate(tokens[:4]) if t not in CONNECTIVES), min(4, len(tokens)))
    first = min(first, max(0, len(tokens) - 1))
    head = tokens[first] if tokens else ""
    core = text.rstrip("\"'”’)] ")
    quotes = sum(text.count(c) for c in _QUOTES)
    names = sum(w[:1].isupper() and w.lower().strip(".,!?'\"") not in _I for w in shown[1:])
    content = [t for t in tokens if t not in STOP]
    last = shown[-1].lower().strip(".,!?\"'…") if shown else ""
    found: dict[str, float] = {
        "words": math.log1p(len(tokens)),
        "upto3": len(tokens) <= 3,
        "upto7": len(tokens) <= 7,
        "from25": len(tokens) >= 25,
        "from40": len(tokens) >= 40,
        **{f"first_{word}": 0.0 for word in (*OPENERS, "other")},
        **{f"head_{word}": 0.0 for word in (*OPENERS, "other")},
        "connectives": first,
    }
    if tokens:
        found[f"first_{_opener(tokens[0])}"] = 1.0
        found[f"head_{_opener(head)}"] = 1.0
    for name, forms in PRONOUNS.items():
        count = sum(t in forms for t in tokens)
        found[f"{name}_count"], found[f"{name}_share"] = min(count, 3), count / said
    found |= {
        "open_subject": head in POINTS_BACK,
        "points_back": any(t in POINTS_BACK for t in tokens[:8]),
        "command": head in COMMANDS,
        "question": core.endswith("?"),
        "exclaims": core.endswith("!"),
        "trails_off": core.endswith(("...", "…")),
        "runs_on": core.endswith((",", "-", "—", ":")),
        "unclosed": not core.endswith((".", "?", "!", "…")),
        "asks": bool(ASKS.match(plain)),
        "tag_question": bool(TAG_QUESTION.search(text)),
        "small_letter": text[:1].islower(),
        "quotes": min(quotes, 4),
        "odd_quotes": quotes % 2,
        "opens_quote": text[:1] in ('"', "“"),
        "closes_quote": text[-1:] in ('"', "”"),
        "names": min(names, 5),
        "name_share": names / max(1, len(shown)),
        "digits": sum(any(c.isdigit() for c in w) for w in shown),
        "commas": text.count(","),
        "colons": text.count(";") + text.count(":"),
        **{name: min(len(mark.findall(plain)), MOST_MARKS) for name, mark in MARKS.items()},
        "only_assent": bool(ONLY_ASSENT.match(plain)),
        "content_share": len(content) / said,
        "word_length": sum(map(len, tokens)) / said,
        "content_length": sum(map(len, content)) / max(1, len(content)),
        "different": len(set(tokens)) / said,
        "long_words": sum(len(t) >= 9 for t in tokens) / said,
        "last_length": len(last),
        "last_empty": last in STOP,
        "last_tag": bool(tokens) and tokens[-1] in TAGS,
    }
    return {name: float(value) for name, value in found.items()}


def talk_cues(lines: Sequence[Line], vectors: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """(lines, cues) float32 with the cues' names: `word_cues` and where each line stands in the talk.

    `vectors` (lines, dimensions) are the lines' embeddings of length 1.
    """
    rows = [word_cues(line) for line in lines]
    place = {
        **_turns(lines, np.array([r["question"] for r in rows])),
        **_quoting(lines),
        **_questions_near(rows),
        **_novelty(lines),
        **_meaning(lines, vectors),
    }
    names = (*rows[0], *place)
    table = np.array([list(row.values()) for row in rows], np.float64)
    return np.column_stack([table, *place.values()]).astype(np.float32), names


def spoken_words(lines: Sequence[Line]) -> np.ndarray:
    """(lines,) float64, how many words each has."""
    return np.array([line.words for line in lines], np.float64)


def _opener(word: str) -> str:
    word = SAME_OPENER.get(word, word)
    return word if word in _OPENER else "other"


def _turns(lines: Sequence[Line], asks: np.ndarray) -> dict[str, np.ndarray]:
    """Who speaks, where in the turn and in the source a line stands, and what was asked just before."""
    n, words = len(lines), spoken_words(lines)
    voice = np.array([line.speaker for line in lines])
    begins = np.r_[True, voice[1:] != voice[:-1]]
    turn = np.cumsum(begins) - 1
    counts = np.bincount(turn)
    first = np.r_[0, np.cumsum(counts)[:-1]]
    length = np.bincount(turn, words)
    nth = np.arange(n) - first[turn]
    left = counts[turn] - 1 - nth
    so_far = np.r_[0, np.cumsum(words)]
    asked_last = np.array([asks[a + c - 1] for a, c in zip(first, counts, strict=True)])
    asked = np.array([asks[a : a + c].max() for a, c in zip(first, counts, strict=True)])
    shares = {s: words[voice == s].sum() / words.sum() for s in sorted(set(voice.tolist()))}
    curious = {s: (asks[voice == s].sum() + 0.5) / ((voice == s).sum() + 5) for s in shares}
    host = max(shares, key=lambda s: asks[voice == s].sum() if shares[s] > 0.05 else -1)
    start = np.array([line.start_ms for line in lines], np.float64)
    end = np.array([line.end_ms for line in lines], np.float64)
    from_start, to_end = (start - start[0]) / 60_000, (end.max() - end) / 60_000
    return {
        "turn_begins": begins,
        "turn_ends": np.r_[begins[1:], True],
        "nth_in_turn": np.minimum(nth, 10),
        "left_in_turn": np.minimum(left, 10),
        "turn_words": np.log1p(length[turn]),
        "turn_before": np.log1p(np.r_[0, length[:-1]][turn]),
        "turn_after": np.log1p(np.r_[length[1:], 0][turn]),
        "words_before": np.log1p(so_far[:-1] - so_far[first[turn]]),
        "words_after": np.log1p(so_far[first[turn] + counts[turn]] - so_far[1:]),
        "asked_last": np.r_[0, asked_last[:-1]][turn],
        "asked_before": np.r_[0, asked[:-1]][turn],
        "asked_after": np.r_[asked[1:], 0][turn],
        "voice_share": np.array([shares[s] for s in voice.tolist()]),
        "voice_asks": np.array([curious[s] for s in voice.tolist()]),
        "host": voice == host,
        "voices": np.full(n, sum(share > 0.05 for share in shares.values())),
        "place": (start - start[0]) / max(1.0, end[-1] - start[0]),
        "minutes_in": np.log1p(from_start),
        "minutes_left": np.log1p(to_end),
        "early": from_start < 3,
        "late": to_end < 3,
        "seconds": np.log1p(np.maximum(0.0, end - start) / 1000),
        "turns_in": np.minimum(turn, 10),
    }


def _quoting(lines: Sequence[Line]) -> dict[str, np.ndarray]:
    """Whether a quotation that was opened earlier in the turn still runs."""
    inside, odd = np.zeros(len(lines)), np.zeros(len(lines))
    for i, line in enumerate(lines):
        goes_on = i > 0 and lines[i - 1].speaker == line.speaker
        inside[i] = (inside[i - 1] + odd[i - 1]) % 2 if goes_on else 0
        odd[i] = sum(line.text.count(c) for c in _QUOTES) % 2
    return {"in_quote": inside}


def _questions_near(rows: Sequence[dict[str, float]]) -> dict[str, np.ndarray]:
    """Lines since the last question and until the next, at most REACH."""
    n = len(rows)
    since, until = np.zeros(n), np.zeros(n)
    last, following = -REACH, n + REACH
    for i in range(n):
        since[i] = min(REACH, i - last)
        last = i if rows[i]["question"] else last
    for i in range(n - 1, -1, -1):
        until[i] = min(REACH, following - i)
        following = i if rows[i]["question"] else following
    return {"since_question": since, "until_question": until}


def _novelty(lines: Sequence[Line]) -> dict[str, np.ndarray]:
    """How new and how rare in this source a line's content words are."""
    content = [{t for t in line.tokens if t not in STOP} for line in lines]
    held = Counter(t for words in content for t in words)
    rare = {t: math.log(len(lines) / n) for t, n in held.items()}
    new, mean, total, shared = (np.zeros(len(lines)) for _ in range(4))
    seen: set[str] = set()
    for i, words in enumerate(content):
        if words:
            new[i] = len(words - seen) / len(words)
            mean[i] = sum(rare[t] for t in sorted(words)) / len(words)
            total[i] = mean[i] * len(words) / math.sqrt(max(4, len(lines[i].tokens)))
        if i:
            shared[i] = len(words & content[i - 1]) / max(1, min(len(words), len(content[i - 1])))
        seen |= words
    return {"new": new, "rarity": mean, "rarity_total": total, "shared": shared}


def _meaning(lines: Sequence[Line], vectors: np.ndarray) -> dict[str, np.ndarray]:
    """Cosines: with the neighbours, between the lines before and after (TextTiling; Hearst 1997), with the whole."""
    n, at = len(lines), np.arange(len(lines))
    before = np.r_[0.0, (vectors[1:] * vectors[:-1]).sum(1)]
    sums = summed(vectors * np.sqrt(spoken_words(lines))[:, None])

    def mean(low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return unit(sums[np.clip(high, 0, n)] - sums[np.clip(low, 0, n)])

    breaks = {f"break{r}": (mean(at - r, at) * mean(at, at + r)).sum(1) for r in (3, 6, 12)}
    return {
        "like_before": before,
        "like_after": np.r_[before[1:], 0.0],
        **breaks,
        "like_whole": vectors @ unit(vectors.mean(0)),
        "like_8_before": (vectors * mean(at - 8, at)).sum(1),
        "like_8_after": (vectors * mean(at + 1, at + 9)).sum(1),
    }


def unit(vectors: np.ndarray) -> np.ndarray:
    """Each row (or the one vector) at length 1; what has none stays zero."""
    return vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=-1, keepdims=True))


def summed(values: np.ndarray) -> np.ndarray:
    """Running sums along the first axis, with a zero in front: [b] - [a] is the sum of rows a to b - 1."""
    return np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, 0, dtype=np.float64)])
