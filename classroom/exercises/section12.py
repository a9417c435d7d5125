"""The exercises of section 12."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import mongomock
from pymongo.errors import PyMongoError

from classroom.display.html import page_text
from classroom.exercises.common import (
    UNEXPECTED,
    check_answers,
    check_server,
    expect,
)
from classroom.exercises.copy_server import TIMEOUT, CopyServer
from classroom.exercises.finding import Finding, Note
from classroom.exercises.random_values import generator
from classroom.exercises.tests_of_students import check_tests
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.site import Site, read_forms

ANA = {"email": "ana@example.edu", "password": "open-sesame"}
BEN = {"email": "ben@example.edu", "password": "open-sesame"}
ADMIN = {"email": "dean@example.edu", "password": "open-sesame"}
NAMES = {"first_name": "Ana", "last_name": "Silva"}
OTHER_SITE = "https://other.example"


def visit(server: Server, login: Mapping[str, str] | None = None) -> Site:
    """Return a new session with a site, in which a user is logged in or none is."""
    site = Site(server.address)
    if isinstance(server, CopyServer):
        site.history, site.timeout = server.history, TIMEOUT
    if login:
        site.submit("/login", **login)
    return site


def enroll(site: Site, course: str) -> None:
    """Enroll the user of a session in a course."""
    site.submit(f"/enrollment/confirm?course={course}", "/enrollment")


def exercise_1(answers: Mapping[str, int | None]) -> Iterator[Finding]:
    """Predictions of statuses, compared with the responses of a server."""
    yield from check_answers(answers, find_right_statuses())


@cache  # another check need not start the server again
def find_right_statuses() -> dict[str, int]:
    """Start a server, and return the statuses of some requests."""
    with Server(find_section("12").folder) as server:
        visitor, ana, admin = visit(server), visit(server, ANA), visit(server, ADMIN)
        enroll(ana, "CS101")
        confirm = "/enrollment/confirm?course=CS101"
        wrong = {"email": ANA["email"], "password": "wrong"}
        taken = ANA | NAMES | {"password_confirm": ANA["password"]}
        replies = {
            "a visitor opens /enrollment": visitor.get("/enrollment"),
            "POST /login without a CSRF token": visitor.post("/login", data=ANA),
            "POST /login with a wrong password": visitor.submit("/login", **wrong),
            "POST /register with an email address that is taken": visitor.submit(
                "/register", **taken
            ),
            "ana enrolls in a course in which she is already": ana.submit(
                confirm, "/enrollment"
            ),
            "GET /api/ with the session cookie of an admin": admin.get("/api/"),
        }
    return {what: [*r.history, r][0].status_code for what, r in replies.items()}


def exercise_2() -> Iterator[Finding | Note]:
    """A page for each course, in a copy of the section."""
    yield from check_server("12.2", check_course_pages)


def check_course_pages(server: Server) -> Iterator[Finding]:
    """Check the page of a course, and the links to it."""
    visitor, ana, ben = visit(server), visit(server, ANA), visit(server, BEN)
    reply = visitor.get("/course/CS101")
    ok, note = expect(reply, 200)
    yield Finding(ok, f"A visitor who opens /course/CS101 gets 200.{note}")
    if not ok:
        return
    for part in ("Programming in Python", "Variables, loops, functions", "Students: 0"):
        yield Finding(part in page_text(reply.text), f"The page says: {part}")
    ok = 'id="content"' in reply.text and "<title>" in reply.text
    yield Finding(ok, "It has the navigation of the site: it extends base.html.")
    for site, course in ((ana, "CS101"), (ben, "CS101"), (ben, "BI105")):
        enroll(site, course)
    counts = [
        f"Students: {number}" in page_text(visitor.get(f"/course/{course}").text)
        for course, number in (("CS101", 2), ("BI105", 1), ("CS110", 0))
    ]
    yield Finding(all(counts), "It counts the students of this course only.")
    ok, note = expect(visitor.get("/course/XX999"), 404)
    yield Finding(ok, f"/course/XX999 responds with 404.{note}")
    table = visitor.get("/courses/Fall 2026").text
    link = re.search(r'href="/course/CS101"[^>]*>\s*Programming in Python', table)
    yield Finding(link is not None, "The titles in the table of courses link to them.")


def exercise_3(pipeline: Sequence[Mapping[str, object]]) -> Iterator[Finding]:
    """A pipeline that counts the students of each course."""
    users = ["ana", "ben"]
    courses = {"BI105": "Cells", "CS101": "Python", "CS201": "Flask"}
    pairs = [("ana", "CS201"), ("ben", "CS101"), ("ben", "CS201")]
    yield check_pipeline(pipeline, "With three enrollments", users, courses, pairs)
    users = [f"student {number}" for number in range(9)]
    courses = {f"C{number}": f"Course {9 - number}" for number in range(9)}
    pairs = [
        (user, course)
        for number, course in enumerate(courses)
        for user in generator.sample(users, number // 2)  # two courses have the same
    ]
    yield check_pipeline(pipeline, "With many enrollments", users, courses, pairs)


def check_pipeline(
    pipeline: Sequence[Mapping[str, object]],
    when: str,
    users: Sequence[str],
    courses: Mapping[str, str],
    pairs: Sequence[tuple[str, str]],
) -> Finding:
    """Run a pipeline on a new university, and compare what it returns.

    courses: their titles, by code; pairs: a user and a course for each enrollment.
    """
    db: mongomock.Database[dict[str, object]] = mongomock.MongoClient().university
    db.users.insert_many({"_id": user} for user in users)
    db.courses.insert_many(
        {"_id": code, "title": title, "credits": 4} for code, title in courses.items()
    )
    db.enrollments.insert_many(
        {"_id": number, "user": user, "course": course}
        for number, (user, course) in enumerate(pairs)
    )
    taken = [course for _, course in pairs]
    counts = {title: taken.count(code) for code, title in courses.items()}
    expected = sorted(
        ((title, count) for title, count in counts.items() if count),
        key=lambda pair: (-pair[1], pair[0]),
    )
    text = f"{when}, it returns title and students of each course, in order."
    try:
        found = list(db.enrollments.aggregate(list(pipeline)))
        pairs_found = [(each.get("title"), each.get("students")) for each in found]
    except (PyMongoError, NotImplementedError, *UNEXPECTED) as error:
        return Finding(False, f"{text} ({type(error).__name__}: {error})")
    first = (
        f" (The first document is {found[0]})" if found else " (It returns nothing.)"
    )
    done = pairs_found == expected
    return Finding(done, f"{text}{'' if done else first}")


def exercise_4() -> Iterator[Finding | Note]:
    """Courses that only their student can drop, in a copy of the section."""
    yield from check_server("12.4", check_drop)


def check_drop(server: Server) -> Iterator[Finding]:
    """Check who can drop whose courses, and with which requests."""
    visitor, ana, ben = visit(server), visit(server, ANA), visit(server, BEN)
    for course in ("CS101", "BI105"):
        enroll(ana, course)
    form = find_form(ana, "CS101")
    yield Finding(form is not None, "My courses has a form that sends POST /drop.")
    if form is None:
        return
    ok = "csrf_token" in form
    yield Finding(ok, "The form has a CSRF token, and the field course.")
    query = {"user": ANA["email"], "course": "CS101"}
    for site in (ana, visitor):
        site.get("/drop", params=query)
    yield Finding(has_course(ana, "CS101"), "GET /drop drops nothing.")
    ok, note = expect(ana.post("/drop", data=query), 400)
    ok = ok and has_course(ana, "CS101")
    yield Finding(ok, f"POST /drop without a CSRF token gets 400.{note}")
    reply = visitor.post("/drop", data=query | token_of(visitor), params=query)
    ok = "/login" in reply.url and has_course(ana, "CS101")
    yield Finding(ok, "POST /drop of a visitor drops nothing, and leads to the login.")
    ben.post("/drop", data=query | token_of(ben), params=query)
    yield Finding(has_course(ana, "CS101"), "ben cannot drop a course of ana.")
    away = {"next": OTHER_SITE}
    reply = ana.post("/drop", data=form | away, params=away, allow_redirects=False)
    ok, note = expect(reply, 302)
    ok = ok and reply.headers["Location"] == "/enrollment"
    yield Finding(ok, f"A student is redirected to My courses, and nowhere else.{note}")
    ok = not has_course(ana, "CS101") and has_course(ana, "BI105")
    yield Finding(ok, "A student can drop a course, and keeps the others.")


def find_form(site: Site, course: str) -> dict[str, str] | None:
    """Return the fields of the form on My courses that drops a course, if any."""
    for form in read_forms(site.get("/enrollment")):
        is_drop = form.action.endswith("/drop") and form.method == "post"
        if is_drop and form.fields.get("course") == course:
            return form.fields
    return None


def token_of(site: Site) -> dict[str, str]:
    """Return the CSRF token of a session, as a form sends it."""
    return {"csrf_token": site.form("/", "/theme").fields["csrf_token"]}


def has_course(site: Site, course: str) -> bool:
    """Return whether the user of a session is enrolled in a course."""
    return course in site.get("/enrollment.csv").text


def exercise_5() -> Iterator[Finding]:
    """A test that finds an index that is not unique."""
    yield from check_tests("12.5", "test_enrollment.py")
