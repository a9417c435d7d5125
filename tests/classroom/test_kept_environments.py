"""The virtual environments of rehearsals: made once, complete, and not too many."""

import os
import secrets

import pytest

from classroom.rehearsal import install

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no rehearsals")


class Maker:
    """Makes empty environments in the place of real ones, and counts them."""

    def __init__(self, folder):
        self.folder, self.count, self.fails = folder, 0, False

    def make(self, requirements, environment):
        self.count += 1
        (environment / "bin").mkdir(parents=True)
        if self.fails:
            raise SystemExit(1)

    def provide(self, text="flask==3.1.3\n"):
        """Provide an environment with requirements, and return where it is."""
        rehearsal = self.folder / secrets.token_hex(8)
        rehearsal.mkdir()
        requirements, environment = rehearsal / "requirements.txt", rehearsal / "python"
        requirements.write_text(text, "utf-8")
        install.provide(self.folder / "kept", requirements, environment)
        assert (environment / "bin").is_dir()
        return environment.resolve()


@pytest.fixture
def maker(tmp_path, monkeypatch):
    maker = Maker(tmp_path)
    monkeypatch.setattr(install, "make", maker.make)
    return maker


@pytest.mark.parametrize(
    "text", ["", "a==1\n", "# a\n\na-b[c]==1.2.post1 # d\n", 'a==1; os_name != "nt"']
)
def test_environment_with_exact_requirements_is_made_once(maker, text):
    assert maker.provide(text) == maker.provide(text)
    assert maker.count == 1


@pytest.mark.parametrize(
    "text",
    ["a\n", "a>=1", "a==1\n-r more.txt", "-e .", "./a", "a @ file:///a", "a==1.*"],
)
def test_other_requirements_are_always_installed(maker, text):
    """They may mean something else the next time."""
    assert maker.provide(text) != maker.provide(text)
    assert maker.count == 2


def test_other_requirements_are_another_environment(maker):
    assert maker.provide("a==1") != maker.provide("a==2")


def test_environment_that_is_incomplete_is_made_again(maker):
    maker.fails = True
    with pytest.raises(SystemExit):
        maker.provide()

    maker.fails = False
    maker.provide()

    assert maker.count == 2


def test_environment_that_was_never_completed_is_removed(maker):
    maker.fails = True
    with pytest.raises(SystemExit):
        maker.provide("a==1")

    maker.fails = False
    found = maker.provide("a==2")

    assert [path for path in found.parent.iterdir() if path.is_dir()] == [found]


def test_other_processes_wait_until_an_environment_is_made(maker, monkeypatch):
    import fcntl  # not on Windows

    def make_and_try_to_lock(requirements, environment):
        maker.make(requirements, environment)
        with (maker.folder / "kept" / "lock").open() as file:
            with pytest.raises(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    monkeypatch.setattr(install, "make", make_and_try_to_lock)

    maker.provide()

    assert maker.count == 1


def test_environments_that_were_used_last_are_kept(maker, monkeypatch):
    monkeypatch.setattr(install, "LIMIT", 2)
    for number, text in enumerate(["a==1", "a==2", "a==1", "a==3"]):
        found = maker.provide(text)
        os.utime(found / "complete", (number, number))

    maker.provide("a==1")
    assert maker.count == 3
    maker.provide("a==2")
    assert maker.count == 4
