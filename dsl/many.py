"""The loops over lists that compiled conditions run: the oracle is dsl.interpret."""

from collections.abc import Callable

from dsl.lists import Chosen, Found, in_window, listed
from dsl.reading import Env
from dsl.typed import Items, Quantifier

Test = Callable[[Env], bool | None]


def chosen_of(items: Items, test: Test | None, env: Env) -> tuple[Found | None, Chosen | None]:
    """The whole list, and those of it that are meant."""
    found = listed(items, env)
    if found is None:
        return None, None
    rows, sure = [], True
    for one in in_window(items, found.rows, env):
        env.item = one
        holds = True if test is None else test(env)
        if holds:
            rows.append(one)
        sure = sure and holds is not None
    env.item = None
    return found, Chosen(tuple(rows), sure)


def quantified(quantifier: Quantifier, items: Items, test: Test | None) -> Test:
    """A function that says whether it holds of any, of none, of every one; it stops where that is clear."""
    stop = quantifier is not Quantifier.EVERY
    denied = quantifier is Quantifier.NO

    def holds(env: Env) -> bool | None:
        those = listed(items, env)
        if those is None:
            return None
        answer: bool | None = not stop
        for one in in_window(items, those.rows, env):
            env.item = one
            found = True if test is None else test(env)
            if found is stop:
                answer = stop
                break
            if found is None:
                answer = None
        env.item = None
        return not answer if denied and answer is not None else answer

    return holds
