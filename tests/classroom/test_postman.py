"""The collections match the sections, and newman runs them."""

import json
import os
import re
import shutil
import subprocess
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from classroom.cli import cli
from classroom.postman.collection import collection_file, make_collection
from classroom.sections import find_section, staircase
from classroom.server import Server

SECTIONS = staircase()
V2_1 = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

sections = pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.number)


def read(section):
    return json.loads(collection_file(section).read_text(encoding="utf-8"))


def requests_of(collection):
    """Return every item that is a request, in the order in which they run."""
    return [item for folder in collection["item"] for item in folder["item"]]


def script_of(item):
    """Return the script that checks the response to a request."""
    [test] = [event for event in item["event"] if event["listen"] == "test"]
    return "\n".join(test["script"]["exec"])


@sections
def test_collection_is_up_to_date(section):
    committed = collection_file(section).read_text(encoding="utf-8")

    assert committed == make_collection(section), "python3 learn.py refresh"


@sections
def test_collection_has_the_shape_of_postman_2_1(section):
    collection = read(section)

    assert collection["info"]["schema"] == V2_1
    assert section.title in collection["info"]["name"]
    variables = {each["key"]: each["value"] for each in collection["variable"]}
    assert variables["base_url"] == "http://127.0.0.1:5000"
    for item in requests_of(collection):
        assert set(item) == {"name", "event", "request"}
        for event in item["event"]:
            assert event["listen"] in ("prerequest", "test")
            assert all(isinstance(line, str) for line in event["script"]["exec"])
        request = item["request"]
        auth, url = request["auth"], request["url"]
        assert auth["type"] == "noauth" or auth[auth["type"]][0]["key"]
        query = "&".join(f"{q['key']}={q['value']}" for q in url.get("query", []))
        written = "/".join([*url["host"], *url["path"]]) + (query and f"?{query}")
        assert url["raw"] == written
        named = [part[1:] for part in url["path"] if part.startswith(":")]
        if named:
            assert set(named) <= {each["key"] for each in url["variable"]}
        if "body" in request:
            assert request["body"]["mode"] == "raw"
            json.loads(re.sub(r": \{\{\w+\}\}", ": 1", request["body"]["raw"]))


@sections
def test_every_route_of_the_readme_is_requested(section):
    readme = (section.folder / "README.md").read_text(encoding="utf-8")
    routes = set(re.findall(r"`(GET|POST|PUT|DELETE) (/[^`]*)`", readme))
    described = {("GET", "/docs"), ("GET", "/openapi.json")}

    requested = set()
    for item in requests_of(read(section)):
        path = "/" + "/".join(item["request"]["url"]["path"])
        requested.add(
            (item["request"]["method"], re.sub(r":(?:user_)?(\w+)", r"<\1>", path))
        )

    assert routes - described <= requested


@sections
def test_every_request_names_its_promised_status(section):
    statuses = set()
    for item in requests_of(read(section)):
        found = re.search(r"to\.have\.status\((\d+)\)", script_of(item))
        assert found, item["name"]
        statuses.add(int(found[1]))

    refused = {400} if section.number == "03" else {422}
    refused |= {403} if section.number >= "11" else set()
    assert statuses >= {200, 201, 401, 404, 409} | refused


def test_command_writes_the_given_file(tmp_path):
    file = tmp_path / "new" / "mine.json"

    result = CliRunner().invoke(cli, ["postman", "03", "--output", str(file)])

    assert result.exit_code == 0, result.output
    assert str(file) in result.output
    assert "Import this file" in result.output
    assert file.read_bytes() == collection_file(SECTIONS[0]).read_bytes()


def test_file_that_cannot_be_written_is_one_sentence(tmp_path):
    result = CliRunner().invoke(cli, ["postman", "03", "--output", str(tmp_path)])

    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {tmp_path} cannot be written: ")


@pytest.fixture
def newman(needs, tmp_path):
    """A function that runs a section's collection; it returns newman's report."""
    program = shutil.which("newman")
    needs(program, "no newman: npm install --global newman adds it")

    def run(section, address):
        report = tmp_path / "report.json"
        command = [program, "run", str(collection_file(section))]
        command += ["--env-var", f"base_url={address}"]
        command += ["--reporters", "json", "--reporter-json-export", str(report)]
        status = subprocess.run(command, env=os.environ | {"NO_PROXY": "*"}).returncode
        result = json.loads(report.read_text(encoding="utf-8"))["run"]
        assert status == (1 if result["failures"] else 0)
        return result

    return run


@pytest.fixture
def with_admin():
    """A function that starts a section; the user in the collection is an admin there.

    In sections without admins, it is a user who may do everything.
    """

    @contextmanager
    def start(folder):
        with Server(folder) as server:
            if folder.name >= "section11":
                server.flask("grant-admin", "ana")
            yield server

    return start


# Section 14 has the requests of nearly all sections, so only its run is repeated.
@sections
def test_collection_runs_and_runs_again(section, newman, with_admin):
    times = 2 if section.number == "14" else 1
    with with_admin(section.folder) as server:
        runs = [newman(section, server.address) for _ in range(times)]

    for run in runs:
        assert run["failures"] == []
        assert run["stats"]["requests"]["total"] == len(requests_of(read(section)))
        assert all(each["assertions"] for each in run["executions"])


def test_newman_finds_a_mistake(newman, tmp_path):
    section = find_section("03")
    copy = tmp_path / section.folder.name
    leave_out = shutil.ignore_patterns("__pycache__", "instance")
    shutil.copytree(section.folder, copy, ignore=leave_out)
    app = copy / "app.py"
    source = app.read_text(encoding="utf-8")
    assert "abort(409," in source
    app.write_text(source.replace("abort(409,", "abort(410,"), encoding="utf-8")

    with Server(copy) as server:
        failures = newman(section, server.address)["failures"]

    failed = {failure["source"]["name"] for failure in failures}
    assert failed
    assert all(": 409 if it already exists" in name for name in failed), failed
