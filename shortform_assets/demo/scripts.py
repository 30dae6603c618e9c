"""What the hosts say. A script is plain text: `[kind segment]` opens a segment, `A:` or `B:` a turn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from shortform_assets.errors import InputError

Host = Literal["A", "B"]
Kind = Literal["talk", "filler", "ad", "intro", "outro"]
NAMES: dict[Host, str] = {"A": "Sam", "B": "Robin"}
"""What the hosts call each other."""


@dataclass(frozen=True)
class ScriptLine:
    """One sentence of one turn."""

    host: Host
    text: str
    kind: Kind
    segment: str
    turn: int


def parse_script(text: str) -> tuple[ScriptLine, ...]:
    """The sentences of a script, in order; InputError names the line that is neither segment nor turn."""
    lines: list[ScriptLine] = []
    kind: Kind | None = None
    segment, turn = "", 0
    for number, row in enumerate(text.splitlines(), 1):
        row = row.strip()
        head = re.fullmatch(r"\[(intro|talk|filler|ad|outro) ([\w-]+)\]", row)
        said = re.fullmatch(r"([AB]): (.+)", row)
        if head:
            kind, segment = cast(Kind, head[1]), head[2]
        elif said and kind:
            for sentence in re.split(r"(?<=[.?!])\s+", said[2]):
                lines.append(ScriptLine(cast(Host, said[1]), sentence, kind, segment, turn))
            turn += 1
        elif row:
            where, fix = f"script, line {number}", "write `[talk name]`, then `A: ...` or `B: ...`"
            raise InputError(f"cannot read {row!r}", where, fix)
    if not lines:
        raise InputError("nobody says anything", "script", "add a `[talk name]` and an `A: ...` line")
    return tuple(lines)


EPISODE_SCRIPT = """
[intro welcome]
A: Welcome back to Slow Orbit, the show where two flight nerds talk about ordinary life. I'm Sam.
B: And I'm Robin. Today we have sleep, checklists, a singing bridge, and one very stubborn potato.

[filler coffee]
A: Is your coffee still warm?
B: It was never warm.
A: Okay. Let's get going.

[talk sleep]
B: Here is the strangest thing I learned this year: the snooze button makes you more tired, not less.
A: Wait, why would nine more minutes of sleep make me more tired?
B: Because your brain starts a new sleep cycle that it can never finish. A full cycle takes about ninety minutes, and you are cutting it off after nine.
A: So what do I do instead?
B: Place the alarm across the room, and set it for the time you really get up. One alarm, one decision. I tried it for a month, and I was awake twenty minutes sooner.

[talk checklist]
A: In 1935 the best bomber in the world crashed on its first public flight, and the cause was a single forgotten switch.
B: One switch? Who was flying it?
A: One of the best test pilots in the country. The newspapers said it was too much airplane for one man to fly. But the engineers did not build a simpler airplane. They wrote a list on an index card.
B: And that was enough?
A: That was enough. With the card in hand, pilots flew that airplane almost two million miles without a serious accident. So the lesson is simple: a checklist is not for beginners. It is for experts on a bad day.

[filler chair]
B: Sorry, was that your chair?
A: That was my chair.
B: Good. I thought it was your knee.

[talk potato]
B: My grandmother had one rule for money, and it was about potatoes.
A: Potatoes? How does that work?
B: Whenever she wanted to buy something, she asked how many sacks of potatoes it cost. A new coat was forty sacks. A television was three hundred sacks.
A: So she never bought anything?
B: No, she bought the coat. But the television lost. You see, a price in dollars is just a number, but you can imagine carrying three hundred sacks up the stairs. Measure a price in something heavy, and you will know if you want it.

[ad sponsor]
A: This episode is brought to you by Paper Lantern, the notebook that stays flat.
B: Look for Paper Lantern online, and use the code ORBIT for a discount on your first order.
A: That's Paper Lantern, code ORBIT. Thanks to them for supporting the show.

[talk bridge]
A: There is a bridge in San Francisco that started to sing in 2020, and nobody had planned it.
B: What do you mean, it started to sing?
A: They had changed the railings so that strong wind could slip through. On the first windy day, every rail made a sound like a flute, and you could hear it three miles away.
B: Did they have to tear it all out?
A: No, and this is the part I love. The fix was a small strip of rubber under each rail. The biggest problem in the city was solved by the smallest part on the bridge.

[talk memory]
B: If you want to remember someone's name, do not repeat it three times. That is the worst advice in every book.
A: Really? I do that all the time. What works better?
B: Ask one question about the name. How do you spell it, or who gave it to you? Your memory keeps a story, but it throws away a sound.
A: That explains a lot. Ten years ago, a man told me that his name was Edmund, and I still know that his father was a baker.
B: Exactly. You forgot a hundred people named John, but you kept Edmund because he came with bread.

[talk practice]
A: A piano teacher once told me that I was practicing my mistakes.
B: Ouch. What did she mean?
A: I always started at the beginning, so I played the easy part a thousand times, and the hard part only fifty times. She made me start with the last four bars, and then go backwards.
B: Backwards? And did it help?
A: I learned the piece in two weeks instead of two months. Every time I played on, I was walking from the part I feared to the part I knew. So begin with the end, and the rest will feel like coming home.

[outro goodbye]
B: That is all for today. Thank you for listening to Slow Orbit.
A: Tell a friend about the potatoes. See you next week.
"""
"""An episode of about four minutes: six planted moments, small talk and one sponsor read."""

SHORT_SCRIPT = """
[intro welcome]
A: Welcome to the short show.
[talk sleep]
B: Tell me one thing. Why does the snooze button make us more tired, not less?
A: Because your brain starts a new sleep cycle that it can never finish.
B: So what should I do instead?
A: Place the alarm across the room, and get up once.
"""
"""About twenty seconds, for tests."""
