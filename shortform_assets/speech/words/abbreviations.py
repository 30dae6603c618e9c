"""Abbreviations that decide whether a full stop ends a sentence, without their last full stop.

English, German, French, Spanish, Portuguese and Italian together: what is one in one of them is hardly ever the end of
a sentence in another. Set by hand; held by tests/speech/sentence_lines.txt.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ABBREVIATIONS = _words("""
    etc ecc usw ave uu inc ltd co corp cia jr sr jun a.m p.m b.c a.d a.c d.c st ph.d mr mrs ms dr prof
    vs e.g i.e gen col sgt capt lt rev hon mt ft approx fig vol jan feb mar apr jul aug sep sept oct nov
    dec gov sen rep pres dept est ext max min tel sq hr fr fa str nr ca bzw vgl z.b z d.h u.a i.d.r abs
    bd jh geb gest evtl ggf inkl dipl.-ing med phil mme mmes mlle mm m me mgr ste av no env cf c.-à-d pr
    art chap p.ex sra srta srs dra ud uds vd pág págs pag núm aprox lic ing arq avda cía gral sto sta d
    dña ee ej dn eng exmo exma gal cap ex p pp h sig sig.ra dott avv geom rag mons soc v.le p.za c.so es
    fam
""")
TITLES = _words("""
    mr mrs ms dr prof gen col sgt capt lt rev hon gov sen rep pres hr fr fa mme mmes mlle mm me mgr ste
    sra srta srs dra lic ing arq gral sto sta dña sig sig.ra dott avv mons eng exmo exma gal v.le p.za
    c.so av bd min ud uds z abs soc cía med vgl cf ca aprox approx nr fig ej es ex pr dn tel ft mt
""")
"""After these a name or a thing comes, and never a sentence."""
OFTEN_LAST = _words("etc ecc usw")
"""These end a sentence where a capital follows."""
BEFORE_NUMBERS = _words("p pp pag pág págs s no nr núm n vol fig art cap chap abs bd jh st ver sec")
"""What has a number: `p. 5`."""
ORDINAL_LANGUAGES = _words("de da no nb nn fi cs sk hu pl sl hr et lv is")
"""ISO 639-1 of those that write `3.` for the third."""
ORDINAL_AFTER = _words("der die das den dem des am im vom zum beim ein eine papst ludwig heinrich karl bis")
"""Words that an ordinal number follows, in German; elsewhere the library knows."""
