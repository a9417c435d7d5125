"""Items, each in one store."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from db import UtcDateTime, count, db
from models.errors import NameTaken, NoSuchStore, NoSuchUser
from models.store import StoreModel
from models.user import UserModel


class ItemModel(db.Model):
    """An item, which is in one store. Its price is in cents, which add up exactly."""

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price_is_not_negative"),
        {"sqlite_autoincrement": True},  # no number is used twice
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    price: Mapped[int] = mapped_column(BigInteger)  # up to 9,999,999,999
    store_id: Mapped[int] = mapped_column(
        ForeignKey("stores.id", ondelete="CASCADE"), index=True
    )
    # Of items that were there before section 11, or whose creator is gone, nothing is
    # known.
    creator_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    creator: Mapped[UserModel | None] = relationship(lazy="raise")
    created_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, default=lambda: datetime.now(UTC)
    )

    @classmethod
    def find_page(cls, first, size):
        """Return so many items from the first on, and how many there are in all.

        They come with their creators, in the same statement.
        """
        total = count(cls)
        # A number beyond the last item may not even fit into the database.
        page = db.select(cls).order_by(cls.id).offset(min(first, total)).limit(size)
        with_creators = page.options(joinedload(cls.creator))
        return db.session.scalars(with_creators).all(), total

    @classmethod
    def find_in_stores(cls, store_ids):
        """Return the items of several stores: 1 statement, however many stores."""
        query = db.select(cls.id, cls.name, cls.price, cls.store_id)
        here = query.where(cls.store_id.in_(store_ids)).order_by(cls.id)
        return db.session.execute(here)

    @classmethod
    def find(cls, name):
        """Return the item of that name, or None."""
        return db.session.scalar(ITEM_BY_NAME, {"name": name})

    @classmethod
    def add(cls, name, price, store_id, creator_id):
        """Add an item and return it.

        Raise NameTaken, NoSuchStore or NoSuchUser if it cannot be.
        """
        item = cls(name=name, price=price, store_id=store_id, creator_id=creator_id)
        db.session.add(item)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            # The database has refused. Now we may look for the reason.
            if db.session.get(StoreModel, store_id) is None:
                raise NoSuchStore from None
            if UserModel.find_by_id(creator_id) is None:
                raise NoSuchUser from None
            if price < 0:
                raise  # for none of these reasons
            # There was an item of that name. Do not look for it: it may be gone again.
            raise NameTaken from None
        return item

    @classmethod
    def put(cls, name, price, store_id, creator_id):
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
            return cls.add(name, price, store_id, creator_id), True
        except NameTaken:  # another request has added it since we looked
            return cls.put(name, price, store_id, creator_id)

    @classmethod
    def delete(cls, name):
        """Delete an item; return whether there was one."""
        deleted = db.session.execute(db.delete(cls).where(cls.name == name)).rowcount
        db.session.commit()
        return deleted == 1


# What is asked most often is put together once, and run with another name each time:
# making a statement takes SQLAlchemy ten times as long as SQLite takes to answer it.
ITEM_BY_NAME = db.select(ItemModel).where(ItemModel.name == db.bindparam("name"))
