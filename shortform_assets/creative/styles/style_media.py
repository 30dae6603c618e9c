"""Whether a style's fonts, pictures and sounds can be used: told from the files, which anybody may have made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shortform_assets.contracts.style_b_roll import B_ROLL_LEAST_MS
from shortform_assets.creative.captions.text.typeset import Typeface
from shortform_assets.errors import InputError
from shortform_assets.media.filters import display_size
from shortform_assets.media.shot_media import is_picture, shot_video

_MOST_PIXELS = 4096
"""A side of a logo: twice the longest side of any output. Our choice."""
_MOST_SHOT, _LEAST_SHOT = 8192, 540
"""A side of B-roll at the most, and its shorter one at the least: half the width of an upright output. Our choice."""
_WEB_FONTS = (b"wOFF", b"wOF2")
_SHORTEST_BED_S, _LONGEST_BED_S = 3.0, 1200.0
"""Seconds of music: shorter it is heard to come round, longer it is no bed. Our choice."""
_SHORTEST_EFFECT_S, _LONGEST_EFFECT_S = 0.05, 3.0
"""Seconds of an effect: shorter it is a click, longer it covers a sentence. Our choice."""
_SILENT = 0.003
"""Peak, 1 being full scale: -50 dB, which no gain makes into music."""


@dataclass(frozen=True)
class LogoPicture:
    """Pixels of what can be seen."""

    width: int
    height: int


def usable_font(path: Path) -> Typeface:
    """The font in `path`; InputError where a renderer could not use it."""
    with path.open("rb") as file:
        head = file.read(4)
    if head in _WEB_FONTS:
        raise InputError("is a web font (WOFF)", path.name, "give it as TTF or OTF")
    if head == b"ttcf":
        raise InputError(
            "is a collection of fonts", path.name, "take the one you need out of it, as TTF or OTF"
        )
    try:
        face = Typeface(path)
        face.width("Hamburgefonstiv")
        nothing = not face.names
    except InputError:
        raise
    except Exception as error:
        # A damaged table fails in fontTools or HarfBuzz by whatever error comes first.
        raise _no_font(path) from error
    if nothing:
        raise InputError(
            "carries no name of its own (no name table)", path.name, "give it one in a font editor"
        )
    return face


def _no_font(path: Path) -> InputError:
    return InputError("this is not a usable font", path.name, "give a TrueType or OpenType file")


def usable_logo(path: Path) -> LogoPicture:
    """The PNG in `path`; InputError where it is none, too large to open, or shows nothing."""
    from PIL import Image

    with path.open("rb") as file:
        head = file.read(512)
    if b"<svg" in head or head.lstrip().startswith(b"<?xml") or path.suffix.lower() in (".svg", ".svgz"):
        # Never parsed: an SVG may stand for any amount of work, or for files of this machine.
        raise InputError("is an SVG", path.name, "export the logo as PNG")
    try:
        with Image.open(path, formats=("PNG",)) as image:
            width, height = image.size
            if max(width, height) <= _MOST_PIXELS:
                image.load()
                seen = image.convert("RGBA").getchannel("A").getbbox()
    except Image.DecompressionBombError:
        raise _too_large(path, "far too many") from None
    except Exception as error:
        # A damaged file fails in Pillow by whatever error comes first.
        raise InputError("is not a readable PNG", path.name, "export the logo as PNG") from error
    if max(width, height) > _MOST_PIXELS:
        raise _too_large(path, f"{width} x {height}")
    if seen is None:
        raise InputError("shows nothing: all of it is transparent", path.name, "export the logo again")
    return LogoPicture(width, height)


def _too_large(path: Path, pixels: str) -> InputError:
    fix = f"export it at most {_MOST_PIXELS} pixels wide and high"
    return InputError(f"has {pixels} pixels", path.name, fix)


def usable_shot(path: Path) -> None:
    """InputError where the file could not be shown as B-roll: neither picture nor video, too small, large or short."""
    if is_picture(path):
        width, height = _picture_size(path)
    else:
        stream, length = shot_video(path, path.name)
        width, height = display_size(stream, _MOST_SHOT)
        if length < B_ROLL_LEAST_MS:
            raise InputError(f"lasts {length / 1000:.1f} s", path.name, "give a video of 2 s and more")
    if max(width, height) > _MOST_SHOT:
        fix = f"export it at most {_MOST_SHOT} pixels wide and high"
        raise InputError(f"has {width} x {height} pixels", path.name, fix)
    if min(width, height) < _LEAST_SHOT:
        what = f"has {width} x {height} pixels: it would be blurred"
        raise InputError(what, path.name, f"give one of at least {_LEAST_SHOT} on its shorter side")


def _picture_size(path: Path) -> tuple[int, int]:
    from PIL import Image

    try:
        with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as image:
            if max(image.size) <= _MOST_SHOT:
                image.load()
            return image.size
    except Image.DecompressionBombError:
        raise _too_large(path, "far too many") from None
    except Exception as error:
        # A damaged file fails in Pillow by whatever error comes first.
        raise InputError("is not a readable picture", path.name, "export it again") from error


def usable_music(path: Path) -> float:
    """Seconds of sound in `path`; InputError where it is no sound, or too short, long or quiet for a bed."""
    return _usable_sound(path, "a bed", (_SHORTEST_BED_S, _LONGEST_BED_S))


def usable_effect(path: Path) -> float:
    """Seconds of sound in `path`; InputError where it is no sound, or too short, long or quiet for an effect."""
    return _usable_sound(path, "a sound", (_SHORTEST_EFFECT_S, _LONGEST_EFFECT_S))


def _usable_sound(path: Path, what: str, length: tuple[float, float]) -> float:
    import av
    import numpy as np

    seconds, peak = 0.0, 0.0
    try:
        with av.open(str(path)) as media:
            stream = media.streams.audio[0]
            resampler = av.AudioResampler(format="flt")
            for frame in media.decode(stream):
                seconds += frame.samples / frame.sample_rate
                if seconds > length[1]:
                    break
                for part in resampler.resample(frame):
                    peak = max(peak, float(np.abs(part.to_ndarray()).max()))
    except Exception as error:
        # FFmpeg's libraries fail by many errors, a file without a sound stream by IndexError.
        raise InputError(
            "is no sound that can be read", path.name, "give a WAV, FLAC, MP3 or M4A file"
        ) from error
    if not length[0] <= seconds <= length[1]:
        raise InputError(
            f"lasts {'more than ' if seconds > length[1] else ''}{min(seconds, length[1]):.3g} s",
            path.name,
            f"give {what} of {length[0]:g} to {length[1]:g} s",
        )
    if peak < _SILENT:
        raise InputError("is silent", path.name, f"give {what} that is heard")
    return seconds
