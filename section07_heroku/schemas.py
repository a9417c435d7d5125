"""Schemas: the fields of requests and responses, and the rules for their values."""

from marshmallow import Schema, ValidationError, fields, validate


def strip(value):
    """Remove the whitespace around a string; leave other values to the validators."""
    return value.strip() if isinstance(value, str) else value


def check_price(price):
    """Raise ValidationError for a string, and for fractions of a cent."""
    if isinstance(price, str):
        raise ValidationError("Send a number, without quotes.")
    if isinstance(price, float) and round(price, 2) != price:
        raise ValidationError("A price has at most two decimals.")
    return price


SURROGATES = {chr(code) for code in range(0xD800, 0xE000)}  # cannot be stored
IS_UNICODE = validate.ContainsNoneOf(SURROGATES, error="This is not valid Unicode.")
# In a URL, "/" is a separator, and "." and ".." are relative paths.
NAME = [
    validate.Length(1, 80),
    validate.Regexp(
        r"^(?!\.\.?$)[^/\x00-\x1f\x7f-\x9f\ufffd]*$",
        error="A name has no '/' and no control characters, and is not '.' or '..'.",
    ),
    IS_UNICODE,
]
ID = validate.Range(1, 2**31 - 1)  # the limit of PostgreSQL's INTEGER
TEXT = [validate.Regexp(r"^[^\x00]*$", error="NUL is not valid here."), IS_UNICODE]


class NameSchema(Schema):
    """The name in the path of a URL."""

    name = fields.String(
        required=True, pre_load=strip, validate=NAME, metadata={"example": "Chair"}
    )


class ItemSchema(Schema):
    """An item; its name is in the URL, and the rest in the body."""

    id = fields.Integer(dump_only=True)
    name = fields.String(dump_only=True)
    price = fields.Float(
        required=True,
        pre_load=check_price,
        validate=validate.Range(0, 99_999_999.99),
        metadata={"multipleOf": 0.01, "example": 15.99},
    )
    # strict: 1 is valid, "1" and 1.0 are not
    store_id = fields.Integer(
        required=True, strict=True, validate=ID, metadata={"example": 1}
    )


class ItemsSchema(Schema):
    """The list of items."""

    items = fields.Nested(ItemSchema, many=True)


class StoreSchema(Schema):
    """A store with its items."""

    id = fields.Integer()
    name = fields.String()
    items = fields.Nested(ItemSchema, many=True)


class StoresSchema(Schema):
    """The list of stores."""

    stores = fields.Nested(StoreSchema, many=True)


class RegisterSchema(Schema):
    """The username and the password of a new user."""

    username = fields.String(
        required=True,
        pre_load=strip,
        validate=[validate.Length(3), *NAME],
        metadata={"example": "maria"},
    )
    password = fields.String(
        required=True,
        validate=[validate.Length(8, 128), *TEXT],
        metadata={"example": "correct horse battery"},
    )


class RegisteredSchema(Schema):
    """A user who has registered."""

    id = fields.Integer()
    username = fields.String()
    message = fields.String()


class LoginSchema(Schema):
    """The credentials of a user."""

    username = fields.String(
        required=True, pre_load=strip, validate=TEXT, metadata={"example": "ana"}
    )
    password = fields.String(
        required=True, validate=TEXT, metadata={"example": "open-sesame"}
    )


class TokenSchema(Schema):
    """The token that a login returns."""

    access_token = fields.String()


class MessageSchema(Schema):
    """A sentence for people."""

    message = fields.String(required=True)


class ErrorSchema(MessageSchema):
    """Every error: what is wrong, in which fields, and a code for programs."""

    error = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
