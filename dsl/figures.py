"""What is worked out before any rule is asked: the tables and scorecards of a rulebook, by name.

They form no circle (the checker sees to that), so whoever reads one may read it as any other value.
"""

from collections.abc import Mapping
from typing import NamedTuple

from dsl.scorecards import ScorecardPlan
from dsl.tables import TablePlan


class Figures(NamedTuple):
    """Those of one rulebook."""

    tables: Mapping[str, TablePlan] = {}
    scorecards: Mapping[str, ScorecardPlan] = {}


NO_FIGURES = Figures()
