"""Words, each in one list."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from db import Missing, NameTaken, db
from models.word_list import ListModel


class WordModel(db.Model):
    """A word in two languages; "/" separates alternatives: el coche / el carro."""

    __tablename__ = "words"
    __table_args__ = (
        UniqueConstraint("list_id", "spanish"),
        {"sqlite_autoincrement": True},  # no id is ever reused
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("lists.id", ondelete="CASCADE"))
    spanish: Mapped[str] = mapped_column(String(80))
    english: Mapped[str] = mapped_column(String(80))
    list: Mapped[ListModel] = relationship(lazy="raise", back_populates="words")

    @classmethod
    def find(cls, word_id, user):
        """Return a word with its list, or None if the user may not see that."""
        query = db.select(cls).join(cls.list).options(contains_eager(cls.list))
        return db.session.scalar(
            query.where(cls.id == word_id, ListModel.visible_to(user))
        )

    @classmethod
    def add(cls, list_id, spanish, english):
        """Add a word to a list; raise NameTaken, or Missing if the list is gone."""
        word = cls(list_id=list_id, spanish=spanish, english=english)
        db.session.add(word)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            taken = db.select(cls.id).filter_by(list_id=list_id, spanish=spanish)
            raise (NameTaken if db.session.scalar(taken) else Missing) from None
        return word

    def change(self, spanish, english):
        """Change the word; raise NameTaken if its list has another one like that."""
        self.spanish, self.english = spanish, english
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            raise NameTaken from None

    @classmethod
    def delete(cls, word_id):
        """Delete a word, and all progress with it."""
        db.session.execute(db.delete(cls).where(cls.id == word_id))
        db.session.commit()
