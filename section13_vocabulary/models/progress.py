"""Progress: which box a user's words are in, and when they are due."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from clock import now
from db import Missing, UtcDateTime, db
from leitner import DAYS, FIRST, next_box, next_due
from models.user import UserModel
from models.word import WordModel
from models.word_list import ListModel


class ProgressModel(db.Model):
    """What a user knows of a word. For a word without an answer, there is no row."""

    __tablename__ = "progress"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    word_id: Mapped[int] = mapped_column(
        ForeignKey("words.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    box: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    @classmethod
    def record(cls, user, word, correct):
        """Record an answer; return the progress, and whether the answer counts.

        It counts if the word is new, or due. In two tabs, a user can answer the same
        due word twice: the database decides which answer is the first.
        """
        key = {"user_id": user.id, "word_id": word.id}
        row = db.session.get(cls, key)
        if row is None:
            return cls.record_first(key, correct)
        if row.due_at > now():
            return row, False
        new = cls.after(row.box, correct)
        # If the due date is another one by now, this statement changes nothing.
        update = db.update(cls).filter_by(**key, due_at=row.due_at).values(new)
        counted = db.session.execute(update).rowcount == 1
        db.session.commit()
        return cls.reload(key), counted

    @classmethod
    def record_first(cls, key, correct):
        """Record the first answer; return the progress, and whether it counts."""
        db.session.add(cls(**key, **cls.after(FIRST, correct)))
        try:
            db.session.commit()
        except IntegrityError:  # another tab has been first, or the word is deleted
            db.session.rollback()
            return cls.reload(key), False
        return cls.reload(key), True

    @classmethod
    def reload(cls, key):
        """Return the progress as it is in the database; raise Missing."""
        row = db.session.get(cls, key, populate_existing=True)
        if row is None:
            raise Missing
        return row

    @staticmethod
    def after(box, correct):
        """Return the columns after an answer to a word in a box."""
        box = next_box(box, correct)
        return {"box": box, "due_at": next_due(box, now())}

    @classmethod
    def is_of(cls, user):
        """Return the condition for joining words with the user's progress."""
        user_id = user.id if user else None  # no row is that of a visitor
        return (cls.word_id == WordModel.id) & (cls.user_id == user_id)

    @classmethod
    def is_due(cls):
        """Return the condition for words that are due, or new."""
        return cls.due_at.is_(None) | (cls.due_at <= now())

    @classmethod
    def find_due(cls, user, word_list, limit):
        """Return the words that are due, how many there are, and when the next one is.

        Words with progress come first, those that wait longest before the others; then
        come new ones. For a visitor, all words are new.
        """
        words = db.select(WordModel, cls).outerjoin(cls, cls.is_of(user))
        words = words.where(WordModel.list_id == word_list.id)
        due = words.where(cls.is_due())
        page = due.order_by(cls.due_at.is_(None), cls.due_at, WordModel.id).limit(limit)
        total = due.with_only_columns(db.func.count())
        later = words.where(cls.due_at > now())
        return (
            db.session.execute(page).all(),
            db.session.scalar(total),
            db.session.scalar(later.with_only_columns(db.func.min(cls.due_at))),
        )

    @classmethod
    def count_by_list(cls, user):
        """Return the lists that a user sees, how many words each has, and due ones."""
        is_due = WordModel.id.is_not(None) & cls.is_due()
        due = db.func.sum(db.case((is_due, 1), else_=0))
        query = (
            db.select(ListModel, db.func.count(WordModel.id), due)
            .outerjoin(WordModel, WordModel.list_id == ListModel.id)
            .outerjoin(cls, cls.is_of(user))
            .where(ListModel.visible_to(user))
            .group_by(ListModel.id)
            .order_by(ListModel.owner_id.is_not(None), ListModel.id)
        )
        return db.session.execute(query).all()

    @classmethod
    def summarize(cls, user):
        """Return how many words a user has in each box, how many are due, and new."""
        due = db.func.sum(db.case((cls.due_at <= now(), 1), else_=0))
        query = (
            db.select(cls.box, db.func.count(), due)
            .select_from(WordModel)
            .join(WordModel.list)
            .outerjoin(cls, cls.is_of(user))
            .where(ListModel.visible_to(user))
            .group_by(cls.box)
        )
        rows = {box: (words, due) for box, words, due in db.session.execute(query)}
        return {
            "boxes": [
                {"box": box, "days": days, "words": rows.get(box, (0, 0))[0]}
                for box, days in DAYS.items()
            ],
            "due": sum(due for _, due in rows.values()),
            "new": rows.get(None, (0, 0))[0],
        }

    @classmethod
    def users_with_due_words(cls):
        """Return the users who want reminders and have due words, with their number."""
        query = (
            db.select(UserModel, db.func.count())
            .join(cls, cls.user_id == UserModel.id)
            .where(cls.due_at <= now(), UserModel.reminders)
            .where(UserModel.confirmed_at.is_not(None))
            .group_by(UserModel.id)
            .order_by(UserModel.id)
        )
        return db.session.execute(query).all()
