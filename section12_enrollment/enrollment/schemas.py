"""Schemas: the fields of the API's requests and responses."""

from marshmallow import Schema, fields, validate

from enrollment.rules import EMAIL, NAME, ONE_LINE, PASSWORD, strip

SURROGATES = {chr(code) for code in range(0xD800, 0xE000)}  # cannot be stored
TEXT = [
    validate.Regexp(ONE_LINE, error="Write it on one line."),
    validate.ContainsNoneOf(SURROGATES, error="This is not valid Unicode."),
]


def name_field(example):
    """Return a field for a first or last name."""
    return fields.String(
        required=True,
        pre_load=strip,
        validate=[validate.Length(*NAME), *TEXT],
        metadata={"example": example},
    )


class UserSchema(Schema):
    """A user: what the API shows, which is never the password or its hash."""

    id = fields.String(dump_only=True, metadata={"example": "65a1b2c3d4e5f60718293a4b"})
    email = fields.Email(
        required=True,
        pre_load=strip,
        validate=[validate.Length(*EMAIL), *TEXT],
        metadata={"example": "eve@example.edu"},
    )
    first_name = name_field("Eve")
    last_name = name_field("Adams")
    is_admin = fields.Boolean(dump_only=True)
    login_count = fields.Integer(dump_only=True)


class NewUserSchema(UserSchema):
    """A new user, with a password."""

    password = fields.String(
        required=True,
        load_only=True,
        validate=[validate.Length(*PASSWORD), *TEXT],
        metadata={"example": "a long password"},
    )


class UsersSchema(Schema):
    """A page of the list of users."""

    users = fields.List(fields.Nested(UserSchema))


class MessageSchema(Schema):
    """A message about what was done."""

    message = fields.String()


class ErrorSchema(MessageSchema):
    """What is wrong, and in which fields."""

    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
