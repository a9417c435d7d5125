"""Schemathesis generates requests of all kinds from the OpenAPI documents."""

import secrets

import pytest
from click.testing import CliRunner

from classroom.sections import find_section, staircase
from classroom.server import NO_LIMITS, Server

METHODS = {"get", "post", "put", "delete"}
# Section 05 has all routes of section 04, and section 14 all of 06, 07 and 11.
SECTIONS = [
    section.number
    for section in staircase()
    if (section.folder / "docs.py").exists()
    and section.number not in ("04", "06", "07", "11")
]

# Since section 06, an item in a store that does not exist is a 422; but an OpenAPI
# document cannot require that a store exists.
CONFIG = """
[[operations]]
include-name = ["POST /item/{name}", "PUT /item/{name}"]
checks.positive_data_acceptance.expected-statuses = ["2xx", 401, 409, 422]
"""
# Nor can it require the old password. After a logout, the token would be useless.
CONFIG_SINCE_11 = """
[[operations]]
include-name = "POST /password"
checks.positive_data_acceptance.expected-statuses = ["2xx", 401, 422]
"""

# Nor has a pattern all invisible characters, which section 14 refuses in usernames.
CONFIG_SINCE_14 = """
[[operations]]
include-name = "POST /register"
checks.positive_data_acceptance.expected-statuses = ["2xx", 409, 422]
"""

# Without a token, Schemathesis must not register and log in.
WITHOUT_TOKEN = """
[auth]
auto-signup = false
"""
# Random and stateful requests are only sent with the highest role.
FEW_PHASES = ["--phases", "examples,coverage"]


def run_schemathesis(address, config, *options):
    """Run the command schemathesis in this process, and return its result."""
    from schemathesis.cli import schemathesis  # slow to import

    # Schemathesis does not resolve the relative URL of the server in the document.
    options = ["--url", address, "--max-examples", "5", "--seed", "1", *options]
    command = ["run", f"{address}/openapi.json", "--no-color", *options]
    return CliRunner().invoke(schemathesis, ["--config-file", str(config), *command])


def log_in_all(section, server):
    """Return the tokens to try: none and ana's; since section 11 a user's, an admin's.

    Schemathesis knows neither their password nor their id. It tries DELETE /user/1 and
    its neighbours, and ana's password, which is in the examples.
    """
    if section < "11":
        return [None, log_in(server, "ana", "open-sesame")]
    password = secrets.token_hex()
    for name in ("second", "third", "maria", "bob"):
        with server.api() as api:
            api.post("/register", json={"username": name, "password": password})
    server.flask("grant-admin", "bob")
    return [log_in(server, name, password) for name in ("maria", "bob")]


def log_in(server, username, password):
    """Return an access token."""
    with server.api() as api:
        login = {"username": username, "password": password}
        return api.post("/login", json=login).json()["access_token"]


def options_for(token, is_highest_role):
    """Return the options of Schemathesis for a token, or for none."""
    phases = [] if is_highest_role else FEW_PHASES
    if token is None:
        return phases
    header = ["--header", f"Authorization: Bearer {token}"]
    return [*phases, *header, "--exclude-path", "/logout"]


def get_items(server, token):
    """Return the status of a request with a token."""
    with server.api() as api:
        api.headers["Authorization"] = f"Bearer {token}"
        return api.get("/items").status_code


@pytest.fixture(scope="module", params=SECTIONS)
def section(request):
    return request.param


@pytest.fixture(scope="module")
def server(section):
    folder = find_section(section).folder
    with Server(folder, settings=NO_LIMITS) as server:
        yield server


def test_schemathesis_finds_no_failure_with_and_without_a_token(
    section, server, tmp_path, monkeypatch
):
    common = CONFIG if section >= "06" else ""
    common += CONFIG_SINCE_11 if section >= "11" else ""
    common += CONFIG_SINCE_14 if section >= "14" else ""
    config = tmp_path / "schemathesis.toml"
    config.write_text(common)
    open_only = tmp_path / "without_token.toml"
    open_only.write_text(common + WITHOUT_TOKEN)
    tokens = log_in_all(section, server)
    monkeypatch.chdir(tmp_path)  # where Schemathesis keeps what it finds

    for token in tokens:
        result = run_schemathesis(
            *(server.address, config if token else open_only),
            *options_for(token, is_highest_role=token == tokens[-1]),
        )
        assert result.exit_code == 0, result.output
        assert " passed" in result.output

    if section >= "11":
        assert all(get_items(server, token) == 200 for token in tokens)


def test_every_status_is_described(server):
    """With a "default" response in a document, any status would be accepted."""
    with server.api() as api:
        paths = api.get("/openapi.json").json()["paths"]

    for path in paths.values():
        for operation in (path[method] for method in METHODS & path.keys()):
            assert all(status.isdigit() for status in operation["responses"])
