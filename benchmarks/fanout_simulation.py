"""Many renders at once on paper: the dispatcher of `resources/lambda_renders.py` against a simulated Lambda, by a seed.

A discrete-event simulation: the dispatcher acts at its looks, whatever happens on Lambda waits in a heap until the look
that sees it. Seconds throughout.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from resources.lambda_renders import LambdaPace


@dataclass(frozen=True)
class FanoutTerms:
    """What goes wrong, and how slow Lambda is; none of it was measured on Lambda, all of it is our assumption."""

    at_once: int
    attempts: int = 2
    deaths: float = 0.05
    """Of attempts that end without a result, somewhere on their way."""
    untold: float = 0.05
    """Of deaths that the failure queue does not tell: only silence does."""
    throttles: float = 0.05
    """Of calls that are answered by 429, each time they are tried."""
    call: float = 0.05
    """From a call to its answer; calls are made one after the other."""
    cold: tuple[float, float] = (2.0, 8.0)
    """Lambda's start of an image of 0.8 GB, evenly between these."""
    uneven: float = 0.15
    """Standard deviation of the logarithm of render time, from one instance to another."""
    told_after: float = 1.0
    """A failure's way through the queue."""


@dataclass
class FanoutRun:
    """What came of it."""

    ends: dict[int, str] = field(default_factory=dict)
    """Job -> completed or failed."""
    last: float = 0.0
    """When the dispatcher saw the last end."""
    sent: int = 0
    cold: int = 0
    throttled: int = 0
    looks: int = 0
    most_waiting: int = 0
    most_aloft: int = 0


@dataclass(frozen=True, order=True)
class _News:
    """Something that the dispatcher sees at its first look after `at`."""

    at: float
    job: int
    attempt: int
    died: bool


class _Fanout:
    def __init__(self, seconds: Sequence[float], terms: FanoutTerms, seed: int) -> None:
        self.seconds, self.terms, self.pace = seconds, terms, LambdaPace()
        self.chance = random.Random(seed)
        self.waiting = deque(range(len(seconds)))
        self.aloft: set[int] = set()
        self.window, self.now = terms.at_once, 0.0
        self.news: list[_News] = []
        self.warm: list[float] = []
        """From when on each living instance is free."""
        self.run = FanoutRun()

    def fly(self) -> FanoutRun:
        run = self.run
        while self.waiting or self.aloft:
            run.most_waiting = max(run.most_waiting, len(self.waiting))
            while self.waiting and len(self.aloft) < self.window:
                self._send(self.waiting.popleft(), 1)
            run.looks += 1
            while self.news and self.news[0].at <= self.now:
                self._hear(heapq.heappop(self.news))
            self.window = min(self.terms.at_once, 2 * self.window)
            self.now += self.pace.look
        return run

    def _send(self, job: int, attempt: int) -> None:
        terms, pause = self.terms, self.pace.throttled.first_pause
        while self.chance.random() < terms.throttles:
            self.run.throttled += 1
            self.window = max(1, min(self.window, len(self.aloft)))
            self.now += terms.call + pause * self.chance.uniform(1, 2)
            pause = min(2 * pause, self.pace.throttled.longest_pause)
        self.now += terms.call
        self.aloft.add(job)
        self.run.sent += 1
        self.run.most_aloft = max(self.run.most_aloft, len(self.aloft))
        begin = self.now
        if self.warm and self.warm[0] <= begin:
            heapq.heappop(self.warm)
        else:
            self.run.cold += 1
            begin += self.chance.uniform(*terms.cold)
        takes = self.seconds[job] * math.exp(self.chance.gauss(0, terms.uneven))
        if self.chance.random() < terms.deaths:
            at = begin + takes * self.chance.random()
            told = self.chance.random() >= terms.untold
            heapq.heappush(
                self.news, _News(at + (terms.told_after if told else self.pace.silence), job, attempt, True)
            )
        else:
            heapq.heappush(self.warm, begin + takes)
            heapq.heappush(self.news, _News(begin + takes, job, attempt, False))

    def _hear(self, news: _News) -> None:
        if news.died and news.attempt < self.terms.attempts:
            self._send(news.job, news.attempt + 1)
            return
        assert news.job not in self.run.ends, "a job ended twice"
        self.run.ends[news.job] = "failed" if news.died else "completed"
        self.run.last = self.now
        self.aloft.remove(news.job)


def fan_out(seconds: Sequence[float], terms: FanoutTerms, seed: int) -> FanoutRun:
    """Send jobs that take so long each, with what goes wrong by `seed`."""
    return _Fanout(seconds, terms, seed).fly()


@dataclass(frozen=True)
class RenderDay:
    """A day of many sources on so many places."""

    arrived: int
    """Outputs."""
    done: int
    left: int
    """Still waiting or running at midnight."""
    most_waiting: int
    longest_wait: float
    """Of the last in the queue at its longest; infinite where nothing is served."""


def day(sources: int, outputs: int, seconds: float, at_once: int, seed: int, swing: float = 0.8) -> RenderDay:
    """Sources of `outputs` each that come by chance, most at noon (1 + swing times the mean) and fewest at midnight.

    In steps of a second; a place serves an output in `seconds`, which is a mean.
    """
    chance, arrived, waiting, busy, done = random.Random(seed), 0, 0.0, 0.0, 0.0
    most, day_seconds = 0.0, 86_400
    for second in range(day_seconds):
        rate = sources / day_seconds * (1 - swing * math.cos(2 * math.pi * second / day_seconds))
        new = outputs * _poisson(chance, rate)
        arrived += new
        ended = busy / seconds
        done, busy = done + ended, busy - ended
        begun = min(waiting + new, at_once - busy)
        waiting, busy = waiting + new - begun, busy + begun
        most = max(most, waiting)
    finished = round(done)
    return RenderDay(arrived, finished, arrived - finished, round(most), most * seconds / at_once)


def _poisson(chance: random.Random, mean: float) -> int:
    """Knuth's, for small means."""
    limit, count, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        count, product = count + 1, product * chance.random()
    return count
