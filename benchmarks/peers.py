"""Our rules beside other engines' on one workload: against reading the context as JSON, and against each other.

Every engine that is installed must find the same rules for every context, else the run stops. Figures are the least of
several passes, taken in turns, so that a busy moment of the machine does not fall on one engine alone.
"""

import gc
import sys
from importlib.util import find_spec
from time import process_time
from typing import Any

import orjson

from benchmarks.line import Line
from benchmarks.peer_engines import Cel, CelIndexed, Ours, Run, Zen
from benchmarks.peer_workload import PeerRule, contexts_of, flat, matches, rules_of
from benchmarks.scale import Scale

PEERS = (Zen, Cel, CelIndexed)
_FLOORS = {10: (8.0, 4.0), 100: (4.0, 2.0), 1_000: (2.0, 1.0), 10_000: (6.0, 3.0)}
"""Against reading the context: floor and goal by the number of rules. The two smaller ones only show where it begins."""


class DisagreementError(Exception):
    """Two engines found different rules for one context: one of them measures something else."""


def measure(scale: Scale) -> list[Line]:
    """Four sizes of rulebook."""
    for peer in (Zen, Cel):
        if find_spec(peer.module) is None:
            print(f"!! {peer.package} is not installed: NOT compared (docs/benchmarks.md)", file=sys.stderr)
    sizes = dict.fromkeys((10, 100, scale.rules, scale.many_rules) if scale.rules >= 1_000 else (10, 20))
    return [line for size in sizes for line in _lines(scale, size)]


def _lines(scale: Scale, size: int) -> list[Line]:
    rules = rules_of(size)
    contexts = contexts_of(size, min(200, scale.calls))
    engines: list[Any] = [Ours(rules), *(peer(rules) for peer in PEERS if find_spec(peer.module) is not None)]
    _agree(engines, rules, contexts)
    texts = [orjson.dumps(context) for context in contexts]
    passes: list[tuple[str, Run, list[Any]]] = [("orjson.loads", orjson.loads, texts * 5)]
    passes += [(one.name, one.run, [one.prepared(context) for context in contexts]) for one in engines]
    took = _least(passes, 3 * scale.rounds)
    floor, goal = _FLOORS.get(size, (100.0, 50.0))
    ours, reading = took["memento"], took["orjson.loads"]
    note = f"{ours * 1e6:.1f} us; reading {len(texts[0])} B takes {reading * 1e6:.1f} us"
    lines = [
        Line(
            f"workload of peers, {size:,} rules", ours / reading, "x", floor, goal, "orjson.loads", note=note
        )
    ]
    return lines + [_beside(size, name, took[name] / ours, took[name]) for name in took if name in _LIMITS]


_LIMITS = {"zen-engine": (8.0, 20.0), "cel": (8.0, 20.0), "cel with a host's index": (2.0, 5.0)}


def _beside(size: int, name: str, ratio: float, seconds: float) -> Line:
    floor, goal = _LIMITS[name]
    label = f"{name} / memento, {size:,} rules"
    return Line(label, ratio, "x", floor, goal, more_is_better=True, note=f"it takes {seconds * 1e6:.0f} us")


def _agree(engines: list[Any], rules: list[PeerRule], contexts: list[dict[str, Any]]) -> None:
    for context in contexts:
        facts = flat(context)
        wanted = [rule.number for rule in rules if matches(rule, facts)]
        for engine in engines:
            found = engine.matching(engine.prepared(context))
            if found != wanted:
                raise DisagreementError(
                    f"{engine.name}: {found[:9]} and not {wanted[:9]} for {context['message']}"
                )


def _least(passes: list[tuple[str, Run, list[Any]]], rounds: int) -> dict[str, float]:
    """CPU seconds of one evaluation, the least of all passes."""
    least: dict[str, float] = {}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, run, inputs in passes:
                began = process_time()
                for one in inputs:
                    run(one)
                each = (process_time() - began) / len(inputs)
                least[name] = min(each, least.get(name, each))
    finally:
        gc.enable()
    return least
