"""The pages on which students browse courses, and enroll."""

import csv
from io import StringIO

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user, login_required

from enrollment.models import AlreadyEnrolled, Course, Enrollment

blp = Blueprint("courses", __name__)


@blp.get("/courses/", defaults={"term": None})
@blp.get("/courses/<term>")
def courses(term):
    """List the courses of the term in the URL, or of the one that was shown last."""
    terms = sorted(Course.objects.distinct("term"))
    if term is None:
        term = session.get("term")  # None in a new session
        if term not in terms:
            term = terms[0] if terms else None
    elif term in terms:
        session["term"] = term
    else:
        abort(404, "There are no courses in this term.")
    found = Course.objects(term=term).order_by("code")
    return render_template(
        "courses/courses.html", term=term, terms=terms, courses=found
    )


@blp.get("/enrollment/confirm")
@login_required
def confirm():
    """Ask for confirmation to enroll in the course in the query string."""
    course = find_course(request.args["course"])
    return render_template("courses/confirm.html", course=course)


@blp.post("/enrollment")
@login_required
def enroll():
    """Enroll the current user in the course in the form's data."""
    course = find_course(request.form["course"])
    try:
        Enrollment.add(current_user, course)
    except AlreadyEnrolled:
        flash(f"You are already enrolled in {course.title}.", "warning")
    else:
        session["new_course"] = course.code
        flash(f"You are enrolled in {course.title}.", "success")
    return redirect(url_for("courses.enrollment"))


@blp.get("/enrollment")
@login_required
def enrollment():
    """Show the courses of the current user."""
    new = session.pop("new_course", None)  # it is marked as new once
    found = current_user.find_courses()
    return render_template("courses/enrollment.html", courses=found, new=new)


@blp.get("/enrollment.csv")
@login_required
def download():
    """Send the courses of the current user as a file for spreadsheets."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(["Code", "Title", "Term", "Credits"])
    for course in current_user.find_courses():
        fields = "code", "title", "term", "credits"
        writer.writerow([course[field] for field in fields])
    return Response(
        file.getvalue(),
        status=200,
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=my-courses.csv"},
    )


def find_course(code):
    """Return the course with this code; respond 404 if there is none."""
    course = Course.objects(code=code).first()
    if course is None:
        abort(404, "There is no such course.")
    return course
