"""Stores, each with many items."""

from sqlalchemy import String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from db import NameTaken, db


class StoreModel(db.Model):
    """A store, which has many items."""

    __tablename__ = "stores"
    __table_args__ = {"sqlite_autoincrement": True}  # no id is ever reused

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    # With lazy="raise", a query must ask for the items explicitly. By default,
    # SQLAlchemy loads them on first access: in a loop, one statement per store.
    # When a store is deleted, the database deletes its items (ondelete="CASCADE").
    items = relationship(
        "ItemModel", order_by="ItemModel.id", passive_deletes="all", lazy="raise"
    )

    @classmethod
    def find_page(cls, first, size):
        """Return a page of stores with their items, and how many stores there are."""
        total = db.session.scalar(db.select(db.func.count()).select_from(cls))
        page = db.select(cls).order_by(cls.id).offset(min(first, total)).limit(size)
        # One more statement loads the items of all these stores.
        return db.session.scalars(page.options(selectinload(cls.items))).all(), total

    @classmethod
    def find(cls, name):
        """Return the store of that name with its items, or None."""
        query = db.select(cls).where(cls.name == name)
        return db.session.scalar(query.options(selectinload(cls.items)))

    @classmethod
    def add(cls, name):
        """Add a store and return it; raise NameTaken if the name is in use."""
        store = cls(name=name, items=[])
        db.session.add(store)
        try:
            db.session.commit()
        except IntegrityError:
            # Do not check first whether the name is free: another request could take it
            # in between. The unique constraint decides.
            db.session.rollback()
            raise NameTaken from None
        return store

    @classmethod
    def delete(cls, name):
        """Delete a store with its items; return whether it existed."""
        deleted = db.session.execute(db.delete(cls).where(cls.name == name)).rowcount
        db.session.commit()
        return deleted == 1
