"""Hand-written word lists and patterns for the cues of English talk. Nothing here was taken from labelled text."""

from __future__ import annotations

import re

from shortform_assets.selection.read.lexicon import words

CONNECTIVES = words(
    "and so but or because cause well um uh like oh okay ok yeah yes right now then anyway also i mean you know "
    "actually basically just plus though"
)
"""Words that are passed over to find the first one that says anything; those of "I mean" and "you know" are among them."""

OPENERS = (
    "and", "but", "so", "because", "or", "well", "yeah", "yes", "no", "right", "okay", "oh", "i", "you", "we", "he",
    "she", "they", "it", "that", "this", "these", "there", "what", "how", "why", "when", "if", "who", "where", "the",
    "a", "my", "our", "your", "let's", "like", "then", "now", "also", "exactly", "absolutely", "is", "are", "do", "did",
    "can", "one", "some", "people", "most", "every", "as", "in", "for", "to", "not", "just", "maybe", "which", "anyway",
    "actually", "thanks", "thank", "welcome",
)  # fmt: skip
"""First words that are told apart."""

SAME_OPENER = {
    "i'm": "i", "i've": "i", "i'd": "i", "i'll": "i", "we're": "we", "we've": "we", "we'll": "we", "we'd": "we",
    "you're": "you", "you've": "you", "you'll": "you", "you'd": "you", "he's": "he", "he'd": "he", "she's": "she",
    "she'd": "she", "they're": "they", "they've": "they", "it's": "it", "it'll": "it", "that's": "that",
    "that'll": "that", "there's": "there", "what's": "what", "how's": "how", "who's": "who", "where's": "where",
    "ok": "okay", "an": "a", "does": "do", "was": "is", "were": "are", "could": "can", "would": "can", "nope": "no",
    "yep": "yeah", "those": "these", "cause": "because", "'cause": "because",
}  # fmt: skip
"""Openers that count as another one."""

PRONOUNS = {
    "i": words("i i'm i've i'd i'll me my myself mine"),
    "you": words("you you're you've you'll you'd your yourself yours"),
    "we": words("we we're we've we'll we'd us our ours"),
    "heshe": words("he he's he'd she she's she'd him her his hers"),
    "they": words("they they're they've they'd them their"),
    "it": words("it it's its it'll it'd"),
    "dem": words("that that's this these those"),
}

POINTS_BACK = words(
    "he he's he'd she she's she'd they they're they've it it's it'd that that's this these those there him her them "
    "his their its such"
)
"""At the head of a sentence these stand for something said before."""

COMMANDS = words(
    "go don't stop start never make take keep get try find build write learn ask think remember imagine look listen do "
    "be let give put use ship call tell read buy work wait stay pick choose"
)

TAGS = words("right know okay yeah")
"""Last words that only ask for a nod."""


