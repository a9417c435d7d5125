"""Names and prices that no student's code can know in advance."""

import random
import string


def random_name(what: str) -> str:
    """Return a name such as "Globe kxqzv".

    what: how it begins.
    """
    return f"{what} {''.join(random.choices(string.ascii_lowercase, k=5))}"


def random_names(what: str, how_many: int) -> list[str]:
    """Return different names, in alphabetical order."""
    names: set[str] = set()
    while len(names) < how_many:
        names.add(random_name(what))
    return sorted(names)


def random_price() -> float:
    """Return a price with two decimals, from 1 to 1000."""
    return random.randint(100, 100_000) / 100
