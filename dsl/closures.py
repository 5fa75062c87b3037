"""Conditions as closures."""

from dsl.interpret import Interpreter
from dsl.react import Compile


def closure(currency: str) -> Compile:
    interpreter = Interpreter(currency)
    return lambda condition: lambda env: interpreter.truth(condition, env)
