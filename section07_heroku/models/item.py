"""Items, each in one store."""

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from db import NameTaken, NoSuchStore, db
from models.store import StoreModel


class ItemModel(db.Model):
    """An item, which is in one store."""

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price_is_not_negative"),
        {"sqlite_autoincrement": True},  # no id is ever reused
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    # Exact in PostgreSQL. SQLite has no such type, and stores a float.
    price: Mapped[float] = mapped_column(Numeric(10, 2, asdecimal=False))
    store_id: Mapped[int] = mapped_column(
        ForeignKey("stores.id", ondelete="CASCADE"), index=True
    )

    @classmethod
    def find_page(cls, first, size):
        """Return a page of items, and how many items there are in all."""
        total = db.session.scalar(db.select(db.func.count()).select_from(cls))
        # An offset beyond the last item may be too large a number for the database.
        page = db.select(cls).order_by(cls.id).offset(min(first, total)).limit(size)
        return db.session.scalars(page).all(), total

    @classmethod
    def find(cls, name):
        """Return the item of that name, or None."""
        return db.session.scalar(db.select(cls).where(cls.name == name))

    @classmethod
    def add(cls, name, price, store_id):
        """Add an item and return it; raise NameTaken or NoSuchStore."""
        item = cls(name=name, price=price, store_id=store_id)
        db.session.add(item)
        try:
            db.session.commit()
        except IntegrityError:  # the database has rejected the row: find out why
            db.session.rollback()
            if db.session.get(StoreModel, store_id) is None:
                raise NoSuchStore from None
            raise NameTaken from None
        return item

    @classmethod
    def put(cls, name, price, store_id):
        """Add or replace an item; return it, and whether it is new."""
        update = db.update(cls).where(cls.name == name).returning(cls)
        try:
            item = db.session.scalar(update.values(price=price, store_id=store_id))
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            raise NoSuchStore from None
        if item is not None:
            return item, False
        try:
            return cls.add(name, price, store_id), True
        except NameTaken:  # another request has added it since the update
            return cls.put(name, price, store_id)

    @classmethod
    def delete(cls, name):
        """Delete an item; return whether it existed."""
        deleted = db.session.execute(db.delete(cls).where(cls.name == name)).rowcount
        db.session.commit()
        return deleted == 1
