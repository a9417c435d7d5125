"""Measure the page of a student's courses, with few and with many other students."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from classroom.experiments.eager_loading import imported
from classroom.experiments.list_speed import measure_request
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.mongodb import MongoDB
from classroom.server.site import Site

COURSES_PER_STUDENT = 10
NAME = "enrollment"  # of the database
INDEX = [("user", 1), ("course", 1)]  # of the enrollments
ANA = {"email": "ana@example.edu", "password": "open-sesame"}  # a demo user

Data = Database[dict[str, Any]]


@dataclass(frozen=True)
class PageCost:
    """What the page of one student's courses costs.

    students: how many there are, each with 10 courses.
    has_index: whether the enrollments have their index.
    seconds: the time of a request for the page.
    examined: how many documents the database reads; indexes: those that it uses.
    """

    students: int
    has_index: bool
    seconds: float
    examined: int
    indexes: list[str]


def measure_courses_page(numbers: Sequence[int]) -> list[PageCost]:
    """Measure the page of section 12 with a student's courses; return the costs.

    numbers: how many students there are, in each measurement; the smallest first, which
        must be at least 3, since there are three demo users. For each, the page is
        measured with the index of the enrollments, then without it.

    Raises UserError if there is no MongoDB server on this machine.
    """
    costs = []
    with MongoDB() as mongodb, closing(connect(mongodb)) as client:
        uri = {"MONGO_URI": f"{mongodb.url}/{NAME}"}
        with Server(find_section("12").folder, variables=uri) as server:
            server.flask("seed")
            with Site(server.address) as site:
                site.submit("/login", **ANA)
                for number in numbers:
                    add_students(client[NAME], number)
                    costs.append(measure_page(site, client[NAME], has_index=True))
                    client[NAME].enrollments.drop_index(INDEX)
                    costs.append(measure_page(site, client[NAME], has_index=False))
                    client[NAME].enrollments.create_index(INDEX, unique=True)
    return costs


def connect(mongodb: MongoDB) -> MongoClient[dict[str, Any]]:
    """Return a client for a server."""
    return MongoClient(mongodb.url)


def add_students(data: Data, number: int) -> None:
    """Add students until there are so many; enroll each student in 10 courses."""
    student = {"password_hash": "", "first_name": "A", "last_name": "Student"}
    emails = [f"{n}@example.edu" for n in range(data.users.count_documents({}), number)]
    if emails:
        data.users.insert_many(student | {"email": email} for email in emails)
    enrolled = set(data.enrollments.distinct("user"))
    courses = data.courses.distinct("_id")[:COURSES_PER_STUDENT]
    data.enrollments.insert_many(
        {"user": user, "course": course}
        for user in data.users.distinct("_id")
        for course in courses
        if user not in enrolled
    )


def measure_page(site: Site, data: Data, *, has_index: bool) -> PageCost:
    """Measure the page of the student who is logged in, and explain its pipeline."""
    ana = data.users.find_one({"email": ANA["email"]})
    assert ana is not None
    with imported(find_section("12"), "enrollment.pipelines") as [pipelines]:
        pipeline = pipelines.courses_of(ana["_id"])
    command = {"aggregate": "users", "pipeline": pipeline, "cursor": {}}
    plan = data.command("explain", command, verbosity="executionStats")
    indexes = set(find_values(plan, "indexName"))
    return PageCost(
        students=data.users.count_documents({}),
        has_index=has_index,
        seconds=measure_request(site, "/enrollment"),
        examined=sum(find_values(plan, "totalDocsExamined")),
        indexes=sorted(indexes.union(*find_values(plan, "indexesUsed"))),
    )


def find_values(plan: object, name: str) -> Iterator[Any]:
    """Yield each value of that name in a plan; where it is depends on the version."""
    if isinstance(plan, dict):
        for key, value in plan.items():
            if key == name:
                yield value
            else:
                yield from find_values(value, name)
    elif isinstance(plan, list):
        for value in plan:
            yield from find_values(value, name)
