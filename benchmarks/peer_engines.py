"""The engines that are compared: ours, and those that are installed. Each gives the numbers of the rules that match.

The peers are no dependencies of Memento. Each is used in its natural form: zen as one decision table that collects,
the CEL binding as a compiled expression for each rule, once over all of them and once behind an index by topic and
category such as its embedder can write.
"""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

from artifact.channel import Urgency
from artifact.facts import Fact, Facts, Situation
from artifact.instant import SECOND
from benchmarks.peer_workload import CATEGORIES, KINDS, NOW, Context, PeerRule, flat, recent, topics_of
from benchmarks.world import compiled
from dsl.verdict import Asked, Verdict

Run = Callable[[Any], object]
Matching = Callable[[Any], list[int]]

_HEAD = """
rulebook peers
  zone "Europe/Madrid"
  currency EUR
  owner "Nobody"
end
vocabulary
  customer.tier: one of (basic, silver, gold, platinum)
  customer.age: whole number
  customer.churn: number
  customer.marketing: yes or no
  customer.recent: whole number
{events}
end
template plain by email in English text "News." end
"""


def rulebook_text(rules: list[PeerRule], topics: int) -> str:
    """The same rules in our language."""
    events = "\n".join(f"  event {kind}.opened: ({kind}_id: text)" for kind in KINDS)
    parts = [_HEAD.replace("{events}", events)]
    parts += [f"category {name} basis contract channels email end" for name in CATEGORIES]
    of = [(f"topic_{n}", CATEGORIES[n % len(CATEGORIES)]) for n in range(topics)]
    of += [
        (f"other_{name}", name) for name in CATEGORIES
    ]  # so that each has one, however few topics there are
    parts += [f"topic {name} category {its} template plain with (via: text) end" for name, its in of]
    parts += [f"situation {kind} one per {kind}_id opens on {kind}.opened end" for kind in KINDS]
    parts += [_rule(rule) for rule in rules]
    return "\n".join(parts)


def _rule(rule: PeerRule) -> str:
    head = "".join(
        f" for {what} {wanted}" for what, wanted in rule.conditions if what in ("topic", "category")
    )
    when = " and ".join(_condition(*one) for one in rule.conditions if one[0] not in ("topic", "category"))
    return f'message rule "{rule.number}" if unknown ignore{head} when {when} then avoid sms end'


def _condition(what: str, wanted: Any) -> str:
    match what:
        case "tier":
            return f"customer.tier is one of ({', '.join(wanted)})"
        case "open":
            return f"{wanted} is open"
        case "recent":
            return f"customer.recent is more than {wanted}"
        case "churn":
            return f"customer.churn is less than {wanted}"
        case "age":
            return f"customer.age is at least {wanted}"
        case "channel":
            return f'message.via is "{wanted}"'
        case _:
            return "customer.marketing is no"


class Ours:
    """Memento. Its artifact is at hand as the peers' contexts are; how many messages there were lately is counted
    anew each time, as the peers' host does."""

    name = "memento"

    def __init__(self, rules: list[PeerRule]) -> None:
        self._book = compiled(rulebook_text(rules, topics_of(len(rules))))

    def prepared(self, context: Context) -> tuple[Context, Asked, Facts]:
        """The same customer and message as our own data."""
        customer, message, at = context["customer"], context["message"], NOW * SECOND
        known = {name: customer[name] for name in ("tier", "age", "churn", "language", "province", "since")}
        known["marketing"] = context["preferences"]["marketing"]
        attributes = {name: Fact(value, at) for name, value in known.items()}
        situations = tuple(_situation(one) for one in context["situations"])
        asked = Asked(
            *(message["id"], message["topic"], message["category"], Urgency.NORMAL, at, "crm", None, None),
            {"via": message["channel"]},
        )
        return context, asked, Facts(attributes=attributes, situations=situations)

    def run(self, prepared: tuple[Context, Asked, Facts]) -> Verdict:
        context, asked, known = prepared
        facts = Facts(
            attributes=known.attributes | {"recent": Fact(recent(context), 0)}, situations=known.situations
        )
        return self._book.judge(asked, facts, "Europe/Madrid", NOW * SECOND)

    def matching(self, prepared: tuple[Context, Asked, Facts]) -> list[int]:
        return sorted(int(one.rule) for one in self.run(prepared).fired)


