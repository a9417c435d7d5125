"""Schemas: the fields of the API's requests and responses."""

from marshmallow import Schema, fields, validate

from enrollment.rules import EMAIL, NAME, ONE_LINE, PASSWORD

IS_ONE_LINE = validate.Regexp(ONE_LINE, error="This is not one line of text.")


def name_field(example):
    """Return a field for a part of a name."""
    return fields.String(
        required=True,
        validate=[validate.Length(*NAME), IS_ONE_LINE],
        metadata={"example": example},
    )


class UserSchema(Schema):
    """A user: what the API shows, which is never the password or its hash."""

    id = fields.String(dump_only=True, metadata={"example": "65a1b2c3d4e5f60718293a4b"})
    email = fields.Email(
        required=True,
        validate=[validate.Length(*EMAIL), IS_ONE_LINE],
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
        validate=[validate.Length(*PASSWORD), IS_ONE_LINE],
        metadata={"example": "a long password"},
    )


class UsersSchema(Schema):
    """A page of the list of users."""

    users = fields.List(fields.Nested(UserSchema))


class MessageSchema(Schema):
    """A sentence about what was done."""

    message = fields.String()


class ErrorSchema(MessageSchema):
    """What is wrong, and in which fields."""

    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
