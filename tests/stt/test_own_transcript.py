"""The user's own transcript: SubRip, WebVTT and JSON become cues and segments, and damage is named."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortform_assets.errors import InputError
from shortform_assets.ports.recognizer import RawTranscript
from shortform_assets.speech.hear.validate import checked
from shortform_assets.speech.own.own_transcript import CueWord, OwnCue, beyond, own_segments, parse_transcript

SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Good</i> morning, {\\an8}everyone.

2
00:00:03,000 --> 00:00:04,000 X1:10 X2:20
- Is a < b?
- [door closes] It is.

3
00:00:05,0 --> 00:00:06,000
(applause)
"""

VTT = """WEBVTT - Talk
Kind: captions

STYLE
::cue { color: red }

NOTE made by hand
-- really

intro
01:02.000 --> 01:03.500 align:start position:10%
<v.loud Ann><c.red>Salt</c> <00:01:02.500>&amp; pepper</v>

00:01:04.000 --> 00:01:05.000
♪ <b>la la</b> ♪
"""

ROLLING = """WEBVTT

00:00:00.000 --> 00:00:02.000
\x20
no<00:00:00.500><c> no</c>

00:00:02.000 --> 00:00:02.010
no no
\x20

00:00:02.010 --> 00:00:04.000
no no
no<00:00:03.000><c> no</c>
"""


def test_subrip_gives_what_is_said() -> None:
    assert parse_transcript(SRT.encode(), "talk.srt") == (
        OwnCue(1000, 2500, "Good morning, everyone."),
        OwnCue(3000, 3600, "Is a < b?"),
        OwnCue(3600, 4000, "It is."),
    )


@pytest.mark.parametrize("encode", [lambda s: s.encode("utf-8-sig"), lambda s: s.encode("utf-16")])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", [SRT, VTT])
def test_files_of_any_editor(text: str, ending: str, encode) -> None:
    assert parse_transcript(encode(text.replace("\n", ending))) == parse_transcript(text.encode())


def test_webvtt_gives_what_is_said() -> None:
    assert parse_transcript(VTT.encode(), "talk.vtt") == (
        OwnCue(62000, 63500, "Salt & pepper", speaker="Ann"),
        OwnCue(64000, 65000, "la la"),
    )


def test_captions_that_roll_up_are_said_once() -> None:
    assert [cue.text for cue in parse_transcript(ROLLING.encode())] == ["no no", "no no"]


def test_speaker_labels_are_not_said() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n>> Speaker 1: Yes.\n[SPEAKER_02]: Speaker for hire: no -5.\n"
    assert parse_transcript(text.encode())[0].text == "Yes. Speaker for hire: no -5."


WORDS = [("Hello,", 1.0, 1.4), ("world.", 1.5, 2.0), ("Bye", 4.0, 4.4)]
CUES = (
    OwnCue(1000, 2000, "Hello, world.", (CueWord("Hello,", 1000, 1400), CueWord("world.", 1500, 2000))),
    OwnCue(4000, 4400, "Bye", (CueWord("Bye", 4000, 4400),)),
)


def _whisper(word: str = "word", shape=str, **more):
    parts = [WORDS[:2], WORDS[2:]]
    segments = [
        {"start": p[0][1], "end": p[-1][2], "text": " " + " ".join(w[0] for w in p)}
        | {"words": [{word: shape(w[0]), "start": w[1], "end": w[2]} for w in p]}
        for p in parts
    ]
    return {"text": "", "segments": segments} | more


def _openai():
    bare = [{"word": t.strip(".,").lower(), "start": a, "end": b} for t, a, b in WORDS]
    segments = [{k: v for k, v in s.items() if k != "words"} for s in _whisper()["segments"]]
    return {"task": "transcribe", "language": "english", "segments": segments, "words": bare}


