"""How the message rules of two rulebooks differ, where these differ in nothing else that deciding reads.

Most new revisions edit a few rules, or words. A customer about whose messages none of these rules says anything need not
be decided anew (docs/decisions/0016). Refuses to weigh the rest: where it differs, everybody is concerned.
"""

from msgspec.structs import replace

from artifact.facts import Facts
from artifact.instant import Instant
from dsl.closures import Closures
from dsl.judge import Judge
from dsl.program import MessageRule, Program
from dsl.seen import Seen
from dsl.verdict import Asked, Spoken


class Change:
    """The rules that only one of the two has, or has otherwise. `names` are theirs."""

    def __init__(self, before: Program, after: Program) -> None:
        gone, come = _lacking(before, after), _lacking(after, before)
        self.names = frozenset(rule.name for rule in (*gone, *come))
        # No name that a person writes has this character, so an edited rule stands beside what it was.
        renamed = [replace(rule, name=f"{rule.name}\0") for rule in gone]
        program = replace(after, message_rules=(*renamed, *come), experiments=())
        self._judge = Judge(program, Closures(program).test)
        self._keys = program.keys

    def seen(self, facts: Facts) -> Seen:
        """What is seen of a customer while these rules are asked: nothing yet."""
        return Seen(facts, self._keys)

    def speaks(self, asked: Asked, facts: Facts, zone: str, now: Instant, said: Spoken, seen: Seen) -> bool:
        """Whether any of these rules says anything about a message, now or when nothing but time has passed."""
        verdict = self._judge.judge(asked, facts, zone, now, said, seen)
        erred = any(row.result == "ERROR" for row in verdict.rows)
        return bool(verdict.fired) or erred or verdict.flips_at is not None


def change_between(before: Program, after: Program) -> Change | None:
    """The change; None where they differ in more of what deciding reads."""
    return Change(before, after) if _besides_rules(before) == _besides_rules(after) else None


def _besides_rules(program: Program) -> Program:
    """Without what deciding does not read: names to be shown, words (only for whom there are some), rules about events."""
    return replace(
        program,
        name="",
        owner=None,
        labels={},
        topics={name: replace(topic, display={}) for name, topic in program.topics.items()},
        templates={
            name: tuple([replace(variant, parts={}) for variant in variants])
            for name, variants in program.templates.items()
        },
        message_rules=(),
        event_rules=(),
    )


def _lacking(program: Program, other: Program) -> list[MessageRule]:
    """The message rules that the other program has not, or has otherwise."""
    others = {rule.name: rule for rule in other.message_rules}
    return [rule for rule in program.message_rules if others.get(rule.name) != rule]
