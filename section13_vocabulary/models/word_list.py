"""Lists of words: those of the app, for all, and those of one user each."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from db import NameTaken, NoSuchUser, db


class ListModel(db.Model):
    """A list of words. Without an owner, it is one of the app, which all may see."""

    __tablename__ = "lists"
    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        {"sqlite_autoincrement": True},  # no id is ever reused
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    # The file in lessons/ that it comes from; None for the list of a user.
    lesson: Mapped[str | None] = mapped_column(String(80), unique=True)
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE")
    )
    words = relationship(
        "WordModel",
        order_by="WordModel.id",
        passive_deletes="all",
        lazy="raise",
        back_populates="list",
    )

    @classmethod
    def visible_to(cls, user):
        """Return the condition for the lists that a user, or a visitor, may see."""
        condition = cls.owner_id.is_(None)
        if user is None:
            return condition
        return db.true() if user.is_admin else condition | (cls.owner_id == user.id)

    def may_be_changed_by(self, user):
        """Return whether a user may change this list and its words."""
        return user.is_admin or self.owner_id == user.id

    @classmethod
    def find(cls, list_id, user):
        """Return a list with its words, or None if there is none that the user sees."""
        query = db.select(cls).where(cls.id == list_id, cls.visible_to(user))
        return db.session.scalar(query.options(selectinload(cls.words)))

    @classmethod
    def add(cls, name, owner):
        """Add a list without words; raise NameTaken or NoSuchUser."""
        new = cls(name=name, owner_id=owner.id, words=[])
        db.session.add(new)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            taken = db.select(cls.id).filter_by(owner_id=owner.id, name=name)
            raise (NameTaken if db.session.scalar(taken) else NoSuchUser) from None
        return new

    def rename(self, name):
        """Change the name; raise NameTaken if the owner has another such list."""
        self.name = name
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            raise NameTaken from None

    @classmethod
    def delete(cls, list_id):
        """Delete a list with its words."""
        db.session.execute(db.delete(cls).where(cls.id == list_id))
        db.session.commit()
