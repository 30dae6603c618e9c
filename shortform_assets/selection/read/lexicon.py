"""The word lists and patterns that the measurements look for. Everything is compared in lower case.

English is covered best; the function words and the advertising cues of a few other languages are here so
that their transcripts segment sensibly. Where a list has nothing for a language, its feature is simply low
for every moment alike and decides nothing.
"""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    """The words of a list written as one string."""
    return frozenset(text.split())


STOP = words(
    "a about above after again against all also am an and any are aren't as at be because been before being "
    "below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down "
    "during each even ever every few for from further get gets getting go goes going gone gonna got had hadn't "
    "has hasn't have haven't having he he'd he'll he's her here here's hers herself him himself his how i i'd "
    "i'll i'm i've if in into is isn't it it'd it'll it's its itself just know let let's like lot made make "
    "makes many maybe me mean might more most much must my myself no nor not now of off oh okay ok on once one "
    "only or other our ours ourselves out over own put quite rather really right said same say says see she "
    "she'd she'll she's should shouldn't so some something sort still such take than that that's the their "
    "theirs them themselves then there there's these they they'd they'll they're they've thing things think "
    "this those though through to too uh um under until up upon us use used very want was wasn't way we we'd "
    "we'll we're we've well were weren't what what's when where which while who whom why will with won't would "
    "wouldn't yeah yes yet you you'd you'll you're you've your yours yourself come came kind look tell told "
    "went people time gotta actually basically literally guess stuff hey hi hello thanks thank please sure "
    # Spanish, French, German, Italian, Portuguese: the commonest function words
    "el la los las un una unos unas y o de del al en que qué es son por para con no se su sus lo le les como "
    "más pero si sí ya muy este esta esto ese esa eso hay me mi te tu nos "
    "der die das ein eine einer und oder ist sind war nicht ich du er sie es wir ihr mit von zu zum zur auf "
    "für im in den dem des auch wie aber wenn dass sich noch nur so "
    "les des et est sont pas je il elle nous vous ils dans sur avec pour par une qui que ne ce cette mais au aux "
    "il gli di che è sono non per una del della com não um uma os as do da dos das em se"
)

GENERIC = words(
    "almost alone already another anyone anything around away back bad become believe best better big bigger build "
    "built call called change comes day days easy enough everything exactly feel felt figure find first found full "
    "give given gives good great hard help high idea important interesting keep keeps last later learn learned left "
    "less little live long looking lots matter matters moment move moved need needed needs new next nobody nothing "
    "number often old open part people person place play point pretty question quick real reason rest run saying "
    "second show side single small someone start started stop story talk talking talked ten thought today together "
    "took tried try trying turn turned understand wait walk whole word words work world worst wrong year years two "
    "three four five six seven eight nine hundred thousand half answer ask asked bit couple end finish happen "
    "happened hear heard hope let love man set sit stay stuff tomorrow true wanted watch week yesterday act actual coming"
    " exists tracks easier ignore picture piece angle listeners across pick share version rest finishes finished"
)
"""Words too general to be a keyword or a hashtag."""

FILLER = words("um uh erm hmm yeah yep okay ok right like basically literally anyway anyways blah whatever")
FILLER_PHRASES = re.compile(
    r"\b(you know|i mean|sort of|kind of|or something|and stuff|i guess|i don't know|let me see|hold on|"
    r"where was i|what was i saying|and so on|can you hear me|is this on)\b"
)

EMOTION = words(
    "love loved hate hated afraid scared terrified terrifying fear angry anger furious cried cry crying tears "
    "laugh laughed laughing laughter hilarious funny happy joy proud ashamed shame guilt guilty heartbroken "
    "heartbreaking devastated devastating lonely alone hope hopeless dream dreamed nightmare pain painful hurt "
    "died death dead dying die kill killed survive survived lost loss grief failure failed fail fired quit "
    "bankrupt broke broken rejected rejection humiliated embarrassed embarrassing panic panicked desperate "
    "brave courage fight fought struggle struggled obsessed passion regret regretted miracle beautiful awful "
    "horrible terrible brutal insane crazy wild ridiculous unbelievable incredible amazing astonishing "
    "astonished stunned stunning shocked shocking surprised surprise surprising surprisingly suddenly strange "
    "weird mysterious magic magical impossible wonderful disaster disastrous catastrophe dangerous danger "
    "betrayed betrayal cheated lied lie lies liar secret secrets truth wrong mistake mistakes"
)

