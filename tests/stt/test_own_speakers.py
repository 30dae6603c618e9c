"""Who speaks in a transcript that the user brings, and the results of services."""

from __future__ import annotations

import json

import pytest

from shortform_assets.errors import InputError
from shortform_assets.speech.own.own_speakers import display_name
from shortform_assets.speech.own.own_transcript import parse_transcript


def subrip(*texts: str) -> bytes:
    return "".join(
        f"{i}\n00:00:{2 * i:02d},000 --> 00:00:{2 * i + 1:02d},000\n{text}\n\n"
        for i, text in enumerate(texts)
    ).encode()


def told(*texts: str) -> list[tuple[str, str]]:
    return [(cue.speaker, cue.text) for cue in parse_transcript(subrip(*texts))]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        # Zoom, Otter and Rev as they export.
        (["Jane Doe: Why?", "Óscar de la Cruz: Because: it is so."], [("Jane Doe", "Why?"), ("Óscar de la Cruz", "Because: it is so.")]),
        # Broadcast captions: a name where the speaker changes holds until the next.
        ([">> JANE: Why?", "Tell me.", ">> BOB: I will.", "Now."], [("JANE", "Why?"), ("JANE", "Tell me."), ("BOB", "I will."), ("BOB", "Now.")]),
        # Somebody else, but nobody says who.
        ([">> JANE: Why?", "Tell me.", ">> So what.", ">> JANE: Hm."], [("JANE", "Why?"), ("JANE", "Tell me."), ("", "So what."), ("JANE", "Hm.")]),
        (["[00:01:02] JANE: Yes.", "[00:01:09] Dr. Bob O'Neil (host): No."], [("JANE", "Yes."), ("Dr. Bob O'Neil", "No.")]),
        (["Speaker 1: Yes.", "Speaker 2: No."], [("Speaker 1", "Yes."), ("Speaker 2", "No.")]),
        (["- JANE: Yes.\n- BOB: No."], [("JANE", "Yes."), ("BOB", "No.")]),
        (["司会: はい。", "田中: いいえ。"], [("司会", "はい。"), ("田中", "いいえ。")]),
        # What is said before a colon is said.
        (["Remember: it is late.", "We go home.", "So we do.", "One thing: sleep.", "Good night."],
         [("", "Remember: it is late."), ("", "We go home."), ("", "So we do."), ("", "One thing: sleep."), ("", "Good night.")]),
        (["It is 10:30 now.", "See https://a.b/c."], [("", "It is 10:30 now."), ("", "See https://a.b/c.")]),
    ],
)  # fmt: skip
def test_names_are_told_apart_from_words(written: list[str], found: list[tuple[str, str]]) -> None:
    assert told(*written) == found


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{\\an8}He said (laughs) no. *coughs* Well.", "He said no. Well."),
        ("So [MUSIC] we (Applause and cheering) go", "So we go"),
        ("Das war (lacht) gut, et (rires) voilà", "Das war gut, et voilà"),
        # Words in brackets, and emphasis.
        ("It is *really* good (in my view), the mad *laugh of all", "It is *really* good (in my view), the mad *laugh of all"),
    ],
)  # fmt: skip
def test_sounds_are_no_words(written: str, said: str) -> None:
    assert [text for _, text in told(written)] == [said]


@pytest.mark.parametrize(
    ("speaker", "name"),
    [("JANE", "Jane"), ("Jane Doe", "Jane Doe"), ("BBC", "BBC"), ("Speaker 1", ""), ("SPEAKER_00", ""), ("A", ""),
     ("spk_1", ""), ("0", ""), ("田中", "田中")],
)  # fmt: skip
def test_only_a_name_is_shown(speaker: str, name: str) -> None:
    assert display_name(speaker) == name


