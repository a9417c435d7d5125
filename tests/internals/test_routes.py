"""Sections describe the routes that they promise, and no others."""

import pytest

from classroom.contract.routes import promised_routes
from classroom.sections import staircase

NUMBERS = [s.number for s in staircase() if (s.folder / "docs.py").exists()]


@pytest.mark.parametrize("number", NUMBERS)
def test_section_describes_only_promised_routes(number, make_app):
    paths = make_app(number).test_client().get("/openapi.json").json["paths"]

    described = {
        f"{method} {path}"
        for path, operations in paths.items()
        for method in operations.keys() - {"parameters"}
    }

    assert described == promised_routes(number)
