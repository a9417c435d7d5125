"""The resources /items and /item/<name>."""

from flask import jsonify, url_for
from flask.views import MethodView
from flask_jwt_extended import current_user, get_jwt
from flask_smorest import abort

from api import NEEDS_TOKEN, TAKES_TOKEN, Blueprint
from checks import read_name
from models import ItemModel, NameTaken, NoSuchStore
from schemas import (
    NAME_IN_URL,
    CreatedItemsSchema,
    ItemNamesSchema,
    ItemSchema,
    ItemsSchema,
    MessageSchema,
)
from tokens import admin_required, jwt_required

blp = Blueprint("items", __name__, description="What the shop sells.")


def refuse_store(store_id):
    """Answer 422 for an item of a store that does not exist."""
    problem = f"There is no store with the id {store_id}."
    abort(422, message=problem, errors={"store_id": [problem]})


@blp.route("/items")
class Items(MethodView):
    """All items."""

    @jwt_required(optional=True)
    @blp.doc(security=TAKES_TOKEN)
    @blp.response(200, {"anyOf": [ItemNamesSchema, ItemsSchema, CreatedItemsSchema]})
    @blp.errors(401)
    @blp.paginate()
    def get(self, pagination_parameters):
        """List the items: their names to visitors, all to users, and more to admins."""
        pages = pagination_parameters
        items, pages.item_count = ItemModel.find_page(pages.first_item, pages.page_size)
        if not current_user:
            names = [item.name for item in items]
            return jsonify(items=names, message="More data available if you log in.")
        # What the token says of the role is good enough here: at the next refresh, it
        # says what the database says.
        schema = CreatedItemsSchema if get_jwt()["role"] == "admin" else ItemsSchema
        return jsonify(schema().dump({"items": items}))


@blp.route("/item/<name>", parameters=[NAME_IN_URL])
class Item(MethodView):
    """One item."""

    @jwt_required()
    @blp.doc(security=NEEDS_TOKEN)
    @blp.response(200, ItemSchema)
    @blp.errors(401, 404)
    def get(self, name):
        """Show one item."""
        name = read_name(name, 404)
        item = ItemModel.find(name)
        if item is None:
            abort(404, message=f"There is no item named {name!r}.")
        return item

    @jwt_required(fresh=True)
    @blp.doc(security=NEEDS_TOKEN)
    @blp.arguments(ItemSchema)
    @blp.response(201, ItemSchema)
    @blp.errors(400, 401, 409, 413, 415)
    def post(self, new, name):
        """Add an item, with a fresh token."""
        name = read_name(name)
        try:
            item = ItemModel.add(name, **new, creator_id=current_user.id)
        except NoSuchStore:
            refuse_store(new["store_id"])
        except NameTaken:
            abort(409, message=f"An item named {name!r} already exists.")
        return item, 201, {"Location": url_for("items.Item", name=name)}

    @jwt_required()
    @blp.doc(security=NEEDS_TOKEN)
    @blp.arguments(ItemSchema)
    @blp.response(200, ItemSchema)
    @blp.alt_response(201, schema=ItemSchema, success=True)
    @blp.errors(400, 401, 413, 415)
    def put(self, new, name):
        """Set the price of an item, which is added if it is not there yet."""
        name = read_name(name)
        try:
            item, is_new = ItemModel.put(name, **new, creator_id=current_user.id)
        except NoSuchStore:
            refuse_store(new["store_id"])
        if not is_new:
            return item
        return item, 201, {"Location": url_for("items.Item", name=name)}

    @admin_required
    @blp.doc(security=NEEDS_TOKEN)
    @blp.response(200, MessageSchema)
    @blp.errors(401, 403, 404)
    def delete(self, name):
        """Delete an item, as an admin."""
        name = read_name(name, 404)
        if not ItemModel.delete(name):
            abort(404, message=f"There is no item named {name!r}.")
        return {"message": f"Item {name!r} is deleted."}