SURPRISE = re.compile(
    r"\b(suddenly|surpris\w+|astonish\w+|amaz\w+|shock\w*|stunn\w+|unbeliev\w+|incredibl\w+|unexpected\w*|strang\w+|"
    r"weird\w*|bizarre|odd|mysterious\w*|impossible|by chance|by accident|on purpose|turn(?:s|ed) out|"
    r"could(?:n't| not) believe|(?:did|do)(?:n't| not) (?:expect|recognise|recognize)|of all (?:things|people|places)|"
    r"it was(?:n't| not)|instead|in fact|in truth|no one|nobody|the wrong|even though|except that|"
    r"gone mad|out of nowhere|guess what|what happened (?:next|then)|worked out that|found out)\b"
)
"""Things that were not expected, and turns against what was."""

CLAIM = re.compile(
    r"\b(the (?:single |very )?(?:most|biggest|best|worst|greatest|hardest|easiest|simplest|fastest|smallest|"
    r"closest|only|real|main|(?:first|last) (?:\w+ )?(?:time|hundred|thousand|million|person|man|woman))\b|never|nobody|no one|everyone|everybody|always|single biggest|"
    r"number one|turns out|in fact|the truth is|the point is|the problem is|the reason|the difference|"
    r"the trick|the key|the secret|the answer|the lesson|what matters|the opposite|not because|isn't about|"
    r"is not about|it's not|that isn't|instead of|rather than|more than|less than|twice|ten times|zero|"
    r"most people|people think|people don't|you should|you have to|you need to|stop doing|if you want to|"
    r"changed my mind|i learned|i realized|i realised|we found|it comes down to|matters more)\b"
)

STORY = re.compile(
    r"\b(when i was|when we were|i remember|one day|one night|that night|that day|that morning|years? ago|"
    r"years? later|the next (?:day|morning|week)|and then|until|so i (?:said|told|went|walked|called|asked)|"
    r"(?:he|she|they) (?:said|told|looked|asked|walked|called|turned)|i (?:said|told|walked|called|woke|sat|"
    r"opened|looked|grew up)|in (?:19|20)\d\d|back in|at the time|eventually|suddenly|the first time|"
    r"the last time|once upon)\b"
)

PEOPLE = words(
    "he she him her his hers himself herself mother mum mom father dad parents wife husband son daughter brother sister "
    "grandmother grandma grandfather grandpa granddaughter grandson uncle aunt cousin nephew niece baby child children "
    "kid kids boy boys girl girls man men woman women lady gentleman fellow guy friend friends neighbour neighbor "
    "stranger strangers teacher professor student students pupil doctor nurse surgeon patient patients boss "
    "colleague officer captain soldier pilot driver farmer baker cook chef waiter king queen president "
    "minister judge lawyer priest editor inspector widow bride groom couple family crowd audience"
)
"""Words for persons, after the personal words of Flesch (1948), gendered pronouns included."""

SPEECH = words(
    "said says told tells asked asks answered replied shouted whispered laughed cried called explained admitted "
    "promised warned swore begged screamed joked confessed"
)
"""Verbs that bring somebody's words."""

