"""Measure each section against what Python and Flask can reach, in the same run.

The servers run side by side, each gunicorn with one worker: the limit (a plain
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
from typing import Any

from classroom.errors import UserError
from classroom.experiments.benchmark.load import Round, keep_busy
from classroom.experiments.benchmark.shop import ITEM_NAMES, fill_section, make_database
from classroom.sections import ROOT, find_section
from classroom.server import NO_LIMITS, Server
from classroom.server.client import bearer
from classroom.server.launch import database_settings

IS_WINDOWS = os.name == "nt"
SECTIONS = ("04", "05", "06", "11", "14")
# The same settings of gunicorn for all, instead of the section's own.
GUNICORN = ["--config", str(ROOT / "benchmarks" / "gunicorn.conf.py")]
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
    """One of the servers that are measured side by side.

    is_section: whether it has to be filled; the others read an existing database.
    token: an access token, for a section that requires one to read an item.
    start_ups: seconds from each start to the first response.
    memory: bytes of its worker after all requests (resident set size).
    rounds: what was measured, by the kind of request: "one item" or "the list".
    """

    name: str
    server: Server
    is_section: bool = False
    token: str = ""
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
        server = self.server
        return keep_busy(server.address, server.worker, paths, seconds, self.token)

    def get_json(self, path: str) -> Any:
        """Return the JSON of a response."""
        headers = bearer(self.token) if self.token else {}
        return self.server.api().get(path, headers=headers).json()

    def per_second(self, read: str) -> float:
        """Return the number of requests per second."""
        return median(one.per_second for one in self.rounds[read])

    def cpu(self, read: str) -> float:
        """Return the CPU time of the worker for a request, in seconds."""
        rounds = self.rounds[read]
        return sum(one.cpu for one in rounds) / sum(one.requests for one in rounds)


@dataclass
class Comparison:
    """A section and what it is measured against: the limit and Flask alone.

    Section 11 requires a token to read an item. It is also measured against section 07,
    which does not: the difference is the cost of the token.
    """

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

    Raises UserError if the section cannot be measured, or returns different JSON.
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
        for candidate in candidates:
            if candidate.is_section:
                token = fill_section(candidate.server.api(), with_stores)
                needs_token = candidate.name >= "section 11"
                candidate.token = token if needs_token else ""
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
        raise UserError(f"Section {section} cannot be measured. These can: {known}.")


def make_candidates(section: str, with_stores: bool, folder: Path) -> list[Candidate]:
    """Return the limit, Flask alone and a section, with their data in a folder."""
    rows = folder / "rows.sqlite3"
    make_database(rows)
    settings = {"DATABASE": str(rows), "WITH_STORES": with_stores}
    limit, flask = [
        Server(ROOT, app=app, settings=settings, workers=1, options=GUNICORN)
        for app in ("benchmarks.limit", "benchmarks.flask_alone")
    ]
    sections = ["07", section] if section == "11" else [section]
    return [
        Candidate("the limit", limit),
        Candidate("Flask alone", flask),
        *(section_candidate(number, folder / number) for number in sections),
    ]


def section_candidate(section: str, folder: Path) -> Candidate:
    """Return a section as a candidate, with its database in a new folder."""
    folder.mkdir()
    settings = database_settings(folder) | NO_LIMITS
    app = find_section(section).folder
    server = Server(app, settings=settings, workers=1, options=GUNICORN)
    return Candidate(f"section {section}", server, is_section=True)


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


def count_steps(section: str, plan: Plan) -> int:
    """Return how often compare() advances: after each start and each round."""
    return (4 if section == "11" else 3) * (plan.starts + 2 * plan.rounds)


def expect_the_same_json(candidates: list[Candidate], paths: list[str]) -> None:
    """Raise UserError unless all return the same JSON, as a comparison requires."""
    for path in paths:
        limit, *others = (candidate.get_json(path) for candidate in candidates)
        for candidate, body in zip(candidates[1:], others, strict=True):
            if body != limit:
                name = candidate.name
                raise UserError(f"{name} returns different JSON at {path}.")
