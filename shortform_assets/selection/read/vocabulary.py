"""What each language has to be measured by: the words of feeling, story, claim and hedging.

English has most. A language without an entry is measured by what needs no words: names and digits, repetition,
sound, turns and pauses; the features that need a list are then 0.5 for every moment alike, and are named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from shortform_assets.selection.read import lexicon
from shortform_assets.selection.read.lexicon import words

NEVER = re.compile(r"(?!)")


@dataclass(frozen=True)
class Vocabulary:
    """One language. Everything is compared in lower case with straight apostrophes."""

    emotion: frozenset[str]
    surprise: re.Pattern[str]
    claim: re.Pattern[str]
    story: re.Pattern[str]
    people: frozenset[str]
    speech: frozenset[str]
    hedge: re.Pattern[str]
    filler: frozenset[str]
    vague: frozenset[str]
    back: re.Pattern[str]
    dangling: frozenset[str]
    past: re.Pattern[str] = NEVER
    """Verbs in the past."""
    expletive: re.Pattern[str] = NEVER
    filler_phrases: re.Pattern[str] = NEVER
    number: re.Pattern[str] = re.compile(r"\d")
    openers: tuple[str, ...] = ()
    """Weak first words, beside those that the genre names."""


NO_WORDS = Vocabulary(
    frozenset(),
    NEVER,
    NEVER,
    NEVER,
    frozenset(),
    frozenset(),
    NEVER,
    frozenset(),
    frozenset(),
    NEVER,
    frozenset(),
)
"""For a language that has no entry."""
NEEDS_WORDS = ("emotion", "surprise", "claims", "story", "people")
"""Features that say nothing without a vocabulary."""


def vocabulary(language: str) -> Vocabulary | None:
    """That of `language` (`en`, `pt-BR`), or None where there is none."""
    return _ALL.get(language.lower().replace("_", "-").split("-")[0])


def _any(text: str) -> re.Pattern[str]:
    """Any of the phrases, which are parted by commas, as whole words."""
    return re.compile(r"\b(?:" + "|".join(phrase.strip() for phrase in text.split(",")) + r")\b")


class _WordLists(NamedTuple):
    """A language as it is written below: words parted by spaces, phrases (regular expressions) by commas."""

    emotion: str
    surprise: str
    claim: str
    story: str
    people: str
    speech: str
    hedge: str
    filler: str
    vague: str
    back: str
    dangling: str
    openers: str

    def vocabulary(self) -> Vocabulary:
        return Vocabulary(
            emotion=words(self.emotion),
            surprise=_any(self.surprise),
            claim=_any(self.claim),
            story=_any(self.story),
            people=words(self.people),
            speech=words(self.speech),
            hedge=_any(self.hedge),
            filler=words(self.filler),
            vague=words(self.vague),
            back=_any(self.back),
            dangling=words(self.dangling),
            openers=tuple(phrase.strip() for phrase in self.openers.split(",")),
        )


_ENGLISH = Vocabulary(
    emotion=lexicon.EMOTION,
    surprise=lexicon.SURPRISE,
    claim=lexicon.CLAIM,
    story=lexicon.STORY,
    people=lexicon.PEOPLE,
    speech=lexicon.SPEECH,
    hedge=lexicon.HEDGE,
    filler=lexicon.FILLER,
    vague=lexicon.VAGUE,
    back=lexicon.BACK_REFERENCE,
    dangling=lexicon.DANGLING,
    past=lexicon.PAST,
    expletive=lexicon.EXPLETIVE,
    filler_phrases=lexicon.FILLER_PHRASES,
    number=lexicon.NUMBER,
)
_SPANISH = _WordLists(
    emotion="amor amo odio miedo rabia lloré lloró llorar risa reír feliz alegría orgullo vergüenza culpa dolor muerte murió morir "
    "mató perdí perdió fracaso fracasé pánico sueño pesadilla horrible terrible increíble maravilloso triste solo guerra",
    surprise="de repente, de pronto, resulta que, increíble\\w*, sorpres\\w+, sorprend\\w+, por casualidad, nadie, en realidad, "
    "en vez de, imposible, extrañ\\w+, rar[oa], descubrí, me di cuenta",
    claim="nunca, jamás, siempre, nadie, todo el mundo, lo peor, lo mejor, lo más, el secreto, la verdad, el problema, la razón, "
    "la clave, el error, más que, menos que, tienes que, hay que, aprendí",
    story="cuando era, cuando tenía, me acuerdo, recuerdo, un día, una noche, aquel día, aquella noche, hace \\w+ años, "
    "años después, al día siguiente, entonces, en aquel, por primera vez, me dijo, le dije",
    people="él ella madre padre mamá papá hijo hija hermano hermana abuela abuelo mujer marido esposa hombre niño niña chico "
    "chica amigo amiga gente señor señora médico profesor vecino jefe familia",
    speech="dijo dije dice preguntó pregunté contestó respondió gritó contó explicó pidió",
    hedge="creo que, supongo, quizás?, tal vez, a lo mejor, más o menos, un poco, de alguna manera, o sea, o algo, "
    "en general, normalmente, depende, no sé, por ahí, digamos, como que",
    filler="eh em este pues bueno vale ajá mm",
    vague="eso esto ello aquello cosa cosas algo otro otra otros otras mismo misma ahí allí",
    back="como dije, como decía, como he dicho, como mencioné, lo que dijimos antes",
    dangling="él ella ellos ellas eso esto esa ese aquello",
    openers="y, pero, o, porque, entonces, pues, o sea, también, así que, bueno, sí, no, claro, vale, además, por eso",
).vocabulary()
_GERMAN = _WordLists(
    emotion="liebe liebte hass hasste angst wut wütend geweint weinte weinen lachen lachte glücklich freude stolz scham schuld schmerz "
    "tod starb gestorben sterben verloren verlor gescheitert panik traum albtraum furchtbar schrecklich unglaublich "
    "wunderbar traurig einsam krieg",
    surprise="plötzlich, auf einmal, überrasch\\w+, stellte sich heraus, unglaublich\\w*, zufällig, niemand, eigentlich, stattdessen, "
    "unmöglich, seltsam\\w*, komisch\\w*, merkwürdig\\w*, ausgerechnet, herausgefunden",
    claim="nie, niemals, immer, niemand, jeder, alle, das schlimmste, das beste, das größte, das geheimnis, die wahrheit, "
    "das problem, der grund, der fehler, mehr als, weniger als, man muss, du musst, ich habe gelernt",
    story="als ich, damals, ich erinnere mich, eines tages, eines nachts, vor \\w+ jahren, jahre später, am nächsten tag, "
    "und dann, zum ersten mal, hat er gesagt, hat sie gesagt, habe ich gesagt",
    people="er sie ihm ihn mutter vater mama papa sohn tochter bruder schwester oma opa großmutter großvater frau mann mädchen "
    "junge kind kinder freund freundin leute herr arzt ärztin lehrer lehrerin nachbar chef familie",
    speech="sagte sagt gesagt fragte gefragt antwortete rief erzählte erklärte schrie meinte",
    hedge="ich glaube, ich denke, vielleicht, wahrscheinlich, irgendwie, irgendwo, irgendwas, ungefähr, so ungefähr, mehr oder weniger, "
    "ein bisschen, ein wenig, sozusagen, im prinzip, eher, meistens, normalerweise, kommt drauf an, oder so, keine ahnung",
    filler="äh ähm hm mhm ja naja halt eben also genau okay",
    vague="es das dies diese dieser dieses dort da sache sachen ding dinge etwas andere anderen anderes",
    back="wie gesagt, wie ich schon sagte, wie vorhin, wie erwähnt",
    dangling="er sie es das dies diese dieser denen",
    openers="und, aber, oder, weil, also, dann, ja, nein, genau, naja, halt, deshalb, deswegen, außerdem, trotzdem, auch",
).vocabulary()
_FRENCH = _WordLists(
    emotion="amour aime détesté haine peur colère pleuré pleurer pleurait rire rires heureux heureuse joie fier fière honte douleur mort morte "
    "mourir tué perdu échec échoué panique rêve cauchemar horrible terrible incroyable merveilleux triste seul guerre",
    surprise="soudain, tout à coup, tout d'un coup, surpri\\w+, incroyable\\w*, par hasard, personne, en fait, en réalité, au lieu de, "
    "impossible, étrange\\w*, bizarre\\w*, il s'avère, découvert",
    claim="jamais, toujours, personne, tout le monde, le pire, le meilleur, le plus, le secret, la vérité, le problème, la raison, "
    "la clé, l'erreur, plus que, moins que, il faut, vous devez, j'ai appris, j'ai compris",
    story="quand j'étais, quand j'avais, je me souviens, un jour, une nuit, ce jour-là, cette nuit-là, il y a \\w+ ans, "
    "des années plus tard, le lendemain, et puis, la première fois, il m'a dit, elle m'a dit, j'ai dit",
    people="il elle lui mère père maman papa fils fille frère sœur grand-mère grand-père femme mari homme garçon enfant enfants ami "
    "amie gens monsieur madame médecin professeur voisin patron famille",
    speech="dit dis disait demandé demande répondu crié raconté expliqué",
    hedge="je crois, je pense, peut-être, sans doute, plus ou moins, un peu, en quelque sorte, une sorte de, genre, quoi, "
    "en général, normalement, ça dépend, je sais pas, je ne sais pas, à peu près, ou quelque chose",
    filler="euh ben bah hein voilà bon ouais ok mm",
    vague="ça cela ceci ce chose choses truc trucs autre autres même là",
    back="comme je disais, comme j'ai dit, comme on l'a vu, comme je l'ai dit",
    dangling="il elle ils elles ça cela ceci",
    openers="et, mais, ou, parce que, donc, alors, puis, aussi, ben, oui, non, voilà, d'accord, en plus, du coup, c'est pour ça",
).vocabulary()
_ITALIAN = _WordLists(
    emotion="amore odio paura rabbia pianto pianse piangere ridere felice gioia orgoglio vergogna colpa dolore morte morì morire "
    "perso fallito panico sogno incubo orribile terribile incredibile meraviglioso triste guerra",
    surprise="all'improvviso, improvvisamente, sorpres\\w+, incredibil\\w+, per caso, nessuno, in realtà, invece, impossibile, stran\\w+, "
    "è venuto fuori, ho scoperto",
    claim="mai, sempre, nessuno, tutti, il peggio, il meglio, il più, il segreto, la verità, il problema, il motivo, l'errore, "
    "più di, meno di, bisogna, devi, ho imparato, ho capito",
    story="quando ero, quando avevo, mi ricordo, ricordo, un giorno, una notte, quel giorno, quella notte, \\w+ anni fa, "
    "anni dopo, il giorno dopo, la prima volta, mi ha detto, gli ho detto, le ho detto",
    people="lui lei madre padre mamma papà figlio figlia fratello sorella nonna nonno moglie marito uomo donna ragazzo ragazza "
    "bambino bambina amico amica gente signore signora medico professore vicino capo famiglia",
    speech="disse detto dice chiese chiesto rispose risposto raccontò gridò",
    hedge="credo, penso, forse, magari, più o meno, un po', diciamo, in qualche modo, una specie di, tipo, di solito, dipende, "
    "non so, circa, in generale, o qualcosa",
    filler="eh ehm mah boh beh allora cioè okay mm",
    vague="questo quello ciò cosa cose qualcosa altro altra altri altre stesso lì là",
    back="come dicevo, come ho detto, come abbiamo detto",
    dangling="lui lei loro questo quello ciò questa quella",
    openers="e, ma, o, perché, quindi, allora, poi, anche, cioè, beh, sì, no, certo, inoltre, per questo",
).vocabulary()
_PORTUGUESE = _WordLists(
    emotion="amor amo ódio medo raiva chorei chorou chorar rir feliz alegria orgulho vergonha culpa dor morte morreu morrer matou perdi "
    "perdeu fracasso pânico sonho pesadelo horrível terrível incrível maravilhoso triste guerra",
    surprise="de repente, surpres\\w+, surpreend\\w+, incríve\\w+, por acaso, ninguém, na verdade, em vez de, impossível, "
    "estranh\\w+, acontece que, descobri, percebi",
    claim="nunca, jamais, sempre, ninguém, todo mundo, toda a gente, o pior, o melhor, o mais, o segredo, a verdade, o problema, "
    "a razão, o erro, mais do que, menos do que, tem que, você precisa, aprendi",
    story="quando eu era, quando eu tinha, eu lembro, lembro-me, um dia, uma noite, naquele dia, naquela noite, há \\w+ anos, "
    "anos depois, no dia seguinte, a primeira vez, me disse, eu disse",
    people="ele ela mãe pai filho filha irmão irmã avó avô mulher marido esposa homem menino menina rapaz moça amigo amiga gente "
    "senhor senhora médico professor vizinho chefe família",
    speech="disse falou perguntou respondeu gritou contou explicou",
    hedge="eu acho, acho que, talvez, provavelmente, mais ou menos, um pouco, de certa forma, uma espécie de, tipo, ou algo, "
    "em geral, normalmente, depende, não sei, sei lá",
    filler="é hum né então tá bom ah mm",
    vague="isso isto aquilo coisa coisas algo outro outra outros outras mesmo lá ali",
    back="como eu disse, como falei, como eu dizia",
    dangling="ele ela eles elas isso isto aquilo",
    openers="e, mas, ou, porque, então, aí, também, tipo, bom, sim, não, claro, além disso, por isso",
).vocabulary()
_ALL = {
    "en": _ENGLISH,
    "es": _SPANISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "it": _ITALIAN,
    "pt": _PORTUGUESE,
}
