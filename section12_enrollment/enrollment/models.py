"""The documents in the database: users, courses and enrollments."""

from datetime import UTC, datetime

from bson import ObjectId
from flask import current_app
from flask_login import UserMixin
from mongoengine import (
    CASCADE,
    BooleanField,
    DateTimeField,
    Document,
    IntField,
    NotUniqueError,
    ReferenceField,
    StringField,
)
from werkzeug.security import check_password_hash, generate_password_hash

from enrollment.pipelines import courses_of


class EmailTaken(Exception):
    """Another user has this email address."""


class AlreadyEnrolled(Exception):
    """The student is already enrolled in this course."""


class User(Document, UserMixin):
    """A student, or an admin. Only a hash of the password is stored."""

    meta = {"collection": "users", "auto_create_index": False}  # see database.py

    email = StringField(required=True, unique=True, max_length=254)
    password_hash = StringField(required=True)
    first_name = StringField(required=True, max_length=50)
    last_name = StringField(required=True, max_length=50)
    is_admin = BooleanField(default=False)

    login_count = IntField(default=0)
    current_login_at = DateTimeField()
    current_login_ip = StringField()
    last_login_at = DateTimeField()  # the login before the current one
    last_login_ip = StringField()

    @classmethod
    def find(cls, user_id):
        """Return the user with this id, or None."""
        return cls.objects(id=user_id).first() if ObjectId.is_valid(user_id) else None

    @classmethod
    def add(cls, email, password, **fields):
        """Add a user and return it; raise EmailTaken if the address is registered."""
        user = cls(email=normalize(email), **fields)
        user.password_hash = hash_password(password)
        try:
            return user.save(force_insert=True)
        except NotUniqueError:
            # The unique index decides: two registrations at once cannot both succeed.
            raise EmailTaken from None

    def change(self, email, **fields):
        """Change the user; raise EmailTaken if the address is registered."""
        try:
            self.modify(email=normalize(email), **fields)
        except NotUniqueError:
            raise EmailTaken from None

    @classmethod
    def find_by_login(cls, email, password):
        """Return the user with these credentials, or None."""
        user = cls.objects(email=normalize(email)).first()
        if user is None:
            # Take as long as for a wrong password: the response time must not tell an
            # attacker which addresses are registered.
            hash_password(password)
            return None
        return user if check_password_hash(user.password_hash, password) else None

    def record_login(self, address):
        """Store when and from where the user logs in, and how often."""
        self.modify(
            inc__login_count=1,
            last_login_at=self.current_login_at,
            last_login_ip=self.current_login_ip,
            current_login_at=datetime.now(UTC),
            current_login_ip=address,
        )

    def find_courses(self):
        """Return the courses in which the user is enrolled, by term and code."""
        found = User.objects.aggregate(courses_of(self.id))
        return [document["course"] for document in found]


class Course(Document):
    """A course, in one term."""

    meta = {"collection": "courses", "auto_create_index": False, "indexes": ["term"]}

    code = StringField(required=True, unique=True, max_length=10)
    title = StringField(required=True, max_length=100)
    description = StringField(required=True, max_length=255)
    credits = IntField(required=True, min_value=0)
    term = StringField(required=True, max_length=25)


class Enrollment(Document):
    """A user's enrollment in a course."""

    meta = {
        "collection": "enrollments",
        "auto_create_index": False,
        # It also finds all the enrollments of a user, because user is its first field.
        "indexes": [{"fields": ["user", "course"], "unique": True}],
    }

    user = ReferenceField(User, required=True, reverse_delete_rule=CASCADE)
    course = ReferenceField(Course, required=True, reverse_delete_rule=CASCADE)
    enrolled_at = DateTimeField(required=True)

    @classmethod
    def add(cls, user, course):
        """Enroll a user in a course; raise AlreadyEnrolled if the user is in it."""
        now = datetime.now(UTC)
        try:
            cls(user=user.id, course=course, enrolled_at=now).save(force_insert=True)
        except NotUniqueError:
            raise AlreadyEnrolled from None


def normalize(email):
    """Return an email address in the one form in which it is stored."""
    return email.strip().lower()


def hash_password(password):
    """Return a salted hash, from which the password cannot be computed."""
    return generate_password_hash(password, current_app.config["PASSWORD_HASH"])
