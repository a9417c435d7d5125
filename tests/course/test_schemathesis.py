"""Schemathesis makes requests of all kinds from what an API says of itself."""

import subprocess
import sys

import pytest

from classroom.sections import all_sections, find_section
from classroom.serving import Server

VERBS = {"get", "post", "put", "delete"}
SECTIONS = [s.number for s in all_sections() if (s.folder / "docs.py").exists()]

# Since section 06, an item in a store that does not exist is a 422, as it must be; but
# that there is such a store is nothing that an OpenAPI document could ask for.
CONFIG = """
[[operations]]
include-name = ["POST /item/{name}", "PUT /item/{name}"]
checks.positive_data_acceptance.expected-statuses = ["2xx", 401, 409, 422]
"""


def start_schemathesis(address, config, *options):
    """Start Schemathesis, and return the process."""
    program = [sys.executable, "-P", "-m", "schemathesis.cli", "--config-file", config]
    options = ["--max-examples", "10", "--seed", "1", "--no-color", *options]
    return subprocess.Popen(
        [*program, "run", f"{address}/openapi.json", *options],
        cwd=config.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


@pytest.mark.parametrize("section", SECTIONS)
def test_schemathesis_finds_no_failure_with_and_without_a_token(section, tmp_path):
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG if section >= "06" else "")

    with Server(find_section(section).folder) as server, server.api() as api:
        login = {"username": "ana", "password": "open-sesame"}
        token = api.post("/login", json=login).json()["access_token"]
        header = ["--header", f"Authorization: Bearer {token}"]
        with (
            start_schemathesis(server.address, config) as nobody,
            start_schemathesis(server.address, config, *header) as ana,
        ):
            outputs = [nobody.communicate()[0], ana.communicate()[0]]

    for process, output in zip([nobody, ana], outputs, strict=True):
        assert process.returncode == 0, output
        assert " passed" in output


@pytest.mark.parametrize("section", SECTIONS)
def test_every_status_is_described(section):
    """Where a document has a "default" answer, any status would do."""
    with Server(find_section(section).folder) as server, server.api() as api:
        paths = api.get("/openapi.json").json()["paths"]

    for path in paths.values():
        for operation in (path[verb] for verb in VERBS & path.keys()):
            assert all(status.isdigit() for status in operation["responses"])
