"""Profanities by language, and words with them masked.

Lists are short and hold what is obscene wherever it stands. Lists that are published for many languages were tried:
most of their entries are ordinary words too (Spanish "mesa" and "martillo", Dutch "nicht", German "Deich").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import regex

MASK = "*"
_STEMS = {
    "en": "fuck* motherfuck* mothafuck* clusterfuck* mindfuck* shit shits shitty shitted shitting shithead* shithole* "
    "shitshow* bullshit* horseshit dipshit* batshit asshole* arsehole* dumbass* jackass* bitch* sonofabitch cunt* "
    "cocksuck* dickhead* prick pricks twat twats wank wanker* wanking bastard* goddamn* pussy pussies slut sluts slutty "
    "whore* nigger* nigga* faggot* douchebag* bollocks tits",
    "es": "joder jode joden jodes jodido* jodida* jodiendo jodete jódete mierda* puta putas puto putos putada* puton* "
    "hijoputa* hijueputa* coño* gilipolla* cabron* cabrón* cojon* cojón* pendej* chingar* chingad* chinga verga "
    "follar follad* polla pollas maricon* maricón* mamada* culero* boludo* pelotudo* carajo mecagoen*",
    "de": "fick ficken ficker* fickt gefickt* verfickt* fotze* arschloch* arschlöcher* arschficker* hurensohn* "
    "hurensöhn* hure huren scheiße* scheiß* scheisse* beschissen* wichser* wichse* schlampe* nutte* schwuchtel* "
    "drecksau* mistkerl* missgeburt*",
    "fr": "putain* merde* merdi* emmerd* con conne* connard* connass* connerie* enculé* enculer* encule* enfoiré* "
    "salope* salopard* bordel chiant* chier pute putes bite bites couille* foutre foutu* nique niquer* niqué* pédé* "
    "branleur* branler connasse*",
    "it": "cazzo cazzi cazzat* cazzon* incazz* merda* merde vaffanculo* fanculo stronz* puttan* coglion* "
    "minchia* figa fighe fottut* fotter* bastard* culo culi porcodio porca* frocio froci",
    "pt": "caralho* porra* foda* foder* fodid* foda-se puta putas puto putos putaria* merda* cu buceta* boceta* "
    "cacete* piroca* viado* arrombad* filhodaputa* cona conas punhet* cabrão cabrões",
    "nl": "kut kutten kutwijf* klootzak* klote kloten* lul lullen* neuken* geneukt* hoer hoeren* godverdomme* "
    "flikker* slet sletten schijt*",
    "pl": "kurw* chuj* huj* pierdol* pierdal* spierdal* wypierdal* zapierdal* jeb* zajeb* wyjeb* pojeb* popierdol* "
    "cipa cipy pizd* dziwk* skurwysyn* skurwiel* gówn* sukinsyn*",
    "ru": "хуй* хуя* хуё* хуе* хули охуе* охуи* похуй* нахуй* пизд* распизд* спизд* ебат* ебан* ёбан* ебал* ебну* "
    "еблан* заеб* наеб* отъеб* уёб* уеб* выеб* доеб* долбоеб* долбоёб* бля блять* блядь* бляд* мудак* мудил* "
    "сука суки сучка* гондон* пидор* пидар* залуп* манда мандавош*",
    "uk": "хуй* хуя* хує* похуй* нахуй* пізд* пизд* їбат* їбан* єбат* єбан* їбал* заїб* наїб* виїб* бля блять* блядь* "
    "сука суки мудак* гандон* підор* підар* довбойоб* курв*",
    "tr": "amk aq amına amına* amcık* sik sikt* sikey* sikiş* siker* orospu* piç piçler* göt götü götün götüne götünü yarrak* yarak* "
    "pezevenk* ibne* kahpe* siktir* gavat*",
}
LANGUAGES = frozenset(_STEMS)
"""BCP 47 codes of the languages that have a list."""
_WORD = regex.compile(r"[\p{L}\p{M}]+")


def masker(language: str, more: Sequence[str] = ()) -> Callable[[str], str]:
    """What puts stars in place of all letters but the first of every profanity in a text of `language`.

    `more` are words to mask beside those of the language; `*` at the end of one stands for any ending.
    """
    words, stems = _listed(language.split("-")[0], tuple(more))

    def masked(found: regex.Match[str]) -> str:
        text = found[0]
        plain = text.casefold()
        if plain not in words and not (stems and plain.startswith(stems)):
            return text
        return text[0] + regex.sub(r"[\p{L}\p{M}]", MASK, text[1:])

    return lambda text: _WORD.sub(masked, text)


@lru_cache(maxsize=32)
def _listed(language: str, more: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole words, and what words begin with."""
    entries = [entry.casefold() for entry in (*_STEMS.get(language, "").split(), *more)]
    stems = tuple(entry[:-1] for entry in entries if entry.endswith(MASK) and len(entry) > 1)
    return frozenset(entry for entry in entries if not entry.endswith(MASK)), stems
