"""Measure each section beside what could be reached without it, in the same run.

Three servers stand side by side, each gunicorn with one worker: the limit (a bare
function over sqlite3), Flask alone, and the section. They hold the same items, give
the same JSON, and are asked in turns, so whatever else the machine does slows all of
them alike. What counts is a section's share of the limit.
"""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from classroom.errors import UserError
from classroom.experiments.benchmark.load import Round, keep_busy
from classroom.experiments.benchmark.shop import ITEM_NAMES, fill_section, make_database
from classroom.sections import ROOT, find_section
from classroom.server import Server
from classroom.server.launch import database_settings

IS_WINDOWS = os.name == "nt"
SECTIONS = ("04", "05", "06")
ITEM_PATHS = [f"/item/{name}" for name in ITEM_NAMES]


@dataclass(frozen=True)
class Plan:
    """How thorough a run is.

    rounds: how often each server is asked, in turns with the others.
    seconds: how long a round is; starts: how often each server is started.
    """

    rounds: int = 6
    seconds: float = 0.5
    starts: int = 3


QUICK = Plan(rounds=3, seconds=0.15, starts=1)


@dataclass
class Contender:
    """One of the three that are measured side by side.

    start_ups: seconds from each start to the first answer.
    memory: bytes that its worker holds after all requests (resident set size).
    rounds: what was measured, by the kind of request: "one item" or "the list".
    """

    name: str
    server: Server
    start_ups: list[float] = field(default_factory=list)
    memory: int = 0
    rounds: dict[str, list[Round]] = field(default_factory=dict)

    def start(self, path: str) -> None:
        """Start the server, or start it again, and wait for its first answer."""
        self.server.stop()
        begin = time.monotonic()
        self.server.start()
        self.server.api().get(path).raise_for_status()
        self.start_ups.append(time.monotonic() - begin)

    def keep_busy(self, paths: list[str], seconds: float) -> Round:
        """Ask the server for one path after the other, and measure it."""
        return keep_busy(self.server.address, self.server.worker, paths, seconds)

    def per_second(self, read: str) -> float:
        """Return how many requests it answers each second."""
        return median(one.per_second for one in self.rounds[read])

    def cpu(self, read: str) -> float:
        """Return how many seconds its worker computes for a request."""
        rounds = self.rounds[read]
        return sum(one.cpu for one in rounds) / sum(one.answered for one in rounds)


@dataclass
class Comparison:
    """A section and what it is measured against: the limit and Flask alone."""

    section: str
    contenders: list[Contender]

    def share(self, contender: Contender, read: str) -> float:
        """Return how many requests are answered for each that the limit answers."""
        pairs = zip(contender.rounds[read], self.limit.rounds[read], strict=True)
        return median(mine.per_second / limit.per_second for mine, limit in pairs)

    def cpu_share(self, contender: Contender, read: str) -> float:
        """Return the same for equal computing time, whatever else the machine did."""
        return self.limit.cpu(read) / contender.cpu(read)

    @property
    def limit(self) -> Contender:
        """The contender that the others are measured by."""
        return self.contenders[0]


def compare(section: str, plan: Plan, advance: Callable[[], None]) -> Comparison:
    """Start a section beside the limit and Flask alone, fill it, and measure them.

    advance: called after each start and each round, count_steps(plan) times in all.

    Raises UserError if the section cannot be measured, or gives other JSON.
    """
    expect_measurable(section)
    with_stores = section >= "06"
    list_path = "/stores?page_size=100" if with_stores else "/items"
    reads = {"one item": ITEM_PATHS, "the list": [list_path]}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        contenders = line_up(section, with_stores, folder)
        for contender in contenders:
            stack.callback(contender.server.stop)
        for _ in range(plan.starts):
            for contender in contenders:
                contender.start(list_path)
                advance()
        fill_section(contenders[-1].server.api(), with_stores)
        expect_the_same_json(contenders, [ITEM_PATHS[0], ITEM_PATHS[-1], list_path])
        for read, paths in reads.items():
            for _ in range(plan.rounds):
                for contender in contenders:
                    measured = contender.keep_busy(paths, plan.seconds)
                    contender.rounds.setdefault(read, []).append(measured)
                    advance()
        for contender in contenders:
            contender.memory = contender.server.worker.memory_info().rss
    return Comparison(section, contenders)


def expect_measurable(section: str) -> None:
    """Raise UserError if a section cannot be measured, or not on this system."""
    if IS_WINDOWS:
        raise UserError("The benchmarks need gunicorn, which Windows does not have.")
    if section not in SECTIONS:
        known = ", ".join(SECTIONS)
        raise UserError(f"Section {section} is not measured; these are: {known}.")


def line_up(section: str, with_stores: bool, folder: Path) -> list[Contender]:
    """Return the limit, Flask alone and a section, with their data in a folder."""
    rows = folder / "rows.sqlite3"
    make_database(rows)
    told = {"DATABASE": str(rows), "WITH_STORES": with_stores}
    limit = Server(ROOT, app="benchmarks.limit", settings=told, workers=1)
    flask = Server(ROOT, app="benchmarks.flask_alone", settings=told, workers=1)
    own = database_settings(folder)
    server = Server(find_section(section).folder, settings=own, workers=1)
    return [
        Contender("the limit", limit),
        Contender("Flask alone", flask),
        Contender(f"section {section}", server),
    ]


def count_steps(plan: Plan) -> int:
    """Return how often compare() advances: each start and each round is a step."""
    return 3 * (plan.starts + 2 * plan.rounds)


def expect_the_same_json(contenders: list[Contender], paths: list[str]) -> None:
    """Raise UserError unless all give the same JSON, as a comparison needs."""
    for path in paths:
        limit, *others = (c.server.api().get(path).json() for c in contenders)
        for contender, answer in zip(contenders[1:], others, strict=True):
            if answer != limit:
                name = contender.name
                raise UserError(f"{name} gives other JSON than the limit at {path}.")
