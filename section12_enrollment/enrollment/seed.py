"""The first data: courses and, for development, users; from the folder seed/."""

import json
from pathlib import Path

from flask import current_app

from enrollment.models import Course, EmailTaken, User

FOLDER = Path(__file__).parent.parent / "seed"


def seed():
    """Add or update the courses, and add the demo users; return how many of each."""
    courses = read("courses.json")
    for course in courses:
        Course.objects(code=course["code"]).update_one(upsert=True, **course)
    password = current_app.config["DEMO_PASSWORD"]
    users = read("users.json") if password else []
    for user in users:
        try:
            User.add(**user, password=password)
        except EmailTaken:
            pass
    return len(courses), len(users)


def read(name):
    """Return what a JSON file contains."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))
