"""What a genre names and only others know: its style is in the store, its models are in the models registry."""

from __future__ import annotations

from resources.media_store import MediaStore
from resources.model_registry import REGISTRY
from resources.stt.recognizers import languages_heard
from shortform_assets.contracts.slices import GenreConfig
from shortform_assets.contracts.speech_providers import SPEECH_PROVIDERS
from shortform_assets.creative import UnknownStyle, ensure_shipped_styles, resolve_style
from shortform_assets.errors import InputError
from shortform_assets.genres import at_key, check_language, load_genre
from shortform_assets.located_yaml import suggestion


def checked_genre(
    name: str,
    store: MediaStore,
    style: str | None = None,
    *,
    rerun: bool = False,
    transcribed: bool = False,
) -> GenreConfig:
    """The genre `name`, ready for a run with `style` or, without, its own.

    Publishes shipped styles that `store` lacks; in a `rerun` a withdrawn one is no fault, for the source may hold it.
    `transcribed`: the user gives the words, so nobody need hear them. Raises InputError, at file, line and key, where
    the genre names a style or a model that there is not, or a language that none of its providers can do.
    """
    genre = load_genre(name)
    speech = genre.speech
    for number, provider in enumerate(speech.providers):
        _check_model(genre, provider, f"speech.providers.{number}")
    _check_model(genre, speech.second_opinion, "speech.second_opinion")
    if not transcribed:
        check_language(genre, languages_heard(speech.providers))
    ensure_shipped_styles(store)
    try:
        resolve_style(store, style or genre.enhancement.style, held=rerun)
    except UnknownStyle as error:
        raise error if style else at_key(error, name, "enhancement.style") from None
    return genre


def _check_model(genre: GenreConfig, provider: str, key: str) -> None:
    kind, _, model = provider.partition(":")
    prefix = SPEECH_PROVIDERS[kind].registered if kind else ""
    known = [name.removeprefix(prefix) for name in REGISTRY if name.startswith(prefix)]
    if prefix and model and model not in known:
        error = InputError(f"there is no model {model!r} of {kind}", "", suggestion(model, known))
        raise at_key(error, genre.name, key)
