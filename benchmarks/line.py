"""One measured line: a figure, the floor it must hold, the goal it is on its way to.

A floor or goal is a ratio against something measured in the same run wherever there is such a thing; figures of time
alone tell the order of magnitude, for machines differ and are shared.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """`value` in `unit`. `against` names what the figure is measured against; `note` is what a reader must know."""

    name: str
    value: float
    unit: str
    floor: float
    goal: float
    against: str = ""
    more_is_better: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        """`goal`, `floor`, or `not met`."""
        if self._meets(self.goal):
            return "goal"
        return "floor" if self._meets(self.floor) else "not met"

    def _meets(self, limit: float) -> bool:
        return self.value >= limit if self.more_is_better else self.value <= limit

    def as_json(self) -> dict[str, Any]:
        """For a program."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "floor": self.floor,
            "goal": self.goal,
            "more_is_better": self.more_is_better,
            "against": self.against,
            "verdict": self.verdict,
            "note": self.note,
        }


_WIDTHS = (34, 16, 9, 9)
"""At least so wide, so that one table stands below another."""


def table(lines: list[Line]) -> str:
    """All lines for a person."""
    head = ("", "measured", "floor", "goal", "", "")
    rows = [head, *(_row(line) for line in lines)]
    widths = [max(least, *(len(row[column]) for row in rows)) for column, least in enumerate(_WIDTHS)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]:>{widths[3]}}  "
        f"{row[4]:<7}  {row[5]}".rstrip()
        for row in rows
    )


def _row(line: Line) -> tuple[str, ...]:
    sign = ">=" if line.more_is_better else "<="
    return (
        line.name,
        f"{number(line.value)} {line.unit}",
        f"{sign} {number(line.floor)}",
        f"{sign} {number(line.goal)}",
        line.verdict,
        "; ".join(part for part in (line.against, line.note) if part),
    )


def number(value: float) -> str:
    """Three figures that count, and no more."""
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"
