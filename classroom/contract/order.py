"""The order in which promises are checked: that of the lessons."""

import pytest

# The files of the contract: first what a section is about, last what every route must
# do with a bad request. A file that is not named here comes after all others.
FILES = [
    *("test_stores_in_memory", "test_store_items_in_memory", "test_stocktakes"),
    *("test_stores", "test_items", "test_users", "test_logins", "test_tokens"),
    *("test_page", "test_health", "test_docs", "test_errors"),
]


def lesson_order(test: pytest.Item) -> tuple[int, str, int]:
    """Return a key by which to sort tests: their file, and their place in it."""
    name = test.path.stem
    place = FILES.index(name) if name in FILES else len(FILES)
    return place, name, test.location[1] or 0
