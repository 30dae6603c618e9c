"""What a genre says wrongly is named with file, line, key and what to do."""

from __future__ import annotations

import pytest
from genre_files import write

from shortform_assets.errors import InputError
from shortform_assets.genres import load_genre

FAULTS = [
    ("selection:\n  min_secnds: 9\n", 2, "selection.min_secnds", "did you mean min_seconds"),
    ("selecton:\n  min_seconds: 9\n", 1, "selecton", "did you mean selection"),
    ("\nselection:\n  pad_ms: soon\n", 3, "selection.pad_ms", '"soon"'),
    ("selection:\n  pad_ms: true\n", 2, "selection.pad_ms", "true"),
    ("selection:\n  pad_ms: 12.5\n", 2, "selection.pad_ms", "12.5"),
    ("selection:\n  pad_ms: -1\n", 2, "selection.pad_ms", "greater than or equal to 0"),
    ("selection:\n  # long\n  min_seconds: 99\n", 3, "selection.min_seconds", "more than target_seconds"),
    ("selection:\n  min_clips: 90\n", 2, "selection.min_clips", "more than max_clips"),
    ("selection:\n  weights:\n    charm: 1\n", 3, "selection.weights.charm", "no feature 'charm'"),
    ("selection:\n  weights:\n    storry: 1\n", 3, "selection.weights.storry", "did you mean story?"),
    ("selection:\n  weights:\n    story: -1\n", 3, "selection.weights.story", "greater than or equal"),
    ("selection:\n  penalties: {thinn: 0.1}\n", 2, "selection.penalties.thinn", "did you mean thin?"),
    ("selection:\n  hook_words: [why, 1]\n", 2, "selection.hook_words.1", "string"),
    ("selection:\n  hook_words:\n  - why\n  - ' '\n", 4, "selection.hook_words.1", '" "'),
    ("selection:\n  min_score: .nan\n", 2, "selection.min_score", "nan"),
    ("selection:\n  pad_ms: 1\n  pad_ms: 2\n", 3, "pad_ms", "twice"),
    ("selection:\n  panel: {models: [gpt-5]}\n", 2, "selection.panel.models.0", "provider:model"),
    ("selection:\n  panel: {models: ['opnai:gpt-5']}\n", 2, "panel.models.0", "did you mean openai?"),
    ("selection:\n  panel: {models: ['openai:a', 'openai:a']}\n", 2, "selection.panel.models", "twice"),
    ("selection:\n  panel: {rubric: {Hook: {description: x}}}\n", 2, "selection.panel.rubric.Hook", "match"),
    ("selection:\n  panel: {rubric: {hook: {description: x, weight: 0}}}\n", 2, "panel.rubric", "above 0"),
    (
        "selection:\n  panel: {rubric: {hook: {descrption: x}}}\n",
        2,
        "rubric.hook.descrption",
        "did you mean d",
    ),
    ("selection:\n  panel: {call_seconds: 3000}\n", 2, "panel.call_seconds", "more than total_seconds"),
    ("selection:\n  panel: {max_tokens: 300}\n", 2, "selection.panel.max_tokens", "not one call"),
    ("speech: {language: klingon}\n", 1, "speech.language", "There are auto, af, am"),
    ("speech: {language: english}\n", 1, "speech.language", "en"),
    ("speech: {providers: [wisper]}\n", 1, "speech.providers.0", "did you mean whisper?"),
    ("speech: {providers: [whisper, moonshine:x]}\n", 1, "speech.providers.1", "takes no model"),
    ("speech: {providers: ['whisper:']}\n", 1, "speech.providers.0", "a model is missing"),
    ("speech: {providers: [whisper, whisper]}\n", 1, "speech.providers", "whisper is named twice"),
    ("speech: {providers: []}\n", 1, "speech.providers", "at least 1"),
    ("speech: {second_opinion: moonshin}\n", 1, "speech.second_opinion", "did you mean moonshine?"),
    ("speech: {guard: {max_repeats: 0}}\n", 1, "speech.guard.max_repeats", "greater than or equal to 1"),
    ("speech: {align: yes}\n", 1, "speech.align", "write true or false"),
    ("ingest: {preset: turbo}\n", 1, "ingest.preset", "There are ultrafast, superfast"),
    ("ingest: {max_height: 20}\n", 1, "ingest.max_height", "greater than or equal to 144"),
    ("reframing: {subject: face}\n", 1, "reframing.subject", "did you mean faces?"),
    ("reframing: {faces: {detection_rate: 20}}\n", 1, "faces.detection_rate", "more than analysis_rate"),
    ("reframing: {faces: {emotion_model: deepfac}}\n", 1, "faces.emotion_model", "did you mean deepface?"),
    ("reframing: {face_height: 0}\n", 1, "reframing.face_height", "greater than or equal to 0.02"),
    ("enhancement:\n  style: No Such\n", 2, "enhancement.style", '"No Such"'),
    ("enhancement:\n  safe_box:\n    9:17: {left: 0}\n", 3, "safe_box.9:17", "did you mean 9:16?"),
    ("enhancement:\n  safe_box:\n    9:16: {lft: 0}\n", 3, "safe_box.9:16.lft", "did you mean left?"),
    (
        "enhancement:\n  safe_box:\n    9:16: {top: 0.1,\n      left: 0.9, right: 0.2}\n",
        4,
        "safe_box.9:16.left",
        "less than right (0.2)",
    ),
    (
        "enhancement:\n  safe_box:\n    '9:16': {left: 0.8}\n",
        3,
        "safe_box.9:16.left",
        "less than right (0.862)",
    ),
    ("enhancement:\n  caption_anchor: {9:16: 0.9}\n", 2, "caption_anchor.9:16", "outside safe_box.9:16"),
    ("delivery: {aspects: ['9:61']}\n", 1, "delivery.aspects.0", "mean 9:16? There are 9:16, 1:1, 16:9"),
    ("delivery: {aspects: [1:1, 1:1]}\n", 1, "delivery.aspects", "1:1 is named twice"),
    ("delivery:\n  encode:\n    crf: 99\n", 3, "delivery.encode.crf", "less than or equal to 35"),
    ("delivery:\n  encode:\n    preset: turbo\n", 3, "delivery.encode.preset", "no x264 preset 'turbo'"),
    ("delivery:\n  encode:\n    preset: verifast\n", 3, "delivery.encode.preset", "did you mean veryfast?"),
    ("delivery: {deadline_seconds: 1}\n", 1, "delivery.deadline_seconds", "greater than or equal to 10"),
    ("speech: fast\n", 1, "speech", "fast"),
    ("name: other\n", 1, "name", "its file"),
    ("selection: [1, 2]\n", 1, "selection", "[1, 2]"),
    ("- selection\n", 1, "mapping", "key: value"),
    ("selection:\n  pad_ms: [1\n", 3, "YAML", "correct"),
    ("a: &x 1\nselection: *y\n", 2, "YAML", "y"),
    ("base: &b {pad_ms: 1}\nselection:\n  <<: *b\n", 2, "<<", "extends"),
    ("selection: !!python/object/apply:os.getcwd []\n", 1, "selection", "tag"),
    ("selection: !mine {pad_ms: 1}\n", 1, "selection", "tag !mine"),
    ("selection:\n  1: 2\n", 1, "selection", "quotes"),
    ("description: 2026-01-01\n", 1, "description", "quote"),
    ("description: ' '\n", 1, "description", '" "'),
    ("\n# old\n%YAML 1.1\n---\ndescription: x\n", 3, "directive", "YAML 1.2"),
    ("description: x\n---\ndescription: y\n", 2, "YAML", "document"),
    ("extends: [talk]\n", 1, "extends", "one genre"),
    ("description: x\nextends: podcst\n", 2, "extends", "no genre 'podcst'"),
]


@pytest.mark.parametrize(("text", "line", "key", "hint"), FAULTS)
def test_what_is_wrong_is_named_with_file_line_and_key(folder, text, line, key, hint):
    write(folder, "mine", text)
    with pytest.raises(InputError) as caught:
        load_genre("mine", folder)
    said = str(caught.value)
    assert f"{folder / 'mine.yaml'}:{line}: " in said
    assert key in said
    assert hint in said
    assert "\n" not in said