HEDGE = re.compile(
    r"\b(i (?:think|believe|suppose|guess|imagine|assume|don't know|can't recall|want to say)|sort of|kind of|more or less|"
    r"or so|or something|and so on|maybe|perhaps|probably|presumably|roughly|generally|usually|normally|typically|"
    r"tends? to|fairly|reasonably|pretty much|somewhat|a bit|a little|a while|some (?:of|point|time|number|sort|kind)|"
    r"somewhere|at some point|it (?:depends|varies)|either way|at any rate|whatever|whichever|for the most part|"
    r"by and large|(?:as|so) far as|might|may be|could be|for now|for the time being|at the moment|at present|"
    r"broadly|along those lines|much the same|or the other|not sure|as well)\b"
)
"""Words that keep it vague, and those that put it off."""

VAGUE = words(
    "it it's its one ones that that's this these those there there's here they they're thing things something some "
    "anything other others same which stuff part parts place way"
)
"""Words that point without naming: many of them, and only those who were there understand."""

PAST = re.compile(
    r"\b(\w{3,}ed|was|were|had|did|went|came|took|found|gave|stood|sat|ran|left|held|kept|knew|thought|saw|heard|felt|"
    r"brought|bought|sold|wrote|said|told|got|made|began|became|met|lost|won|paid|broke|fell|spoke|drove|rode|"
    r"sang|slept|woke|caught|taught|led|built|sent|spent|grew|threw|drew|chose|hid|shook|swore|wore|rang)\b"
)

BACK_REFERENCE = re.compile(
    r"\b(as i said|like i said|as i was saying|as i mentioned|as we (?:discussed|said|saw)|i mentioned earlier|"
    r"like you said|as you said|mentioned before|said earlier|talked about earlier|going back to|"
    r"the former|the latter|previous (?:slide|chapter|episode|lecture)|last (?:episode|lecture|week we)|"
    r"as you can see (?:here|on)|on this slide|second point|third point|the other one|same with that|that one|"
    r"the (?:last|first|other) (?:bit|part) of (?:it|that)|the bit (?:about|before|after|with)|what you were saying|"
    r"where (?:did we get|were we|was i)|we (?:touched on|covered) (?:it|that|most))\b"
)

DANGLING = words(
    "he she they him her them his it its it's he's she's they're that that's this those these there"
)
"""Words that, early in a clip's first sentence, point at something said before it."""

EXPLETIVE = re.compile(
    r"^(it(?:'s| is| was| turns| takes| took| comes| seems)|there(?:'s| is| are| was| were)|"
    r"this (?:is|was) (?:a|an|the|where|why|how|what)|that's (?:why|how) you)\b"
)
"""Openings where the pronoun stands for nothing said before."""

TOPIC_SHIFT = re.compile(
    r"\b(let's (?:talk|turn|move|start|get|go|look|see|have|begin|switch)|mov(?:e|ing) on|"
    r"go(?:ing)? on (?:to|with)|next (?:question|topic|item|point|thing|up|slide|speaker|presentation|on)|"
    r"(?:the|our|my) (?:next|last|first|second|third|final|other) (?:question|item|thing|point|topic)s?|"
    r"agenda|item (?:one|two|three|four|five|\d)|i want(?:ed)? to (?:ask|talk|dig|turn|shift|raise|bring up|start)|"
    r"i'd like to (?:ask|turn|talk|start|move)|(?:can i|let me) (?:ask|turn)|"
    r"we(?:'ll| will) (?:now )?(?:go|move|turn|start|continue|resume)|now (?:we|i|let|go|move|turn)|"
    r"turn(?:ing)? (?:to|now)|back to|on(?:to| to| a different)|shall we|(?:what|how) about|anything else|any other|"
    r"another (?:thing|question|topic|point)|speaking of|as for|regarding|"
    r"(?:okay|all ?right|right|so),? (?:so|then|well|now|let|next|who|what|how)|"
    r"questions? (?:is |are |now )?(?:from|on|for|about)|(?:tell|ask) (?:me|us|you) about|presentation|"
    r"take (?:me|us) (?:back|through)|first of all|secondly|thirdly|finally|in conclusion|meanwhile|in other news|"
    r"to begin with|i(?:'m| am) going to|i will (?:speak|talk|start|tell|present)|"
    r"gonna (?:talk|do|tell|present)|discuss|who(?:'s| is| wants))\b"
)
"""Phrases that turn to something new, as chairs and hosts say them."""

