"""Which translation of its captions a source is to have: its record's, else its genre's."""

from __future__ import annotations

from resources.media_store import MediaStore
from shortform_assets.contracts.slices import EnhancementSlice
from shortform_assets.contracts.source import SourceRecord
from shortform_assets.contracts.translations import CaptionTranslation, TranslatedCue
from shortform_assets.speech import parse_transcript


def wanted_translation(
    store: MediaStore, record: SourceRecord, rules: EnhancementSlice
) -> CaptionTranslation | None:
    """With the cues of the user's own subtitles, where there are any; None where captions are not translated.

    Raises InputError where the subtitles cannot be read.
    """
    own, rule = record.translation, rules.translation
    if own is None and rule is None:
        return None
    cues: tuple[TranslatedCue, ...] = ()
    if own is not None and own.file is not None:
        read = parse_transcript(store.open_local(own.file).read_bytes(), own.language)
        cues = tuple(TranslatedCue(start_ms=cue.start_ms, end_ms=cue.end_ms, text=cue.text) for cue in read)
    if own is not None:
        return CaptionTranslation(language=own.language, show=rule.show if rule else "second_line", cues=cues)
    return CaptionTranslation(language=rule.language, show=rule.show) if rule else None
