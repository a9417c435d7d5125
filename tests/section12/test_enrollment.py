"""Courses, and students who enroll in them."""

import csv
import re
from io import StringIO

import pytest

ENROLLED = "You are enrolled in Programming in Python."
ALREADY = "You are already enrolled in Programming in Python."


def enroll(site, code="CS101"):
    return site.submit(f"/enrollment/confirm?course={code}", "/enrollment")


def codes(page):
    return re.findall(r'<td class="code">(\w+)</td>', page.text)


def test_courses_are_listed_by_term(site):
    fall = site.get("/courses/Fall 2026")
    spring = site.get("/courses/Spring 2027")

    assert "CS101" in codes(fall)
    assert codes(fall) == sorted(codes(fall))
    assert set(codes(fall)).isdisjoint(codes(spring))


def test_session_remembers_the_last_term(site):
    first = site.get("/courses/")
    site.get("/courses/Summer 2027")

    again = site.get("/courses/")

    assert "Courses of Fall 2026" in first.text
    assert "Courses of Summer 2027" in again.text


@pytest.mark.parametrize("term", ["Fall 1066", "<script>", "%00", "{'$gt': ''}"])
def test_unknown_term_is_404(site, term):
    page = site.get(f"/courses/{term}")

    assert page.status_code == 404
    assert "There are no courses in this term." in page.text


def test_table_has_headers_for_rows_and_columns(site):
    text = site.get("/courses/Fall 2026").text

    assert text.count('<th scope="col"') == 4
    assert text.count('<th scope="row"') == len(codes(site.get("/courses/Fall 2026")))
    assert "<caption" in text


def test_enroll_by_two_forms(student):
    page = student.submit("/courses/Fall 2026", "/enrollment/confirm", course="CS101")
    assert page.url.endswith("/enrollment/confirm?course=CS101")
    assert codes(student.get("/enrollment")) == []

    page = student.submit(page.url, "/enrollment")
    assert page.url.endswith("/enrollment")
    assert ENROLLED in page.text
    assert codes(page) == ["CS101"]


def test_new_course_is_marked_once(student):
    page = enroll(student)

    again = student.get("/enrollment")

    assert ">New<" in page.text
    assert ">New<" not in again.text


def test_courses_are_sorted_by_term_and_code(student):
    for code in "MU115", "CS230", "MA120", "CS201", "CS101":
        enroll(student, code)

    page = student.get("/enrollment")

    assert codes(page) == ["CS101", "MA120", "CS201", "MU115", "CS230"]
    assert '<td class="text-end fw-bold">16</td>' in page.text


def test_enrolling_twice_changes_nothing(student):
    enroll(student)

    page = enroll(student)

    assert ALREADY in page.text
    assert codes(page) == ["CS101"]


def test_of_two_enrollments_at_once_one_wins(student, new_site, at_once):
    form = student.form("/enrollment/confirm?course=CS101", "/enrollment")
    sites = new_site(), new_site()  # sessions do not mix the cookies of responses
    for site in sites:
        site.cookies.update(student.cookies)

    pages = at_once(2, lambda n: sites[n].post("/enrollment", data=form.fields))

    shown = [
        text for page in pages for text in (ENROLLED, ALREADY) if text in page.text
    ]
    assert sorted(shown) == sorted([ENROLLED, ALREADY])
    assert [codes(page) for page in pages] == [["CS101"], ["CS101"]]


def test_get_changes_nothing(student):
    student.get("/enrollment/confirm?course=CS101")
    student.get("/enrollment?course=CS101")

    assert codes(student.get("/enrollment")) == []


def test_enrollment_without_csrf_token_is_400(student):
    reply = student.post("/enrollment", data={"course": "CS101"})

    assert reply.status_code == 400
    assert codes(student.get("/enrollment")) == []


def test_enrollment_needs_a_login(site):
    form = site.form("/", "/theme")

    page = site.post("/enrollment", data=form.fields | {"course": "CS101"})

    assert "Please log in first." in page.text


def test_unknown_course_is_404(student):
    page = student.get("/enrollment/confirm?course=XX999")
    form = student.form("/enrollment/confirm?course=CS101", "/enrollment")
    reply = student.post("/enrollment", data=form.fields | {"course": "XX999"})

    assert page.status_code == reply.status_code == 404
    assert "There is no such course." in reply.text


def test_missing_course_is_400_not_a_crash(student):
    page = student.get("/enrollment/confirm")
    form = student.form("/enrollment/confirm?course=CS101", "/enrollment")
    del form.fields["course"]
    reply = student.post("/enrollment", data=form.fields)

    assert page.status_code == reply.status_code == 400
    assert "<h1>Bad Request</h1>" in reply.text


def test_students_see_only_their_own_courses(new_site, new_user, login):
    ana, ben = new_site(), new_site()
    for site, code in ((ana, "CS101"), (ben, "MU115")):
        user = new_user()
        site.submit("/register", **user)
        enroll(login(site, user), code)

    assert codes(ana.get("/enrollment")) == ["CS101"]
    assert codes(ben.get("/enrollment")) == ["MU115"]
    assert "CS101" not in ben.get("/enrollment.csv").text


def test_courses_are_not_shown_after_the_logout(student):
    enroll(student)
    student.submit("/", "/logout")

    assert "CS101" not in student.get("/enrollment").text


def test_download_is_a_file_for_spreadsheets(student):
    enroll(student)

    reply = student.get("/enrollment.csv")

    assert reply.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in reply.headers["Content-Disposition"]
    assert list(csv.DictReader(StringIO(reply.text))) == [
        {
            "Code": "CS101",
            "Title": "Programming in Python",
            "Term": "Fall 2026",
            "Credits": "4",
        }
    ]
