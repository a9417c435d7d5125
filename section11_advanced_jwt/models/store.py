"""Stores, each with many items."""

from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from db import count, db
from models.errors import NameTaken

if TYPE_CHECKING:  # models.item imports this module, so this one cannot import that
    from models.item import ItemModel


class StoreModel(db.Model):
    """A store, which has many items."""

    __tablename__ = "stores"
    __table_args__ = {"sqlite_autoincrement": True}  # no number is used twice

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)  # which makes an index
    # Deleting a store deletes its items: the database does it, by the ForeignKey of
    # ItemModel.
    #
    # Whoever wants the items says so in the query. SQLAlchemy could also ask for them
    # when they are first used; but in a loop over stores, that is 1 statement for each.
    items: Mapped[list["ItemModel"]] = relationship(
        order_by="ItemModel.id", passive_deletes="all", lazy="raise"
    )

    @classmethod
    def find_page(cls, first, size):
        """Return so many stores from the first on, and how many there are in all."""
        total = count(cls)
        # Nobody is going to change these stores, so rows will do: they are made in a
        # third of the time of objects.
        query = db.select(cls.id, cls.name).order_by(cls.id)
        page = query.offset(min(first, total)).limit(size)
        return db.session.execute(page).all(), total

    @classmethod
    def find(cls, name):
        """Return the store of that name with its items, or None."""
        query = db.select(cls).where(cls.name == name)
        return db.session.scalar(query.options(selectinload(cls.items)))

    @classmethod
    def add(cls, name):
        """Add a store and return it; raise NameTaken if there is one of that name."""
        store = cls(name=name, items=[])
        db.session.add(store)
        try:
            db.session.commit()
        except IntegrityError:
            # We do not look first whether the name is free: another request might take
            # it in between. The unique constraint decides.
            db.session.rollback()
            raise NameTaken from None
        return store

    @classmethod
    def delete(cls, name):
        """Delete a store with its items; return whether there was one."""
        deleted = db.session.execute(db.delete(cls).where(cls.name == name)).rowcount
        db.session.commit()
        return deleted == 1
