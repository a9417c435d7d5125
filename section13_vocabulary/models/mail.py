"""The outbox: a table of the e-mails to send.

A request adds a row in the same transaction as what the e-mail is about.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from clock import now
from db import UtcDateTime, db


class MailModel(db.Model):
    """An e-mail that waits, or was sent.

    The row has no text: that is written when the e-mail is sent. So no link with a
    token is stored, and a request does the same work whether the user exists or not.
    """

    __tablename__ = "mails"
    __table_args__ = {"sqlite_autoincrement": True}  # no id is ever reused

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # see mailing/messages.py
    email: Mapped[str] = mapped_column(String(254), index=True)
    # Unique, for an e-mail that must not exist twice, such as the reminder of a day.
    once: Mapped[str | None] = mapped_column(String(80), unique=True)
    # The same for each try, so mail servers and programs can recognize a copy.
    message_id: Mapped[str] = mapped_column(
        String(36), unique=True, default=lambda: str(uuid4())
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    # Until then, only the process that has claimed the e-mail may send it.
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)

    @classmethod
    def add(cls, kind, email, limit):
        """Add an e-mail, without a commit, unless the last hour had too many."""
        recent = db.select(db.func.count()).where(
            cls.email == email,
            cls.once.is_(None),
            cls.created_at > now() - timedelta(hours=1),
        )
        if db.session.scalar(recent) < limit:
            db.session.add(cls(kind=kind, email=email))

    @classmethod
    def add_once(cls, kind, email, once):
        """Add an e-mail unless it exists already; return whether it was added."""
        db.session.add(cls(kind=kind, email=email, once=once))
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            return False
        return True

    @classmethod
    def claim(cls, seconds):
        """Claim an e-mail that waits, and return it; return None if there is none.

        For some seconds, no other process can claim it. If this process is killed, the
        claim expires, and the e-mail waits again.
        """
        waiting = db.select(cls).where(
            cls.status == "waiting", cls.next_try_at <= now()
        )
        first = waiting.order_by(cls.next_try_at, cls.id).limit(1)
        while (mail := db.session.scalar(first)) is not None:
            # Other processes may have found the same row: only one increments tries.
            same = db.update(cls).filter_by(
                id=mail.id, tries=mail.tries, status="waiting"
            )
            until = now() + timedelta(seconds=seconds)
            claim = same.values(tries=cls.tries + 1, next_try_at=until)
            claimed = db.session.execute(claim).rowcount == 1
            db.session.commit()
            db.session.expire_all()
            if claimed:
                return db.session.get(cls, mail.id)
        return None

    def finish(self, status):
        """Record the result: sent, discarded or failed."""
        self.status = status
        db.session.commit()

    def retry_in(self, seconds):
        """Let the e-mail wait until the next try."""
        self.next_try_at = now() + timedelta(seconds=seconds)
        db.session.commit()

    @classmethod
    def purge(cls, days=7):
        """Delete the finished e-mails that are some days old; return how many."""
        old = db.delete(cls).where(
            cls.status != "waiting", cls.created_at < now() - timedelta(days=days)
        )
        deleted = db.session.execute(old).rowcount
        db.session.commit()
        return deleted
