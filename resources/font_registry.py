"""The one list of fallback fonts: which scripts each draws, whose it is, and the bytes it must have.

All are of Google's Noto project under the SIL Open Font License 1.1, as the project publishes them; two packages
carry them (3.5 and 20 MB), so that text is drawn the same on every machine and without a network.
"""

from __future__ import annotations

import glob
from dataclasses import dataclass

from resources.model_files import Model, ModelFile

_NOTO, _EMOJI, _CJK = (
    "https://github.com/notofonts",
    "https://github.com/googlefonts/noto-emoji",
    "https://github.com/notofonts/noto-cjk",
)
_INSTALL, _INSTALL_CJK = "manimgx-fonts==2026.9.26.post1", "manimgx-fonts-cjk==2026.9.26.post1"


@dataclass(frozen=True)
class RegisteredFont:
    """A font of a registered file. `scripts` are ISO 15924 codes; empty for signs."""

    family: str
    model: Model
    scripts: tuple[str, ...] = ()
    index: int = 0
    language: str = ""


def _file(family: str, name: str, sha256: str, package: str, origin: str, install: str) -> Model:
    part = f"{package}:{glob.escape(name)}"
    return Model(
        name=family.lower().replace(" ", "-"),
        purpose="letters that a style's own font lacks",
        licence="OFL-1.1",
        origin=origin,
        install=install,
        files=(ModelFile(name, sha256, (part,), ""),),
        main=name,
    )


def _noto(script: str, sha256: str, *scripts: str) -> RegisteredFont:
    family = f"Noto Sans {script}".strip()
    name = f"{family.replace(' ', '')}[wght].ttf"
    return RegisteredFont(family, _file(family, name, sha256, "manimgx_fonts", _NOTO, _INSTALL), scripts)


_COLLECTION = _file(
    "Noto Sans CJK",
    "NotoSansCJK-VF.otf.ttc",
    "d3d8256cdec8dbcb3552284bc6b20c734dd60c2ee9df83b5758e34807c4bac32",
    "manimgx_fonts_cjk",
    _CJK,
    _INSTALL_CJK,
)


def _cjk(region: str, index: int, language: str, *scripts: str) -> RegisteredFont:
    return RegisteredFont(f"Noto Sans CJK {region}", _COLLECTION, ("Hani", *scripts), index, language)


FALLBACK_FONTS: tuple[RegisteredFont, ...] = (
    _noto("", "fb53504de62e767a54695416123d68d67f71c9b69722175184ad56e7dd13547b", "Latn", "Grek", "Cyrl"),
    _noto("Arabic", "3fae4d7239d1faa55b234bda8091019a5251ff79df40d5e29367d84bed2a8138", "Arab"),
    _noto("Hebrew", "9d81d81ad592644487b03843da73a87b99cd28a2c4da4a096e1db8fbd14fda61", "Hebr"),
    _noto("Devanagari", "bf99bf762743ff3259e73196852520ab0ffe8d384238bff3e4806a84b981e972", "Deva"),
    _noto("Bengali", "dc9defe97bb041876b6609e9029d9e1e228a686259acde2fe2a9f99d793ee17d", "Beng"),
    _noto("Tamil", "37e151cdec4a8cfb15c432f7bb164a83b98df69419d47e50b35aa7073963716b", "Taml"),
    _noto("Telugu", "6c06de88b2d420d899543724a13765994191cd29860c6226efca098b51fec64b", "Telu"),
    _noto("Kannada", "b6b11505d76eddf916667d73adfec19095ec777742444dc662dae81471461f4e", "Knda"),
    _noto("Malayalam", "94cddc94a03fa9a5e8d1784090ba97b267def6933d60762081eaa003751142c5", "Mlym"),
    _noto("Gujarati", "83d1bde74d64fb389f97a5e27b2699d8ee8bad4c15a02be347228e6c10011248", "Gujr"),
    _noto("Gurmukhi", "8a3096ee2166f6383501e2df7b368fce88cfa4068c8d75bcb6af07da353a00ea", "Guru"),
    _noto("Oriya", "37f482d0179d0a50e3128d004f007ff1c1741ad5f6b0b2bcc7238b257ef1caa0", "Orya"),
    _noto("Sinhala", "3fd7c6a61cb6dfb8a2ca7af5b4078bd24e9c8ad9b55839a0177277db6e4d1326", "Sinh"),
    _noto("Thai", "13f52f79b04f01f2751a81052a5dee2df639fd4e13f4ac30821ab45c8dd5f7e7", "Thai"),
    _noto("Lao", "fc138d605aa998d8407789ee6a7f5554aae8b54f5cd98d66dd2c33e79d15b67e", "Laoo"),
    _noto("Khmer", "56f89948a84cc0b01962ed6af573ac4ac885bd7bb6e7e40f9afc72a435728b70", "Khmr"),
    _noto("Myanmar", "e0b280aa3080aab922800c88fa9a2015a4bec3103bb8b70491a92e4a04f3a3a3", "Mymr"),
    _noto("Georgian", "42f4a8bf4fe0af8afd91ee3c19e81e14f1bc74ddbd9b6a59a4182f67a596adb4", "Geor"),
    _noto("Armenian", "e979dfaed56ddb4bfd05121958b25425eb7593253d64b6b3654c77c11c5cda94", "Armn"),
    _noto("Ethiopic", "93f223089e300b983dbfd693c7be619e0e76565a70d639e71a4fe0bfd72cf66f", "Ethi"),
    _cjk("JP", 0, "ja", "Hira", "Kana"),
    _cjk("KR", 1, "ko", "Hang"),
    _cjk("SC", 2, "zh-Hans", "Bopo"),
    _cjk("TC", 3, "zh-Hant", "Bopo"),
    RegisteredFont(
        "Noto Emoji",
        _file(
            "Noto Emoji",
            "NotoEmoji[wght].ttf",
            "de6c18832938afc99caf132b39d6a30a19bac7f2e812e28db2535b4608d27551",
            "manimgx_fonts",
            _EMOJI,
            _INSTALL,
        ),
    ),
    _noto("Symbols", "63724daeff6755a45933b9a5e3a3b41df5df8fe925c0f4c991f2f68c08a4182d"),
)
"""In the order in which they are asked for a sign that belongs to no script."""
