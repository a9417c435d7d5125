"""Schemas: the fields of requests and responses, and the rules for their values."""

import unicodedata

from marshmallow import Schema, fields, validate


def strip(value):
    """Remove the whitespace around a string; leave other values to the validators."""
    return value.strip() if isinstance(value, str) else value


def clean(value):
    """Do that, and write each accented letter in one form: NFC."""
    value = strip(value)
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def lower(value):
    """Write an address in lower case, as all mail services read it."""
    value = strip(value)
    return value.lower() if isinstance(value, str) else value


SURROGATES = {chr(code) for code in range(0xD800, 0xE000)}  # cannot be stored
IS_UNICODE = validate.ContainsNoneOf(SURROGATES, error="This is not valid Unicode.")
ID = validate.Range(1, 2**31 - 1)  # the limit of PostgreSQL's INTEGER
TEXT = [validate.Regexp(r"^[^\x00]*$", error="NUL is not valid here."), IS_UNICODE]
LINE = [  # a line break in a header of a mail would begin another header
    validate.Regexp(
        r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd]*\Z",
        error="Control characters, such as line breaks, are not valid here.",
    ),
    IS_UNICODE,
]
ADDRESS = [
    validate.Email(),
    validate.Length(max=254),
    # Other letters would need SMTPUTF8, which many mail servers do not have.
    validate.Regexp(r"^[\x21-\x7e]*\Z", error="Only ASCII characters are valid here."),
]
PASSWORD = [validate.Length(8, 128), *TEXT]


def email_field():
    """Return the field for an e-mail address."""
    metadata = {"example": "maria@example.com", "format": "email"}
    return fields.String(
        required=True, pre_load=lower, validate=ADDRESS, metadata=metadata
    )


def name_field(longest, example):
    """Return the field for a line that people read."""
    rules = [validate.Length(1, longest), *LINE]
    metadata = {"example": example}
    return fields.String(
        required=True, pre_load=clean, validate=rules, metadata=metadata
    )


def password_field():
    """Return the field for a new password."""
    metadata = {"example": "correct horse battery"}
    return fields.String(required=True, validate=PASSWORD, metadata=metadata)


def direction_field():
    """Return the field for the language that is shown, and the one of the answer."""
    return fields.String(
        load_default="es-en", validate=validate.OneOf(["es-en", "en-es"])
    )


class RegisterSchema(Schema):
    """A new user."""

    name = name_field(40, "María")
    email = email_field()
    password = password_field()


class LoginSchema(Schema):
    """The credentials of a user."""

    email = fields.String(
        required=True,
        pre_load=lower,
        validate=TEXT,
        metadata={"example": "ana@example.com"},
    )
    password = fields.String(
        required=True, validate=TEXT, metadata={"example": "open-sesame"}
    )


class EmailSchema(Schema):
    """An e-mail address."""

    email = email_field()


class NewPasswordSchema(Schema):
    """A new password."""

    password = password_field()


class UserSchema(Schema):
    """A user, without the password."""

    id = fields.Integer(dump_only=True)
    name = name_field(40, "María")
    email = fields.String(dump_only=True)
    role = fields.String(dump_only=True, validate=validate.OneOf(["user", "admin"]))
    reminders = fields.Boolean(required=True)


class UnsubscribeSchema(Schema):
    """The token in the link that ends reminders."""

    token = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Za-z0-9_-]{22}\Z"),
        metadata={"example": "cxBC3j1Kn5MCRl4dwHr3aQ"},
    )


class UsersSchema(Schema):
    """The list of users."""

    users = fields.Nested(UserSchema, many=True)


class SessionSchema(Schema):
    """What a login or a refresh returns; the refresh token is in a cookie."""

    access_token = fields.String()
    user = fields.Nested(UserSchema)


class UserIdSchema(Schema):
    """The id of a user in the path of a URL."""

    user_id = fields.Integer(required=True, validate=ID, metadata={"example": 1})


class ListIdSchema(Schema):
    """The id of a list in the path of a URL."""

    list_id = fields.Integer(required=True, validate=ID, metadata={"example": 1})


class WordIdSchema(Schema):
    """The id of a word in the path of a URL."""

    word_id = fields.Integer(required=True, validate=ID, metadata={"example": 1})


class WordSchema(Schema):
    """A word; "/" separates alternatives."""

    id = fields.Integer(dump_only=True)
    list_id = fields.Integer(dump_only=True)
    spanish = name_field(80, "el coche / el carro")
    english = name_field(80, "the car")


class ListSchema(Schema):
    """A list of words."""

    id = fields.Integer(dump_only=True)
    name = name_field(80, "In the kitchen")
    owner_id = fields.Integer(dump_only=True, metadata={"nullable": True})
    words_count = fields.Integer(dump_only=True)
    due = fields.Integer(dump_only=True, metadata={"nullable": True})


class ListsSchema(Schema):
    """The lists that a user, or a visitor, sees."""

    lists = fields.Nested(ListSchema, many=True)


class ListWithWordsSchema(ListSchema):
    """A list with its words."""

    words = fields.Nested(WordSchema, many=True)


class DueQuerySchema(Schema):
    """Which due words to return."""

    direction = direction_field()
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))


class DueWordSchema(Schema):
    """A word to ask; a new one is in no box yet."""

    id = fields.Integer()
    prompt = fields.String()
    box = fields.Integer(metadata={"nullable": True})
    due_at = fields.DateTime(metadata={"nullable": True})


class DueSchema(Schema):
    """The words to ask, how many there are, and when the next one will be due."""

    words = fields.Nested(DueWordSchema, many=True)
    due = fields.Integer()
    next_due_at = fields.DateTime(metadata={"nullable": True})


class AnswerSchema(Schema):
    """An answer."""

    direction = direction_field()
    answer = fields.String(
        required=True,
        validate=[validate.Length(max=200), *TEXT],
        metadata={"example": "the coffee"},
    )


class ResultSchema(Schema):
    """Whether an answer is right, and what that means for the schedule."""

    correct = fields.Boolean()
    hint = fields.String(metadata={"nullable": True})
    solution = fields.String()
    counted = fields.Boolean()
    box = fields.Integer(metadata={"nullable": True})
    due_at = fields.DateTime(metadata={"nullable": True})


class BoxSchema(Schema):
    """A box, the days after which its words are due, and how many words it has."""

    box = fields.Integer()
    days = fields.Integer()
    words = fields.Integer()


class ProgressSchema(Schema):
    """How far a user is."""

    boxes = fields.Nested(BoxSchema, many=True)
    due = fields.Integer()
    new = fields.Integer()


class MessageSchema(Schema):
    """A sentence for people."""

    message = fields.String(required=True)


class ErrorSchema(MessageSchema):
    """Every error: what is wrong, in which fields, and a code for programs."""

    error = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
