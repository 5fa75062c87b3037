"""Public holidays by country and region, as the `holidays` package knows them.

The release of that package is named in the environment of every log entry, as that of the time zones is. Refuses to
guess: a country or region that the package does not know is no region.
"""

from functools import cache, lru_cache
from importlib import import_module
from typing import Any


@cache
def _package() -> Any:
    """Read when a rulebook first asks for it: most do not, and it is large."""
    return import_module("holidays")


@cache
def known_regions() -> frozenset[str]:
    """Codes of ISO 3166: countries, and their regions as `ES-MD`."""
    countries: dict[str, list[str]] = _package().list_supported_countries(include_aliases=False)
    regions = {f"{country}-{region}" for country, parts in countries.items() for region in parts}
    return frozenset(countries) | regions


@lru_cache(maxsize=1024)
def holidays_of(region: str, year: int) -> frozenset[int]:
    """The ordinals of the public holidays of a known region in one year; none in years that nobody has described."""
    country, _, part = region.partition("-")
    found = _package().country_holidays(country, subdiv=part or None, years=year)
    return frozenset(day.toordinal() for day in found if day.year == year)
