"""What rules send and nobody has worded: it would be blocked when it is asked for, and no test of the rulebook says so.

In the tests of a rulebook every message brings words, as those of back-ends do; so this is found by reading alone.
"""

from collections.abc import Iterator

from dsl.advice.lifetimes import effects_of
from dsl.advice.rules import Remark
from dsl.effects import Rephrase
from dsl.errors import DiagnosticCode as Code
from dsl.program import Program, SendPlan


def remarks_on_words(program: Program) -> Iterator[Remark]:
    """A topic that a rule sends, without a template and without a rule that could reword it."""
    sent = {effect.topic for effect in effects_of(program) if isinstance(effect, SendPlan)}
    for topic in program.topics.values():
        if (
            topic.name in sent
            and topic.template is None
            and not _reworded(program, topic.name, topic.category)
        ):
            yield Remark(Code.TEMPLATE_MISSING, "topic", topic.name, {"text": topic.name})


def _reworded(program: Program, topic: str, category: str) -> bool:
    return any(
        any(isinstance(effect, Rephrase) for effect in rule.effects)
        and (rule.topics is None or topic in rule.topics)
        and (rule.categories is None or category in rule.categories)
        for rule in program.message_rules
    )
