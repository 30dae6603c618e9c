"""The translation of a plan's caption pages: by the user's own subtitles, else by a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shortform_assets.contracts.creative import CaptionPage, ClipTranslation, TranslatedLines
from shortform_assets.contracts.speech import Transcript
from shortform_assets.contracts.translations import CaptionTranslation
from shortform_assets.creative.captions.text.model_translation import ClipText, ask_for_translations
from shortform_assets.creative.captions.text.own_translation import CueMatcher
from shortform_assets.creative.captions.text.pages import Page
from shortform_assets.creative.captions.text.translated_lines import TranslationSetter
from shortform_assets.ports.judge import Judge
from shortform_assets.ports.workbench import Workbench

_MANY = 0.5
"""Share of all pages without a translation from which on own subtitles are hardly those of the recording. Our choice."""


@dataclass
class PageTranslator:
    """Translates the pages of all clips of a plan. Where nothing is wanted, or nobody can, captions are as they were."""

    bench: Workbench
    wanted: CaptionTranslation | None
    transcript: Transcript
    judges: Sequence[Judge]
    names: Sequence[str]
    mask: Callable[[str], str]
    """Puts stars into profanities of the other language."""
    _model: str = ""
    _texts: list[list[str]] = field(default_factory=list)
    _pages: int = 0
    _missing: int = 0
    _crowded: int = 0

    def __post_init__(self) -> None:
        if self.wanted is not None and self.wanted.language == self.transcript.language:
            self.bench.note(translation=f"the talk is in {self.wanted.language} already")
            self.wanted = None
        self._matcher = CueMatcher(self.wanted.cues if self.wanted else (), self.transcript)

    @property
    def active(self) -> bool:
        return self.wanted is not None

    def ask(self, clips: Sequence[tuple[Sequence[Page], int]]) -> None:
        """Have a model translate the pages of all clips, each with the columns of a line. Nothing is asked where the
        user brought subtitles; without a model the result is degraded."""
        if self.wanted is None or self.wanted.cues or not any(pages for pages, _ in clips):
            return
        language = self.wanted.language
        if not self.judges:
            self.bench.degrade(
                f"captions are not translated into {language}: no model is named in selection.panel.models - name one, "
                f"or bring subtitles with --translation {language}=FILE"
            )
            return
        judge = self.judges[0]
        self._model = judge.name
        shown = [ClipText.of(pages, columns) for pages, columns in clips]
        self._texts = ask_for_translations(
            self.bench, judge, shown, (self.transcript.language, language), self.names
        )

    def texts(self, number: int, pages: Sequence[Page]) -> Sequence[str]:
        """All that may be written on the `pages` of clip `number`, as `ask` counts them."""
        if self.wanted is None:
            return ()
        own = self._matcher.texts(pages) if self.wanted.cues else self._of(number)
        return [self.mask(text) for text in own]

    def lines(
        self, number: int, pages: Sequence[Page], setter: TranslationSetter, draws: Callable[[str], bool]
    ) -> list[TranslatedLines | None]:
        """What may stand on each page of clip `number`; `draws` says whether a text has fonts."""
        if self.wanted is None:
            return [None] * len(pages)

        def set_lines(text: str) -> TranslatedLines | None:
            return setter.set(self.mask(text)) if draws(self.mask(text)) else None

        if self.wanted.cues:
            return self._matcher.lines(pages, set_lines)
        texts = self._of(number) or [""] * len(pages)
        return [set_lines(text) if text else None for text in texts]

    def told(
        self, found: Sequence[TranslatedLines | None], pages: Sequence[CaptionPage]
    ) -> ClipTranslation | None:
        """What is told of a clip: `found` are its lines, `pages` those that had room for them."""
        if self.wanted is None or not pages:
            return None
        missing, crowded = list(found).count(None), sum(page.translation is None for page in pages)
        self._pages, self._missing = self._pages + len(pages), self._missing + missing
        self._crowded += crowded - missing
        if crowded == len(pages):
            return None
        return ClipTranslation(
            language=self.wanted.language,
            show=self.wanted.show,
            source=self._model,
            pages=len(pages),
            missing=crowded,
        )

    def close(self) -> None:
        """Say what was measured over all clips."""
        if self.wanted is None:
            return
        shown = self._pages - self._missing - self._crowded
        self.bench.note(
            translated_pages=shown, untranslated_pages=self._missing, pages_without_room=self._crowded
        )
        if self._crowded > _MANY * self._pages:
            self.bench.degrade(
                f"{self._crowded} of {self._pages} caption pages have no room off faces for a second line: show the "
                "translation `instead`, or take smaller type"
            )
        if self.wanted.cues and self._missing > _MANY * self._pages:
            self.bench.degrade(
                f"{self._missing} of {self._pages} caption pages have no line in the subtitles in "
                f"{self.wanted.language}: give those of this very recording"
            )

    def _of(self, number: int) -> list[str]:
        return self._texts[number] if number < len(self._texts) else []
