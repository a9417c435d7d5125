"""The benchmarks compare equal responses, and section 06 is as fast as promised."""

import os
import re

import pytest
from click.testing import CliRunner

from classroom.cli import cli
from classroom.errors import UserError
from classroom.experiments.benchmark import figures, load, measure, shop
from classroom.experiments.benchmark.measure import QUICK, compare
from classroom.sections import find_section
from classroom.server import Server, forked

needs_gunicorn = pytest.mark.skipif(os.name == "nt", reason="Windows has no gunicorn")


@pytest.fixture(scope="module")
def comparison():
    """Section 06, the limit and Flask alone, measured for a short time."""
    with pytest.MonkeyPatch.context() as patch:
        use_small_shop(patch)
        # A fork also has the packages of other sections in its memory.
        patch.delenv(forked.VARIABLE, raising=False)
        return compare("06", QUICK, lambda: None)


@pytest.fixture
def small_shop(monkeypatch):
    """Use a small shop for one test."""
    use_small_shop(monkeypatch)


def use_small_shop(patch):
    """Use 2 stores of 10 items, since adding 1000 items over HTTP takes long."""
    patch.setattr(shop, "STORES", 2)
    patch.setattr(shop, "ITEM_NAMES", shop.ITEM_NAMES[:20])
    patch.setattr(measure, "ITEM_PATHS", measure.ITEM_PATHS[:20])


@needs_gunicorn
@pytest.mark.parametrize("read", ["one item", "the list"])
def test_section_06_reaches_a_part_of_the_limit(comparison, read):
    limit, _, section = comparison.candidates

    assert comparison.share(limit, read) == comparison.cpu_share(limit, read) == 1
    assert 0 < comparison.share(section, read) < 1
    assert 0 < comparison.cpu_share(section, read) < 1


@needs_gunicorn
def test_worker_of_section_06_takes_less_than_90_mib(comparison):
    assert comparison.candidates[-1].memory < 90 * 2**20


@needs_gunicorn
def test_page_gets_the_tables_and_keeps_its_text(comparison, tmp_path, monkeypatch):
    page = tmp_path / "README.md"
    page.write_text("Before.\n<!-- figures -->\nold\n<!-- end of figures -->\nAfter.\n")
    monkeypatch.setattr(figures, "PAGE", page)

    figures.update_page([comparison])

    text = page.read_text("utf-8")
    assert text.startswith("Before.\n") and text.endswith("\nAfter.\n")
    assert "old" not in text
    assert re.search(r"\| 06 \| the list \| section 06 \| [\d,]+ \| 0\.\d\d \|", text)


@needs_gunicorn
def test_bench_prints_tables_and_draws_a_chart(comparison, monkeypatch, tmp_path):
    monkeypatch.setattr(measure, "compare", lambda *arguments: comparison)
    monkeypatch.setattr(figures, "CHART", tmp_path / "build" / "shares.svg")

    result = CliRunner().invoke(cli, ["bench", "06", "--quick"])

    assert result.exit_code == 0, result.output
    for name in ("the limit", "Flask alone", "section 06"):
        assert result.output.count(name) == 3  # one item, the list, memory
    assert "as a share of the limit" in figures.CHART.read_text("utf-8")


@needs_gunicorn
def test_other_json_than_the_limit_is_not_measured(small_shop, monkeypatch):
    monkeypatch.setattr(measure, "fill_section", lambda api, with_stores: None)

    with pytest.raises(UserError, match="section 04 returns different JSON"):
        compare("04", QUICK, lambda: None)


@needs_gunicorn
@pytest.mark.parametrize("section", ["04", "05"])
def test_earlier_sections_give_the_same_json_as_the_limit(small_shop, section):
    once = measure.Plan(rounds=1, seconds=0.1, starts=1)

    measured = compare(section, once, lambda: None)

    assert {len(one.rounds) for one in measured.candidates} == {2}


@needs_gunicorn
def test_section_that_is_not_measured_is_one_sentence():
    result = CliRunner().invoke(cli, ["bench", "03"])

    assert result.exit_code == 1
    measured = ", ".join(measure.SECTIONS)
    assert f"Section 03 cannot be measured. These can: {measured}." in result.output


def test_windows_gets_a_message_about_gunicorn(monkeypatch):
    monkeypatch.setattr(measure, "IS_WINDOWS", True)

    result = CliRunner().invoke(cli, ["bench"])

    assert result.exit_code == 1
    assert "gunicorn, which Windows does not have" in result.output


@pytest.mark.parametrize("arguments", [["06"], ["--quick"], ["05", "--quick"]])
def test_only_a_whole_run_is_saved(arguments):
    result = CliRunner().invoke(cli, ["bench", "--save", *arguments])

    assert result.exit_code == 2
    assert "--save needs a whole run" in result.output


@needs_gunicorn
def test_ctrl_c_ends_the_clients(monkeypatch):
    def interrupt(self, timeout=None):
        raise KeyboardInterrupt

    with Server(find_section("04").folder, workers=1) as server:
        monkeypatch.setattr(load.threading.Event, "wait", interrupt)
        with pytest.raises(KeyboardInterrupt):
            load.keep_busy(server.address, server.worker, ["/items"], 60)
