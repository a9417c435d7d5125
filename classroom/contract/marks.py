"""@since: from which section on a contract test holds."""

import pytest

# @since("03"), or @since("03", until="04") where section 04 behaves differently.
since = pytest.mark.since


def holds_in(number: str, mark: pytest.Mark) -> bool:
    """Return whether a test that is marked with @since holds in a section."""
    first: str = mark.args[0]
    until: str = mark.kwargs.get("until", "99")
    return first <= number < until
