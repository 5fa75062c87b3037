"""The customers of the demo's insurer: who they are, where they live, what they agreed to. All from a seed."""

from random import Random
from typing import Any

import msgspec

GIVEN_NAMES = (
    *(
        "Ana",
        "Bruno",
        "Carla",
        "Diego",
        "Elena",
        "Félix",
        "Gloria",
        "Hugo",
        "Irene",
        "Jaime",
        "Lola",
        "Marcos",
    ),
    *("Nuria", "Óscar", "Paula", "Quique", "Rosa", "Sergio", "Teresa", "Víctor"),
)
FAMILY_NAMES = (
    *(
        "Vidal",
        "Ferrer",
        "Soler",
        "Ibáñez",
        "Llorens",
        "Marín",
        "Navarro",
        "Ortiz",
        "Peris",
        "Quiles",
        "Roca",
    ),
    *("Sanchis", "Torres", "Ureña", "Vega"),
)
PROVINCES = ("Valencia", "Madrid", "Sevilla", "Bizkaia", "Las Palmas")
TIERS = ("basic", "basic", "silver", "gold", "platinum")


class Person(msgspec.Struct, frozen=True):
    """One customer as the back-ends know her."""

    id: str
    name: str
    age: int
    tier: str
    province: str
    language: str
    agrees: bool | None
    """to marketing; None: she was never asked"""

    @property
    def facts(self) -> dict[str, Any]:
        """What the customer register tells of her."""
        return {"name": self.name, "age": self.age, "tier": self.tier, "province": self.province}

    @property
    def zone(self) -> str:
        """Her time zone."""
        return "Atlantic/Canary" if self.province == "Las Palmas" else "Europe/Madrid"

    @property
    def email(self) -> str:
        """An address that leads nowhere."""
        return f"{self.id.lower()}@example.org"

    @property
    def phone(self) -> str:
        """A number that nobody has."""
        return f"+34 600 000 {self.id.removeprefix('C')}"


SCRIPTED = (
    Person("C001", "Ana Vidal", 61, "gold", "Sevilla", "en", agrees=True),
    Person("C002", "Bruno Ferrer", 38, "silver", "Madrid", "en", agrees=True),
    Person("C003", "Carla Soler", 45, "basic", "Bizkaia", "en", agrees=True),
)
"""The three whose stories are told at the end; their day is written by hand (memento.demo.stories)."""


def people(count: int, chance: Random) -> list[Person]:
    """So many customers; the first three are always the same."""
    return [*SCRIPTED[:count], *(_person(number, chance) for number in range(len(SCRIPTED) + 1, count + 1))]


def _person(number: int, chance: Random) -> Person:
    return Person(
        id=f"C{number:03d}",
        name=f"{chance.choice(GIVEN_NAMES)} {chance.choice(FAMILY_NAMES)}",
        age=chance.randrange(19, 93),
        tier=chance.choice(TIERS),
        province=chance.choice(PROVINCES),
        language=chance.choice(("es", "es", "en")),
        agrees=chance.choice((True, True, True, False, None)),
    )