def _situation(one: Context) -> Situation:
    opened, open_ = one["opened"] * SECOND, one["status"] == "open"
    return Situation(one["kind"], one["id"], one["status"], open_, opened, opened, None if open_ else opened)


class Zen:
    """zen-engine: one decision table that collects."""

    name, package, module = "zen-engine", "zen-engine", "zen"
    _FIELDS = (
        *("topic", "category", "channel", "tier", "open_kinds"),
        *("recent", "churn", "age", "marketing"),
    )

    def __init__(self, rules: list[PeerRule]) -> None:
        zen = import_module(self.module)
        table = {
            "hitPolicy": "collect",
            "inputs": [{"id": name, "name": name, "field": name} for name in self._FIELDS],
            "outputs": [{"id": "o", "name": "o", "field": "rule"}],
            "rules": [self._row(rule) for rule in rules],
        }
        nodes = [
            {"id": id, "name": id, "type": type, "position": {"x": 0, "y": 0}, **more}
            for id, type, more in (
                ("in", "inputNode", {}),
                ("table", "decisionTableNode", {"content": table}),
                ("out", "outputNode", {}),
            )
        ]
        edges = [
            {"id": f"{one}-{other}", "sourceId": one, "targetId": other, "type": "edge"}
            for one, other in (("in", "table"), ("table", "out"))
        ]
        self._engine = zen.ZenEngine()
        content = zen.ZenDecisionContent(json.dumps({"nodes": nodes, "edges": edges}))
        self._decision = self._engine.create_decision(content)

    def _row(self, rule: PeerRule) -> dict[str, str]:
        cells = dict.fromkeys(self._FIELDS, "")
        for what, wanted in rule.conditions:
            match what:
                case "tier":
                    cells["tier"] = ", ".join(map(json.dumps, wanted))
                case "open":
                    cells["open_kinds"] = f"{json.dumps(wanted)} in $"
                case "recent":
                    cells["recent"] = f"> {wanted}"
                case "churn":
                    cells["churn"] = f"< {wanted}"
                case "age":
                    cells["age"] = f">= {wanted}"
                case "quiet":
                    cells["marketing"] = "false"
                case _:
                    cells[what] = json.dumps(wanted)
        return {"_id": f"r{rule.number}", **cells, "o": str(rule.number)}

    def prepared(self, context: Context) -> Context:
        return context

    def run(self, context: Context) -> list[Any]:
        return [one["rule"] for one in self._decision.evaluate(flat(context))["result"]]

    def matching(self, context: Context) -> list[int]:
        return sorted(map(int, self.run(context)))


class Cel:
    """common-expression-language: a compiled expression for each rule, one context for all of them."""

    name, package, module = "cel", "common-expression-language", "cel"

    def __init__(self, rules: list[PeerRule]) -> None:
        cel = import_module(self.module)
        self._context = cel.Context
        self._rules = [
            (rule.key, rule.number, cel.compile(" && ".join(_cel(*one) for one in rule.conditions)).execute)
            for rule in rules
        ]

    def prepared(self, context: Context) -> Context:
        return context

    def run(self, context: Context) -> list[int]:
        known = self._context(flat(context))
        return [number for _, number, execute in self._rules if execute(known)]

    matching = run


class CelIndexed(Cel):
    """The same behind a dict by topic and by category, which its embedder has to write."""

    name = "cel with a host's index"

    def __init__(self, rules: list[PeerRule]) -> None:
        super().__init__(rules)
        self._by: dict[tuple[str, Any] | None, list[tuple[int, Any]]] = {}
        for key, number, execute in self._rules:
            self._by.setdefault(key, []).append((number, execute))

    def run(self, context: Context) -> list[int]:
        facts = flat(context)
        known = self._context(facts)
        keys = (("topic", facts["topic"]), ("category", facts["category"]), None)
        return sorted(n for key in keys for n, execute in self._by.get(key, ()) if execute(known))

    matching = run


def _cel(what: str, wanted: Any) -> str:
    match what:
        case "tier":
            return f"tier in {json.dumps(wanted)}"
        case "open":
            return f"{json.dumps(wanted)} in open_kinds"
        case "recent":
            return f"recent > {wanted}"
        case "churn":
            return f"churn < {wanted}"
        case "age":
            return f"age >= {wanted}"
        case "quiet":
            return "!marketing"
        case _:
            return f"{what} == {json.dumps(wanted)}"