def _amazon():
    items = []
    for text, start, end in WORDS:
        word = text.strip(".,")
        times = {"start_time": str(start), "end_time": str(end)}
        items.append(
            {"type": "pronunciation", "alternatives": [{"content": word, "confidence": "1"}], **times}
        )
        if word != text:
            items.append({"type": "punctuation", "alternatives": [{"content": text[len(word) :]}]})
    return {"jobName": "j", "results": {"transcripts": [], "items": items}, "status": "COMPLETED"}


def _ours():
    words = [
        {
            "text": t,
            "start_ms": round(a * 1000),
            "end_ms": round(b * 1000),
            "confidence": 0.9,
            "speaker": "S1",
        }
        for t, a, b in WORDS
    ]
    segments = [{"start_ms": c.start_ms, "end_ms": c.end_ms, "text": c.text, "speaker": ""} for c in CUES]
    return {"language": "en", "duration_ms": 9000, "words": words, "segments": segments}


@pytest.mark.parametrize(
    "value",
    [
        _whisper(shape=lambda text: " " + text),
        _whisper(),
        _whisper(word="text"),
        _openai(),
        _amazon(),
        _ours(),
        {"words": _ours()["words"]},
        _ours()["words"],
        _whisper()["segments"][::-1],
    ],
    ids=[
        "whisper",
        "whisperx",
        "words as text",
        "openai",
        "amazon",
        "ours",
        "words",
        "word list",
        "unordered list",
    ],
)
def test_json_of_every_maker(value) -> None:
    cues = parse_transcript(json.dumps(value).encode(), "talk.json")
    assert tuple(map(unsaid, cues)) == CUES
    assert {cue.speaker for cue in cues} == ({"S1"} if "S1" in json.dumps(value) else {""})


def unsaid(cue: OwnCue) -> OwnCue:
    """The cue without who says it."""
    return replace(cue, words=tuple(replace(word, speaker="") for word in cue.words), speaker="")


def test_words_that_are_not_those_of_the_text_are_not_used() -> None:
    value = _whisper()
    value["segments"][0]["words"][1]["word"] = "word"
    del value["segments"][1]["words"][0]["end"]
    assert [cue.words for cue in parse_transcript(json.dumps(value).encode())] == [(), ()]


def test_words_of_a_language_without_spaces() -> None:
    words = [{"text": sign, "start_ms": i * 100, "end_ms": i * 100 + 90} for i, sign in enumerate("你好世界")]
    value = {"words": words, "segments": [{"start_ms": 0, "end_ms": 390, "text": "你好，世界。"}]}
    (cue,) = parse_transcript(json.dumps(value).encode())
    assert (cue.text, [word.text for word in cue.words]) == ("你好，世界。", list("你好世界"))


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (SRT.replace("00:00:03,000", "00:00:0x,000"), "line 6"),
        (SRT.replace("03,000 -->", "03,000 ->"), "line 6"),
        (SRT.replace("04,000", "02,000"), "line 6"),
        (SRT.replace("2\n", "lost\n"), "line 5"),
        (SRT.replace("\n\n2\n", "\n2\n"), "line 5"),
        ("words\n\n" + SRT, "line 1"),
        (VTT.replace("intro\n01:02.000 --> 01:03.500", "\n01:02.000 01:03.500"), "line 11"),
        (VTT.replace("WEBVTT", "WEB"), "WEBVTT"),
        ("hello world", "with times"),
        ("WEBVTT\n", "no words"),
        ("[]", "no words"),
        ("{", "not JSON"),
        ('{"text": "hi"}', "no segments"),
        ('[{"start": 1, "end": 2}]', "entry 1: it has no text"),
        ('[{"start": 1, "text": "a b"}]', "entry 1, end"),
        ('[{"start": 1, "end": true, "text": "a b"}]', "entry 1, end"),
        ('[{"start": 2, "end": 1, "text": "a b"}]', "entry 1"),
        ('[{"start": 1, "end": NaN, "text": "a b"}]', "entry 1"),
        ('[{"start": 1000, "end": 900000, "text": "a b"}]', "start_ms"),
        ('{"segments": [3]}', "segments, entry 1"),
        ('{"results": {"items": [{"type": "pronunciation"}]}}', "alternatives"),
        ("[" * 100_000, "nested"),
    ],
)  # fmt: skip
def test_damage_is_named(data: str, named: str) -> None:
    with pytest.raises(InputError, match="transcript") as caught:
        parse_transcript(data.encode(), "https://host/talk.vtt?key=secret" if "WEB" in data else "")
    assert named in str(caught.value)
    assert "secret" not in str(caught.value)


