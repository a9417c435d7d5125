"""Names and prices that no student's code can know in advance."""

import os
import random
import string

# The saved outputs of the lessons must be the same in each run: see run_notebook().
generator = random.Random(os.environ.get("CLASSROOM_SEED"))


def random_name(what: str) -> str:
    """Return a name such as "Globe kxqzv".

    what: how it begins.
    """
    return f"{what} {''.join(generator.choices(string.ascii_lowercase, k=5))}"


def random_price() -> float:
    """Return a price with two decimals, from 1 to 1000."""
    return generator.randint(100, 100_000) / 100
