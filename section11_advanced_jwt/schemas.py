"""What goes in and out as JSON: the fields, their types, and what they may be."""

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from checks import LARGEST_ID, check_name, check_price, check_text

# What check_name and check_text take, as regular expressions for the documentation.
INSIDE = r"[^/\x00-\x1f\x7f-\x9f\ufffd]"
EDGE = r"[^\s/\x00-\x1f\x7f-\x9f\ufffd]"  # no blank either
NAME = rf"^\s*(?!\.{{1,2}}\s*$){EDGE}({INSIDE}{{0,78}}{EDGE})?\s*$"
USERNAME = rf"^\s*{EDGE}{INSIDE}{{1,78}}{EDGE}\s*$"
TEXT = r"^[^\x00]*$"

NAME_IN_URL = {
    "in": "path",
    "name": "name",
    "description": "1 to 80 characters, of any script.",
    "schema": {"type": "string", "pattern": NAME},
    "example": "Chair",
}

USER_ID_IN_URL = {
    "in": "path",
    "name": "user_id",
    "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    "example": 1,
}


class Price(fields.Field):
    """A number such as 15.99 in JSON, and 1599 cents in Python."""

    def _deserialize(self, value, attr, data, **kwargs):
        try:
            return check_price(value)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None

    def _serialize(self, value, attr, obj, **kwargs):
        return value / 100


class Text(fields.String):
    """A text that a person can type."""

    def _deserialize(self, value, attr, data, **kwargs):
        try:
            return check_text(value)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None


class Username(Text):
    """The name of a user; blanks around it are not part of it."""

    def _deserialize(self, value, attr, data, **kwargs):
        return super()._deserialize(value, attr, data, **kwargs).strip()


class BodySchema(Schema):
    """What every body has in common: unknown fields are mistakes."""

    class Meta:
        unknown = RAISE


class ItemSchema(BodySchema):
    """An item. Its name stands in the URL; a body brings the rest."""

    id = fields.Integer(dump_only=True)
    name = fields.String(dump_only=True)
    price = Price(
        required=True,
        metadata={
            "type": "number",
            "minimum": 0,
            "maximum": 99_999_999.99,
            "multipleOf": 0.01,
            "example": 15.99,
        },
    )
    store_id = fields.Integer(
        required=True,
        strict=True,  # 1, but neither "1" nor 1.0
        validate=validate.Range(1, LARGEST_ID),
        metadata={"example": 1},
    )


def show_item(item):
    """Return an item as ItemSchema shows it, in a fifth of the time: for long lists."""
    return {
        "id": item.id,
        "name": item.name,
        "price": item.price / 100,
        "store_id": item.store_id,
    }


class ItemsSchema(Schema):
    """The list of items, as users see it."""

    items = fields.List(fields.Nested(ItemSchema))


class ItemNamesSchema(Schema):
    """The list of items, as visitors see it."""

    items = fields.List(fields.String())
    message = fields.String()


class CreatedItemSchema(ItemSchema):
    """An item, and who has created it when."""

    created_by = fields.String(
        attribute="creator.username", dump_default=None, metadata={"nullable": True}
    )
    created_at = fields.DateTime(metadata={"nullable": True})


class CreatedItemsSchema(Schema):
    """The list of items, as admins see it."""

    items = fields.List(fields.Nested(CreatedItemSchema))


class NewUsername(Username):
    """The name of a user to be: 3 to 80 characters that a name may have."""

    def _deserialize(self, value, attr, data, **kwargs):
        name = super()._deserialize(value, attr, data, **kwargs)
        try:
            return check_name(name, shortest=3)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None


class StoreSchema(Schema):
    """A store with its items."""

    id = fields.Integer()
    name = fields.String()
    items = fields.List(fields.Nested(ItemSchema))


class StoresSchema(Schema):
    """The list of stores."""

    stores = fields.List(fields.Nested(StoreSchema))


class RegisterSchema(BodySchema):
    """Somebody who wants to become a user."""

    username = NewUsername(
        required=True, metadata={"pattern": USERNAME, "example": "maria"}
    )
    password = Text(
        required=True,
        validate=validate.Length(8, 128),
        metadata={"pattern": TEXT, "example": "correct horse battery"},
    )


class RegisteredSchema(Schema):
    """Somebody who has become one."""

    id = fields.Integer()
    username = fields.String()
    message = fields.String()


class UserSchema(Schema):
    """A user, of whose password nothing is shown."""

    id = fields.Integer()
    username = fields.String()
    role = fields.String(validate=validate.OneOf(["user", "admin"]))


class PasswordsSchema(BodySchema):
    """A password, and the one to have instead."""

    old = Text(required=True, metadata={"pattern": TEXT, "example": "open-sesame"})
    new = Text(
        required=True,
        validate=validate.Length(8, 128),
        metadata={"pattern": TEXT, "example": "correct horse battery"},
    )


class LoginSchema(BodySchema):
    """What proves who one is."""

    username = Username(required=True, metadata={"pattern": TEXT, "example": "ana"})
    password = Text(required=True, metadata={"pattern": TEXT, "example": "open-sesame"})


class TokensSchema(Schema):
    """What one gets for it."""

    access_token = fields.String()
    refresh_token = fields.String()


class MessageSchema(Schema):
    """A sentence for a person."""

    message = fields.String(required=True)


class ErrorSchema(MessageSchema):
    """Every error: what is wrong, in which fields, and a code for programs."""

    error = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
