"""Write the GraphQL contract to stdout: the text that is committed as schema/schema.graphql."""

import argparse

from memento.exits import Exit
from memento.settings import Settings
from memento.terminal import say
from resolvers.root import sdl


def arguments(parser: argparse.ArgumentParser) -> None:
    """It takes nothing."""


def run(args: argparse.Namespace, settings: Settings) -> Exit:
    """Print it."""
    say(sdl().rstrip("\n"))
    return Exit.OK
