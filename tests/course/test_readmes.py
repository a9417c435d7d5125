"""The READMEs: the same headings everywhere, and commands that work as written."""

import os
import re
import shlex
import shutil
import subprocess

import pytest

from classroom.cli import cli
from classroom.notebooks.staircase import PICTURE, draw_staircase
from classroom.sections import (
    ROOT,
    all_sections,
    app_sections,
    find_section,
    staircase,
)
from classroom.server import Server

SECTIONS = all_sections()
APPS = app_sections()
STEPS = staircase()
README = (ROOT / "README.md").read_text(encoding="utf-8")

sections = pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.number)
apps = pytest.mark.parametrize("section", APPS, ids=lambda s: s.number)


def commands(readme):
    """Return the lines of the bash blocks of a README, without comments."""
    blocks = re.findall(r"```bash\n(.*?)```", readme, re.DOTALL)
    lines = [shlex.split(line, comments=True) for line in "".join(blocks).splitlines()]
    return [line for line in lines if line]


def read(section):
    return (section.folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command",
    [
        command
        for text in [README, *map(read, SECTIONS)]
        for command in commands(text) + re.findall(r"`(python3 learn\.py [^`]+)`", text)
        if "learn.py" in command
    ],
    ids=str,
)
def test_learn_command_exists(command):
    words = command.split() if isinstance(command, str) else command
    assert words[:2] == ["python3", "learn.py"]
    if len(words) == 2:
        return

    with cli.make_context("learn.py", list(words[2:]), resilient_parsing=False) as ctx:
        name, found, arguments = cli.resolve_command(ctx, words[2:])

    assert found is not None
    with found.make_context(name, arguments):
        pass  # it takes these arguments


def test_readme_begins_with_the_two_commands():
    assert [words[2] for words in commands(README)[:2]] == ["lab", "test"]


def test_readme_maps_every_section():
    for section in SECTIONS:
        assert f"| [Section {int(section.number)}: {section.title}]" in README
        assert f"]({section.folder.name})" in README
        if section.notebook.exists():
            assert f"](notebooks/{section.notebook.name})" in README


def test_picture_of_the_sections_is_up_to_date():
    assert PICTURE.read_text(encoding="utf-8") == draw_staircase(SECTIONS)


@pytest.mark.parametrize(
    "path", ["README.md", *(f"{s.folder.name}/README.md" for s in SECTIONS)]
)
def test_links_lead_somewhere(path):
    text = (ROOT / path).read_text(encoding="utf-8")

    for target in re.findall(r"\]\(((?!http)[^)#]+)\)", text):
        assert (ROOT / path).parent.joinpath(target).exists(), target


@sections
def test_section_readme_has_its_headings(section):
    headings = re.findall(r"^## (.+)$", read(section), re.MULTILINE)

    parts = "Routes" if section.has_app else "Files"
    wanted = ["Run", parts, "Coming from the course", "Try it"]
    if section in STEPS[1:]:
        number = int(STEPS[STEPS.index(section) - 1].number)
        wanted.insert(2, f"What changed since section {number}")
    assert headings[: len(wanted)] == wanted
    assert headings[len(wanted) :] in ([], ["Deploy"])


@apps
def test_reading_order_has_every_module_that_is_new_or_changed(section):
    text = read(section)
    run, _ = text.split("\n## Routes\n")
    _, order = run.split("\n**Read in this order:** ")
    modules = re.findall(r"`(\S+)`", order)

    rows = re.findall(r"^\| (`.+`) \| (?:new|changed) \| ", text, re.MULTILINE)
    names = [name for row in rows for name in re.findall(r"`(.+?\.py)`", row)]
    expected = {name for name in names if not name.startswith("migrations/")}
    assert all((section.folder / module).is_file() for module in modules)
    assert len(modules) == len(set(modules))
    assert expected <= set(modules)


@sections
def test_deploy_commands_name_this_section(section):
    """A command that was copied from another section would push that one."""
    text = read(section)

    assert set(re.findall(r"--prefix (\w+)", text)) <= {section.folder.name}
    assert set(re.findall(r"learn\.py rehearse (\d+)", text)) <= {section.number}


@apps
def test_curl_commands_work(section, needs):
    needs(shutil.which("curl"), "no curl: install it to try the READMEs' commands")
    needs(shutil.which("bash"), "no bash: it runs the READMEs' commands")
    _, tries = read(section).split("## Try it")
    tries, *_ = tries.split("## Deploy")
    [script] = re.findall(r"```bash\n(.*?)```", tries, re.DOTALL)
    assert "curl -i" in script

    with Server(section.folder) as server:
        for words in commands(read(section)):
            if words[:2] == [".venv/bin/flask", "grant-admin"]:
                server.flask(*words[1:])
        script = script.replace("http://127.0.0.1:5000", server.address)
        command = ["bash", "-e", "-c", script]
        result = subprocess.run(command, capture_output=True, encoding="utf-8")

    # Not only at the start of a line, since a page need not end with a newline.
    statuses = re.findall(r"HTTP/1\.1 (\d+) ", result.stdout)
    assert len(statuses) == script.count("curl -i")
    assert {status[0] for status in statuses} == {"2"}, result.stdout


# A program that records its arguments, prints them as config:set does, and fails if
# they contain FAILING.
FAKE = """#!/bin/bash
echo "${0##*/} $*" >> "$LOG"
echo "$*"
if [[ "$*" == *"$FAILING"* ]]; then echo "Error: it failed" >&2; exit 1; fi
"""


@pytest.fixture
def deploy(tmp_path, needs):
    """A function that runs the first commands under "Deploy", without Heroku.

    It takes the section and the command that fails, if any, and returns the commands
    that were run and the output.
    """
    needs(shutil.which("bash"), "no bash: it runs the READMEs' commands")
    for name in "heroku", "git":
        program = tmp_path / name
        program.write_text(FAKE)
        program.chmod(0o755)

    def run(number, failing="no command at all"):
        _, text = read(find_section(number)).split("## Deploy")
        script = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)[0]
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        log = tmp_path / "log"
        environment = os.environ | {"PATH": path, "LOG": str(log), "FAILING": failing}
        result = subprocess.run(
            ["bash", "-c", script], env=environment, capture_output=True, text=True
        )
        return log.read_text().splitlines(), result

    return run


@pytest.mark.parametrize(
    "failing", ["login", "create", "addons:create", "config:set", "subtree push"]
)
def test_deployment_stops_when_a_command_fails(deploy, failing):
    run, result = deploy("07", failing)

    assert failing in run[-1]
    assert "Error: it failed" in result.stderr
    assert result.returncode == 1


@pytest.mark.parametrize("number", ["07", "14"])
def test_deployment_does_not_show_the_key(deploy, number):
    run, result = deploy(number)

    [setting] = [command for command in run if "config:set" in command]
    key = setting.rpartition("=")[2]
    assert len(key) == 64
    assert key not in result.stdout + result.stderr
    assert result.returncode == 0


def test_rotation_of_the_key_shows_an_error(deploy):
    _, result = deploy("14", "config:set")

    assert "Error: it failed" in result.stderr
    assert result.returncode == 1
