"""What decisions depend on besides log and rulebook: this engine, the time zones and the public holidays it reads."""

import zoneinfo
from importlib import import_module
from importlib.metadata import version

from memento.version import VERSION


def settle_zones() -> None:
    """Read time zones from the pinned package alone: what this machine keeps of its own may be of another year, and
    the same log would then mean something else on another machine.
    """
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()


def environment() -> str:
    """Its name, written into every entry of the log."""
    zones = import_module("tzdata").IANA_VERSION
    return f"memento {VERSION}; tzdata {zones}; holidays {version('holidays')}"