def _any(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b")


MARKS: dict[str, re.Pattern[str]] = {
    "emotion": _any(
        r"lov\w+|hate\w*|afraid|scar(?:ed|y)|terrif\w+|fear\w*|angry|anger|furious|cr(?:ied|y|ying)|tears?|laugh\w*|"
        r"hilarious|funny|happy|joy|proud|asham\w+|shame|guilt\w*|heartbr\w+|devastat\w+|lonely|alone|hope\w*|dream\w*|"
        r"nightmare|pain\w*|hurt\w*|di(?:ed|e|es)|death|dead|dying|kill\w*|surviv\w+|los[ts]|loss|grie\w+|fail\w*|fired|"
        r"quit|bankrupt|broke\w*|reject\w+|humiliat\w+|embarrass\w+|panic\w*|desperat\w+|brave|courage|fight|fought|"
        r"struggl\w+|obsess\w+|passion\w*|regret\w*|beautiful|awful|horrible|terribl[ey]|brutal|insane|crazy|wild|"
        r"ridiculous|amazing|dangerous|betray\w+|cheat\w*|lie[sd]?|secrets?|truth|wrong|mistakes?|stress\w*|anxi\w+|"
        r"burn(?:ed|t)? ?out|depress\w+|trauma\w*|vulnerab\w+"
    ),
    "surprise": _any(
        r"sudden\w*|surpris\w+|astonish\w+|shock\w*|stunn\w+|unbeliev\w+|incredibl\w+|unexpected\w*|strange\w*|weird\w*|"
        r"bizarre|impossible|by accident|on purpose|turns? out|turned out|instead|in fact|no one|nobody|even though|"
        r"except|out of nowhere|guess what|found out|actually"
    ),
    "claim": _any(
        r"the (?:single |very )?(?:most|biggest|best|worst|greatest|hardest|easiest|only|real|main|first|last)|never|"
        r"nobody|no one|everyone|everybody|always|number one|the truth|the point|the problem|the reason|the difference|"
        r"the trick|the key|the secret|the answer|the lesson|what matters|the opposite|not because|isn't about|it's not|"
        r"instead of|rather than|more than|less than|zero|most people|people think|comes down to|matters? more"
    ),
    "advice": _any(
        r"you (?:should|have to|need to|gotta|can't|want to|must|don't have to|don't need to)|you've got to|never|always|"
        r"don't|make sure|stop|try to|my advice|the best (?:way|thing)|if you(?:'re| are| want| can| have)?"
    ),
    "story": _any(
        r"when i was|when we were|i remember|one (?:day|night|time)|that (?:night|day|morning)|years? (?:ago|later)|"
        r"the next (?:day|morning|week)|and then|until|(?:he|she|they|i|we) (?:said|told|went|walked|called|asked|looked|"
        r"woke|sat|was like|were like)|in (?:19|20)\d\d|back in|at the time|eventually|the (?:first|last) time|ended up|"
        r"back then|growing up|my (?:first|dad|mom|mother|father|wife|husband|kids?|son|daughter|boss|friend|parents?)"
    ),
    "people": _any(
        r"he|she|him|her|his|mother|mum|mom|father|dad|parents?|wife|husband|sons?|daughters?|brother|sister|grand\w+|"
        r"baby|child|children|kids?|boys?|girls?|m[ae]n|wom[ae]n|guys?|friends?|teacher|student|doctor|patient|boss|"
        r"family|people|person|somebody|someone"
    ),
    "speech": _any(
        r"said|says|told|asked|asks|answered|replied|was like|were like|i'm like|he's like|she's like|going,? like|goes"
    ),
    "hedge": _any(
        r"i (?:think|believe|suppose|guess|imagine|assume|don't know)|sort of|kind of|more or less|or something|and so on|"
        r"maybe|perhaps|probably|generally|usually|typically|tends? to|pretty much|somewhat|a bit|a little"
    ),
    "filler": _any(
        r"um|uh|you know|i mean|or whatever|and stuff|blah|et cetera|let me see|so yeah|basically|literally"
    ),
    "contrast": _any(
        r"but|however|instead|although|though|yet|whereas|on the other hand|rather than|not|versus"
    ),
    "absolute": _any(
        r"all|every\w*|never|nothing|always|nobody|none|only|any\w*|completely|totally|entire\w*|forever|literally"
    ),
    "superlative": _any(r"\w{3,}est|most|worst|best|more|less|better|worse|bigger|harder"),
    "conclusion": _any(
        r"that's (?:why|the|what|how|it|when|where)|the point is|at the end of the day|so that's|which is why|turns out|"
        r"the moral|the lesson|in the end|so (?:now|then)|that was|and that"
    ),
    "example": _any(
        r"for (?:example|instance)|let's say|imagine|say you|like (?:a|if|when|the|you)|such as|think of|it's like|picture"
    ),
    "causal": _any(r"because|cause|so that|therefore|reason|why|since|leads? to|that means|which means"),
    "house": _any(
        r"episodes?|podcasts?|show notes?|links?|subscrib\w+|members?(?:hip)?|sponsor\w*|listen(?:ers?|ing)?|newsletter|"
        r"dot com|\w+\.(?:com|fm|io|org|dev)|twitter|slack|community|merch|discount|promo|code|sign up|checkout|reviews?|"
        r"itunes|spotify|apple podcasts|youtube|feedback|comment|support(?:ers?|ing)?|ads?|weekly|patreon|email us"
    ),
    "greeting": _any(
        r"welcome|thanks?(?: you)?|hello|hi|hey|good(?:bye| morning| to see| to have)|bye|see you|"
        r"next (?:time|week|episode)|joining|join(?:ed)?|with (?:me|us) (?:today|here)|excited|glad|appreciate|"
        r"happy to be|pleasure|great to|nice to meet|awesome to|have you (?:on|here|back)|coming on|on the show|take care|"
        r"cheers|last time|this week|today"
    ),
    "calendar": _any(
        r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|weekend|tomorrow|yesterday|january|february|march|april|june|july|"
        r"august|september|october|november|december|record\w*|releas\w+|ship(?:ped|ping)?|schedul\w+|conference|talk"
    ),
    "price": _any(
        r"\$[\d.,]+|dollars?|bucks|price\w*|pricing|free|cents?|per month|a month|percent|discount|off|million|billion|"
        r"thousand|hundred"
    ),
    "product": _any(
        r"features?|products?|platform|users?|customers?|versions?|apis?|apps?|tools?|integrat\w+|support\w*|framework|"
        r"library|software|release|data|open source|repo|docs?|plugins?|cloud|service|dashboard|config\w*"
    ),
    "recall": _any(
        r"as (?:we|i|you)(?:'ve)? (?:said|mentioned|talked)|like (?:i|you|we) (?:said|mentioned|were saying|talked)|"
        r"we(?:'ve| have)? (?:talked|discussed|mentioned)|you mentioned|you said|earlier|going back|back to|mentioned|"
        r"we were talking|you talked about|last episode|previous"
    ),
    "steering": _any(
        r"question|topic|let's (?:talk|move|switch|go|start|dig|dive|get)|talk about|tell (?:me|us)|curious|interesting|"
        r"wonder\w*|good point|can you (?:explain|tell|give|talk|share|walk)|speaking of|segue|anyway|moving on|so let's"
    ),
    "assent": _any(
        r"yeah|yes|yep|right|exactly|absolutely|totally|sure|of course|agree\w*|uh-huh|mm-hmm|mhm|definitely|true|cool|"
        r"awesome|nice|gotcha|wow|okay|makes sense|fair enough|that's (?:true|right|fair|great|awesome|cool|funny)"
    ),
    "science": _any(
        r"stud(?:y|ies)|research\w*|brain\w*|science|scientist\w*|theor\w+|evidence|percent|body|cortex|neuro\w+|"
        r"psycholog\w+|cognit\w+|behavior\w*|emotion\w*|memor\w+"
    ),
    "past": _any(
        r"was|were|had|did|went|came|got|said|told|made|took|thought|knew|saw|found|gave|felt|left|kept|began|started|"
        r"happened|became|wrote|ran|\w{3,}ed"
    ),
    "modal": _any(r"can|could|should|would|will|might|must|may|won't|can't|couldn't|shouldn't|wouldn't"),
    "negation": _any(
        r"not|no|never|nothing|nobody|none|without|can't|don't|doesn't|didn't|won't|isn't|wasn't|aren't|haven't|couldn't|"
        r"wouldn't|shouldn't"
    ),
    "number": _any(
        r"one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundreds?|thousands?|millions?|billions?|half|twice|"
        r"first|second|third|double|\d[\d.,]*%?"
    ),
    "time": _any(
        r"years?|months?|weeks?|days?|hours?|minutes?|seconds?|morning|night|ago|\d{4}|decades?|century"
    ),
    "money": _any(
        r"money|paid?|pay|paying|dollars?|bucks|\$[\d.,]+|revenue|salary|invest\w*|fund\w*|rich|poor|cost\w*|expensive|"
        r"cheap|sell|sold|buy|bought|profit\w*|debt|raised?"
    ),
    "work": _any(
        r"compan(?:y|ies)|startups?|business\w*|founders?|ceo|jobs?|hir(?:e|ed|ing)|team|boss|career|employees?|"
        r"customers?|market|fired|engineers?|developers?"
    ),
    "things": _any(
        r"sleep|eat|food|coffee|drink|beer|house|home|car|dog|cat|kids?|school|door|kitchen|bed|phone|hand|eyes?|face|"
        r"head|heart|walk|run|drive|water|fire|street|city|tree|box|table|book|movie|song|music|games?"
    ),
    "analogy": _any(
        r"like (?:a|an|the|being|having|when|if|you)|as if|metaphor\w*|analog\w+|it's like|kind of like|equivalent"
    ),
    "list": _any(
        r"first(?:ly)?|second(?:ly)?|third(?:ly)?|another (?:thing|one)|also|in addition|finally|next|lastly|number one"
    ),
    "definition": _any(
        r"is (?:called|defined|basically|essentially|a (?:kind|type|way|form|set|tool|library|framework))|means|"
        r"definition|stands for|refers to|what is|known as"
    ),
    "open": _any(
        r"he|she|they|it|that|this|those|these|him|her|them|there|such|ones?|do so|did that|both|either|another|others?|"
        r"same"
    ),
}
"""What is counted in every sentence, by name; matched against the plain text."""

ONLY_ASSENT = re.compile(
    r"^(?:(?:yeah|yes|yep|right|exactly|absolutely|totally|sure|okay|ok|oh|no|of course|for sure|definitely|true|cool|"
    r"awesome|nice|gotcha|wow|mm-hmm|mhm|uh-huh|good|great|interesting|i agree|i know)\s*)+$"
)
"""A back-channel: nothing but a nod."""
ASKS = re.compile(
    r"^(?:(?:and|so|but|well|okay|now|then|yeah|right) )*(?:what|how|why|when|where|who|which|do|does|did|is|are|was|"
    r"were|can|could|would|will|have|has|should)\b"
)
TAG_QUESTION = re.compile(
    r"(?:,? (?:right|you know|isn't it|don't you|okay|huh|is it|does it|aren't we))\?$", re.I
)
