"""Measure each section against what Python and Flask can reach, in the same run.

Three servers run side by side, each gunicorn with one worker: the limit (a plain
function over sqlite3), Flask alone, and the section. They hold the same items, return
the same JSON, and receive requests in turns, so that other work on the machine slows
all of them alike. The result is a section's share of the limit.
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

    rounds: how often each server is measured, in turns with the others.
    seconds: how long a round is; starts: how often each server is started.
    """

    rounds: int = 6
    seconds: float = 0.5
    starts: int = 3


QUICK = Plan(rounds=3, seconds=0.15, starts=1)


@dataclass
class Candidate:
    """One of the three that are measured side by side.

    start_ups: seconds from each start to the first response.
    memory: bytes of its worker after all requests (resident set size).
    rounds: what was measured, by the kind of request: "one item" or "the list".
    """

    name: str
    server: Server
    start_ups: list[float] = field(default_factory=list)
    memory: int = 0
    rounds: dict[str, list[Round]] = field(default_factory=dict)

    def start(self, path: str) -> None:
        """Start the server, or restart it, and wait for its first response."""
        self.server.stop()
        begin = time.monotonic()
        self.server.start()
        self.server.api().get(path).raise_for_status()
        self.start_ups.append(time.monotonic() - begin)

    def keep_busy(self, paths: list[str], seconds: float) -> Round:
        """Request one path after the other, and measure the server."""
        return keep_busy(self.server.address, self.server.worker, paths, seconds)

    def per_second(self, read: str) -> float:
        """Return the number of requests per second."""
        return median(one.per_second for one in self.rounds[read])

    def cpu(self, read: str) -> float:
        """Return the CPU time of the worker for a request, in seconds."""
        rounds = self.rounds[read]
        return sum(one.cpu for one in rounds) / sum(one.requests for one in rounds)


@dataclass
class Comparison:
    """A section and what it is measured against: the limit and Flask alone."""

    section: str
    candidates: list[Candidate]

    def share(self, candidate: Candidate, read: str) -> float:
        """Return the requests per second as a share of the limit's."""
        pairs = zip(candidate.rounds[read], self.limit.rounds[read], strict=True)
        return median(mine.per_second / limit.per_second for mine, limit in pairs)

    def cpu_share(self, candidate: Candidate, read: str) -> float:
        """Return the same share by CPU time, which other work affects less."""
        return self.limit.cpu(read) / candidate.cpu(read)

    @property
    def limit(self) -> Candidate:
        """The candidate that the others are compared with."""
        return self.candidates[0]


def compare(section: str, plan: Plan, advance: Callable[[], None]) -> Comparison:
    """Start a section next to the limit and Flask alone, fill it, and measure them.

    advance: called after each start and each round, count_steps(plan) times in all.

    Raises UserError if the section cannot be measured, or returns other JSON.
    """
    expect_measurable(section)
    with_stores = section >= "06"
    list_path = "/stores?page_size=100" if with_stores else "/items"
    reads = {"one item": ITEM_PATHS, "the list": [list_path]}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        candidates = make_candidates(section, with_stores, folder)
        for candidate in candidates:
            stack.callback(candidate.server.stop)
        start_servers(candidates, list_path, plan.starts, advance)
        fill_section(candidates[-1].server.api(), with_stores)
        expect_the_same_json(candidates, [ITEM_PATHS[0], ITEM_PATHS[-1], list_path])
        for read, paths in reads.items():
            for _ in range(plan.rounds):
                for candidate in candidates:
                    measured = candidate.keep_busy(paths, plan.seconds)
                    candidate.rounds.setdefault(read, []).append(measured)
                    advance()
        for candidate in candidates:
            candidate.memory = candidate.server.worker.memory_info().rss
    return Comparison(section, candidates)


def expect_measurable(section: str) -> None:
    """Raise UserError if a section cannot be measured, or not on this system."""
    if IS_WINDOWS:
        raise UserError("The benchmarks need gunicorn, which Windows does not have.")
    if section not in SECTIONS:
        known = ", ".join(SECTIONS)
        raise UserError(f"Section {section} is not measured; these are: {known}.")


def make_candidates(section: str, with_stores: bool, folder: Path) -> list[Candidate]:
    """Return the limit, Flask alone and a section, with their data in a folder."""
    rows = folder / "rows.sqlite3"
    make_database(rows)
    settings = {"DATABASE": str(rows), "WITH_STORES": with_stores}
    limit = Server(ROOT, app="benchmarks.limit", settings=settings, workers=1)
    flask = Server(ROOT, app="benchmarks.flask_alone", settings=settings, workers=1)
    own = database_settings(folder)
    server = Server(find_section(section).folder, settings=own, workers=1)
    return [
        Candidate("the limit", limit),
        Candidate("Flask alone", flask),
        Candidate(f"section {section}", server),
    ]


def start_servers(
    candidates: list[Candidate], path: str, starts: int, advance: Callable[[], None]
) -> None:
    """Start each server several times, in turns, and leave all running.

    path: the first request to each.
    """
    for _ in range(starts):
        for candidate in candidates:
            candidate.start(path)
            advance()


def count_steps(plan: Plan) -> int:
    """Return how often compare() advances: after each start and each round."""
    return 3 * (plan.starts + 2 * plan.rounds)


def expect_the_same_json(candidates: list[Candidate], paths: list[str]) -> None:
    """Raise UserError unless all give the same JSON, as a comparison needs."""
    for path in paths:
        limit, *others = (c.server.api().get(path).json() for c in candidates)
        for candidate, body in zip(candidates[1:], others, strict=True):
            if body != limit:
                name = candidate.name
                raise UserError(f"{name} returns other JSON than the limit at {path}.")
