"""The lists of the app: JSON files in lessons/, which flask load-words loads."""

import json
from pathlib import Path

from db import db
from models import ListModel, WordModel

FOLDER = Path(__file__).parent / "lessons"


def load_lessons():
    """Add the lists and words that are missing, and change those that are different.

    Nothing is deleted, so all progress stays. Return the number of words.
    """
    count = 0
    for path in sorted(FOLDER.glob("*.json")):
        lesson = json.loads(path.read_text(encoding="utf-8"))
        added = find_or_add(ListModel, lesson=path.stem)
        added.name = lesson["name"]
        db.session.flush()  # which gives it an id
        for spanish, english in lesson["words"].items():
            word = find_or_add(WordModel, list_id=added.id, spanish=spanish)
            word.english = english
            count += 1
    db.session.commit()
    return count


def find_or_add(model, **columns):
    """Return the row with these values; add one if there is none."""
    row = db.session.scalar(db.select(model).filter_by(**columns))
    if row is None:
        row = model(**columns)
        db.session.add(row)
    return row
