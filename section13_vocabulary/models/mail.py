"""Mail to send: the outbox. A row is added in the transaction that is its reason."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from clock import now
from db import UtcDateTime, db


class MailModel(db.Model):
    """A mail that waits, or was sent.

    It has no text yet: that is written when it is sent. So no link with a token is
    stored, and a request for an unknown address does the same work as for a known one.
    """

    __tablename__ = "mails"
    __table_args__ = {"sqlite_autoincrement": True}  # no id is ever reused

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # a method of mailing/messages.py
    email: Mapped[str] = mapped_column(String(254), index=True)
    # For a mail that must not exist twice, such as the reminder of a day.
    once: Mapped[str | None] = mapped_column(String(80), unique=True)
    # The same for each try: a mail server, or a person, can tell that it is a copy.
    message_id: Mapped[str] = mapped_column(
        String(36), unique=True, default=lambda: str(uuid4())
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    # Until then, the process that sends it has it for itself.
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)

    @classmethod
    def add(cls, kind, email, limit):
        """Add a mail, without a commit, unless there were many in the last hour."""
        recent = db.select(db.func.count()).where(
            cls.email == email,
            cls.once.is_(None),
            cls.created_at > now() - timedelta(hours=1),
        )
        if db.session.scalar(recent) < limit:
            db.session.add(cls(kind=kind, email=email))

    @classmethod
    def add_once(cls, kind, email, once):
        """Add a mail unless there is one for the same reason; return if it is new."""
        db.session.add(cls(kind=kind, email=email, once=once))
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            return False
        return True

    @classmethod
    def claim(cls, seconds):
        """Return a mail that waits for a process to send it, or None.

        For some seconds, no other process gets the same mail. If this one is killed, it
        waits again after that: no one has to notice.
        """
        waiting = db.select(cls).where(
            cls.status == "waiting", cls.next_try_at <= now()
        )
        first = waiting.order_by(cls.next_try_at, cls.id).limit(1)
        while (mail := db.session.scalar(first)) is not None:
            # Another process may find the same row: only one of them increments tries.
            same = db.update(cls).filter_by(id=mail.id, tries=mail.tries)
            until = now() + timedelta(seconds=seconds)
            claim = same.values(tries=cls.tries + 1, next_try_at=until)
            claimed = db.session.execute(claim).rowcount == 1
            db.session.commit()
            db.session.expire_all()
            if claimed:
                return db.session.get(cls, mail.id)
        return None

    def finish(self, status):
        """Record that nothing more is to be done: sent, discarded or failed."""
        self.status = status
        db.session.commit()

    def retry_in(self, seconds):
        """Let it wait for the next try."""
        self.next_try_at = now() + timedelta(seconds=seconds)
        db.session.commit()

    @classmethod
    def purge(cls, days=7):
        """Delete what was finished some days ago; return how many."""
        old = db.delete(cls).where(
            cls.status != "waiting", cls.created_at < now() - timedelta(days=days)
        )
        deleted = db.session.execute(old).rowcount
        db.session.commit()
        return deleted