def test_bytes_that_are_no_text_are_named() -> None:
    with pytest.raises(InputError, match=r"talk\.srt, line 3: it is not UTF-8"):
        parse_transcript(SRT.replace("Good", "Gööd").encode("latin-1"), "talk.srt")


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"WEBVTT\n\n{text}".encode()))
def test_no_bytes_break_it(data: bytes) -> None:
    try:
        cues = parse_transcript(data)
    except InputError:
        return
    assert all(cue.text and cue.start_ms <= cue.end_ms for cue in cues)


TEXTS = st.lists(st.from_regex(r"[A-Za-z]{1,8}[,.?!]?", fullmatch=True), min_size=1, max_size=6).map(" ".join)
SPANS = st.tuples(st.integers(0, 7_200_000), st.integers(0, 9_000)).map(lambda s: (s[0], s[0] + s[1]))


def _clock(ms: int, point: str) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}{point}{ms % 1000:03d}"


@given(st.lists(st.tuples(SPANS, TEXTS), min_size=1, max_size=8))
def test_every_format_says_the_same(cues: list[tuple[tuple[int, int], str]]) -> None:
    wanted = tuple(sorted((OwnCue(*span, text) for span, text in cues), key=lambda c: (c.start_ms, c.end_ms)))
    srt = "".join(
        f"{i}\n{_clock(a, ',')} --> {_clock(b, ',')}\n{text}\n\n" for i, ((a, b), text) in enumerate(cues, 1)
    )
    vtt = "WEBVTT\n\n" + "".join(
        f"{_clock(a, '.')} --> {_clock(b, '.')}\n<v Ann>{text}\n\n" for (a, b), text in cues
    )
    segments = {"segments": [{"start_ms": a, "end_ms": b, "text": text} for (a, b), text in cues]}
    for data in (srt, vtt, json.dumps(segments)):
        assert tuple(map(unsaid, parse_transcript(data.encode()))) == wanted


def test_segments_are_trusted_and_within_the_source() -> None:
    cues = (*CUES, OwnCue(8000, 9500, "Over the end"), OwnCue(10_000, 12_000, "Credits"))
    found = own_segments(cues, 1000, 9000)
    assert [(s.start, s.end, s.text) for s in found] == [
        (0.0, 1.0, " Hello, world."), (3.0, 3.4, " Bye"), (7.0, 8.0, " Over the end"),
    ]  # fmt: skip
    assert beyond(cues, 9000) == (cues[-1],)
    # What comes of it in the room: every word at its time, wholly sure of it.
    words = [w for s in checked(RawTranscript("en", 1.0, found), 8.0, "en", "own") for w in s.words]
    assert [w.text for w in words] == [" Hello,", " world.", " Bye", " Over", " the", " end"]
    assert [w.timed for w in words] == [True] * 3 + [False] * 3
    assert {w.probability for w in words} == {1.0}


def test_a_transcript_of_another_recording_is_refused() -> None:
    with pytest.raises(InputError, match="beyond the end"):
        beyond(CUES, 900)


@given(
    st.lists(st.tuples(SPANS, TEXTS), min_size=1, max_size=8), st.lists(st.integers(0, 7_300_000), max_size=4)
)
def test_parts_of_a_source_share_its_cues(cues, cuts: list[int]) -> None:
    cues = [OwnCue(start, end, text) for (start, end), text in cues]
    edges = [0, *sorted(cuts), 8_000_000]
    parts = [own_segments(cues, a, b) for a, b in pairwise(edges)]
    assert sorted(s.text for part in parts for s in part) == sorted(f" {cue.text}" for cue in cues)