TURNS_TO = {
    "okay": 1.0, "ok": 1.0, "alright": 1.0, "now": 1.0, "next": 1.0, "anyway": 1.0, "thank": 1.0, "right": 0.6, "so": 0.6,
    "great": 0.6, "thanks": 0.6, "well": 0.4, "good": 0.3, "yeah": -0.3, "but": -0.4, "and": -0.6, "or": -0.8, "because": -1.0,
}  # fmt: skip
"""First words of a line that close what was, and below 0 those that go on with it."""

CALENDAR = words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september "
    "october november december"
)
"""Written like names, but they name nothing that anybody remembers."""
NUMBER = re.compile(
    r"\d|^(?:hundred|thousand|million|billion|trillion|percent|half|twice|dozen|zero|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"eleven|twelve|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|two|three|four|five|six|seven|eight|nine|ten)s?$"
)

_SITE = r"[a-z0-9'-]+ ?(?:\.|\bdot\b) ?(?:com|org|net|io|co|ai|fm|tv|app)\b"
PROMOTION: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(pattern), weight)
    for pattern, weight in (
        (r"\bbrought to you by\b", 2.0),
        (r"\b(?:promo|discount|coupon|offer|voucher|referral) code\b", 2.0),
        (r"\b(?:use|with|enter|type in|apply) (?:the |my |our )?code\b", 1.5),
        (r"\b(?:our|today's|this (?:week|month|episode)'?s?|the show's|my) (?:\w+ )?sponsors?\b", 2.0),
        (r"\b(?:word|message|break) from (?:our|the|a)\b", 1.5),
        (r"\bsponsor(?:ed|ing)\b.*\bby\b", 1.0),
        (r"\b(?:episode|show|podcast|video|program|segment|series|stream|channel)\b.*\bsponsor", 2.0),
        (r"\bsponsor(?:ed|ing)?\b.*\b(?:episode|show|podcast|video|program|segment|series|channel)\b", 2.0),
        (r"\bsponsors?\b", 0.5),
        (r"\b(?:partners|friends|folks|team) (?:over )?at [a-z]", 0.8),
        (r"\b(?:thank you|thanks|shout ?out) (?:again )?to (?:our|the|today's)\b", 1.2),
        (
            r"\b(?:support for|supported by|made possible by|with support from)\b.*\b(?:comes? from|show|podcast|program|episode|series)\b",
            2.0,
        ),
        (r"\bthank our (?:friends|partners|sponsors?)\b", 2.0),
        (
            r"\b(?:visit|go to|head to|head over to|check out|try|get started at|sign up at|over at) "
            + _SITE,
            2.0,
        ),
        (_SITE + r" ?(?:/|\bslash\b|\bforward slash\b)", 2.0),
        (_SITE, 1.0),
        (r"\bfree (?:trial|shipping|month|week|for (?:\w+ )?(?:days?|weeks?|months?))\b", 1.5),
        (r"\b(?:\d+|ten|fifteen|twenty|thirty|forty|fifty) ?(?:%|percent|per cent|dollars) off\b", 2.0),
        (r"\boff your (?:first|next|order|purchase)\b", 1.5),
        (r"\bmoney[- ]back guarantee\b", 1.5),
        (r"\b(?:link|links|link's)\b.*\b(?:show notes|description|bio|below)\b", 2.0),
        (r"\bin the show notes\b", 1.2),
        (r"\baffiliate\b", 1.0),
        (
            r"\b(?:limited time|terms (?:and conditions )?apply|order now|sign up today|download the app)\b",
            1.2,
        ),
        (r"\b(?:we'll|we will|i'll) be (?:right|back) (?:back|after|in)\b", 2.0),
        (r"\bquick (?:aside|break|word|message|plug)\b", 1.0),
        (r"\bstay tuned\b|\bdon't go anywhere\b|\bafter (?:this|the) break\b", 1.5),
        (r"\b(?:recording is in|is in) the public domain\b|\blibrivox\b", 2.0),
        (r"\bour (?:merch|patreon|newsletter|discord|membership)\b|\bpatreon dot com\b", 1.5),
        # Spanish, German, French
        (r"\b(?:patrocinado|patrocinador|código de descuento|código promocional)\b", 2.0),
        (r"\b(?:gesponsert|rabattcode|gutscheincode|präsentiert von|werbung in eigener sache)\b", 2.0),
        (r"\b(?:sponsorisé|code promo|partenaire de cet épisode)\b", 2.0),
    )
)
"""Cues of advertising and what they weigh; a sentence with 2 or more is advertising."""