WORDS = [("Hello,", 1.0, 1.4, 0), ("world.", 1.5, 2.0, 0), ("Bye", 2.5, 3.0, 1)]
SERVICES = {
    "deepgram": {"results": {"channels": [{"alternatives": [{"transcript": "", "words": [
        {"word": t.strip(".,").lower(), "punctuated_word": t, "start": a, "end": b, "speaker": s} for t, a, b, s in WORDS]}]}]}},
    "assemblyai": {"audio_duration": 3, "utterances": [], "words": [
        {"text": t, "start": int(a * 1000), "end": int(b * 1000), "speaker": "AB"[s]} for t, a, b, s in WORDS]},
    "google": {"results": [{"alternatives": [{"transcript": "", "words": [
        {"word": t, "startTime": f"{a}s", "endTime": f"{b}s", "speakerTag": s} for t, a, b, s in WORDS]}]}]},
    "rev": {"speakers": [{"id": 0, "name": "Ann"}], "monologues": [
        {"speaker": 0, "elements": [
            {"type": "text", "value": "Hello", "ts": 1.0, "end_ts": 1.4}, {"type": "punct", "value": ","},
            {"type": "punct", "value": " "}, {"type": "text", "value": "world", "ts": 1.5, "end_ts": 2.0},
            {"type": "punct", "value": "."}]},
        {"speaker": 1, "elements": [{"type": "text", "value": "Bye", "ts": 2.5, "end_ts": 3.0}]}]},
    "elevenlabs": {"language_code": "eng", "words": [
        entry for t, a, b, s in WORDS for entry in (
            {"text": t, "start": a, "end": b, "type": "word", "speaker_id": f"speaker_{s}"},
            {"text": " ", "start": b, "end": b, "type": "spacing", "speaker_id": f"speaker_{s}"})]},
    "amazon": {"results": {"items": [
        {"type": "pronunciation", "start_time": str(a), "end_time": str(b), "speaker_label": f"spk_{s}",
         "alternatives": [{"content": t}]} for t, a, b, s in WORDS]}},
    "youtube": {"events": [
        {"tStartMs": 0, "dDurationMs": 9000, "id": 1},
        {"tStartMs": 1000, "dDurationMs": 4000, "segs": [{"utf8": "Hello,"}, {"utf8": " world.", "tOffsetMs": 500}]},
        {"tStartMs": 2000, "dDurationMs": 500, "aAppend": 1, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 2500, "dDurationMs": 500, "segs": [{"utf8": "Bye"}]}]},
    "hugging face": {"text": "", "chunks": [{"text": f" {t}", "timestamp": [a, b]} for t, a, b, _ in WORDS]},
}  # fmt: skip
PHRASES = {
    "azure batch": {"recognizedPhrases": [
        {"speaker": 1, "offsetInTicks": 10_000_000, "durationInTicks": 10_000_000, "nBest": [{"display": "Hello, world."}]},
        {"speaker": 2, "offsetInTicks": 25_000_000, "durationInTicks": 5_000_000, "nBest": [{"display": "Bye"}]}]},
    "azure fast": {"phrases": [
        {"speaker": 1, "offsetMilliseconds": 1000, "durationMilliseconds": 1000, "text": "Hello, world."},
        {"speaker": 2, "offsetMilliseconds": 2500, "durationMilliseconds": 500, "text": "Bye"}]},
    "whisper.cpp": {"transcription": [
        {"offsets": {"from": 1000, "to": 2000}, "text": " Hello, world."}, {"offsets": {"from": 2500, "to": 3000}, "text": " Bye"}]},
}  # fmt: skip


@pytest.mark.parametrize("name", [*SERVICES, *PHRASES])
def test_results_of_services_are_read_as_they_are(name: str) -> None:
    value = SERVICES.get(name) or PHRASES[name]
    cues = parse_transcript(json.dumps(value).encode(), "talk.json")
    assert [cue.text for cue in cues] == ["Hello, world.", "Bye"]
    assert [(cue.start_ms, cue.end_ms) for cue in cues] == [(1000, 2000), (2500, 3000)]
    words = [(word.text, word.start_ms) for cue in cues for word in cue.words]
    assert words[0] == ("Hello,", 1000)
    assert words[2] == ("Bye", 2500)
    if name in SERVICES:
        assert words[1] == ("world.", 1500)
    if name not in ("youtube", "hugging face", "whisper.cpp"):
        assert len({cue.speaker for cue in cues}) == 2
    if name == "rev":
        assert cues[0].speaker == "Ann"


@pytest.mark.parametrize("name", [*SERVICES, *PHRASES])
def test_a_result_that_is_not_whole_says_whose_it_is(name: str) -> None:
    """Its lists hold something else."""
    text = json.dumps(SERVICES.get(name) or PHRASES[name])
    with pytest.raises(InputError, match=r"talk\.json.*service's JSON|talk\.json.*job's JSON"):
        parse_transcript(text.replace("[{", "[3, {").encode(), "talk.json")
