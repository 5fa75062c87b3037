"""All rules of a rulebook about one message, explanation on, against reading the same artifact as JSON.

Reading it is the least that any service does with an artifact, so it is a fair yardstick on any machine.
"""

import asyncio

import msgspec
import orjson
from msgspec.structs import replace

from artifact.channel import Urgency
from artifact.event import Subject
from artifact.instant import HOUR
from benchmarks.line import Line
from benchmarks.scale import Scale
from benchmarks.timing import cpu_each
from benchmarks.world import START, grown, rulebook, topics_of
from dsl.verdict import Asked


def measure(scale: Scale) -> list[Line]:
    """Two sizes of rulebook."""
    return [_line(scale, scale.rules, 2.0, 1.0), _line(scale, scale.many_rules, 6.0, 3.0)]


def _line(scale: Scale, rules: int, floor: float, goal: float) -> Line:
    book = rulebook(rules)
    body = asyncio.run(grown(book, rules)).artifact.body
    asked = [_asked(n, book.topic(f"topic_{n}").category) for n in range(topics_of(rules))][:50]
    now = START + HOUR

    def judge_all() -> None:
        for one in asked:
            book.judge(one, body.facts, "Europe/Madrid", now)

    text = msgspec.json.encode(replace(body, talk=replace(body.talk, messages=body.talk.messages[:1])))
    reading = cpu_each(lambda: orjson.loads(text), scale.calls * 10, scale.rounds)
    judging = cpu_each(judge_all, max(1, scale.calls // 50), scale.rounds) / len(asked)
    verdicts = [book.judge(one, body.facts, "Europe/Madrid", now) for one in asked]
    candidates = sum(len(book.rows(verdict)) for verdict in verdicts) / len(asked)
    note = f"{judging * 1e6:.1f} us, {candidates:.0f} rules may apply; reading {len(text)} B takes {reading * 1e6:.1f} us"
    return Line(f"evaluate {rules:,} rules", judging / reading, "x", floor, goal, "orjson.loads", note=note)


def _asked(number: int, category: str) -> Asked:
    topic = f"topic_{number}"
    about = Subject("claim", "claim-0")
    return Asked(f"m{number}", topic, category, Urgency.NORMAL, START, "core", about, None, {})