OFFER = re.compile(
    r"\b(?:free|discount|percent off|half off|(?:use|using|with|enter) (?:the )?code|checkout|sign up|trial|guarantee|"
    r"refund|send them back|your first (?:order|box|month|bag)|try it|first month|(?:pounds?|dollars?|euros?) off|bonus|"
    r"website for details|tell them (?:that )?we sent you|mention this (?:show|podcast)|listeners get)\b"
)
"""What a pitch offers; it tells only beside a cue of advertising."""

BREAK_STARTS = re.compile(
    r"\b(?:we'll|we will|i'll) be (?:right )?back\b|\b(?:word|message) from (?:our|the) \w*"
)
BREAK_ENDS = re.compile(
    r"\bwelcome back\b|\bwe're back\b|\bback to the (?:show|conversation|interview|episode)\b"
)
PITCH_LEAD = re.compile(
    r"^(?:quick (?:aside|break|word)|before we (?:dig|get|dive|start|begin|wrap|continue|go)|real quick|"
    r"speaking of|let me tell you about|i want to tell you about|a huge thank)\b"
)
SPONSOR_NAME = re.compile(
    r"(?i:\b(?:sponsored by|brought to you by|partners at|friends at|sponsor(?: is|,)?|using))\s+"
    r"((?:[A-Z][\w&'-]*)(?:\s[A-Z][\w&'-]*){0,2})"
)

INTRO = re.compile(
    r"\b(welcome (?:back )?to|welcome,? (?:back|everyone|everybody|all|both)|hello,? (?:everyone|everybody|and)|"
    r"hey (?:guys|everyone|everybody|folks)|i'm your host|my name is|i'm joined by|joining me (?:today|now)|"
    r"my guest (?:today|is)|today's guest|our guest|thanks for (?:being|having|joining|coming)|"
    r"thank you for (?:being|having|joining|coming)|great to (?:be here|have you)|good to (?:be here|have you)|"
    r"(?:glad|happy|excited) to be here|pleasure to be here|today on|on today's (?:show|episode)|"
    r"in (?:today's|this) (?:episode|video|lecture|show)|today we're (?:talking|going)|today we are|"
    r"excited for this one|good (?:morning|evening|afternoon)|this is the \w+ (?:show|podcast)|"
    r"you're (?:listening to|watching)|happy to be (?:the|here|on)|bienvenidos|willkommen|bienvenue)\b"
)
OUTRO = re.compile(
    r"\b(that's (?:it|all) (?:for|from)|see you (?:next|soon|in the next|tomorrow|then)|until next time|"
    r"thanks (?:so much |again )?for (?:listening|watching|tuning|joining|the conversation|coming|your time|"
    r"having)|thank you (?:so much |again |very much )?(?:for (?:listening|watching|tuning|joining|coming|your)|"
    r"both|all)|good ?(?:bye|night)|like and subscribe|(?:please |and )?subscribe (?:to|and|wherever|now)|"
    r"rate and review|leave (?:us )?a (?:review|comment|like)|follow (?:us|me) (?:on|at)|hit the bell|"
    r"(?:good|great) to be here|my pleasure|take care|we'll see you|join us next|hasta la próxima|auf wiedersehen|"
    r"bis zum nächsten mal|à bientôt)\b"
)
