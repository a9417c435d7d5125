"""The resources /items and /item/<name>."""

from flask import url_for
from flask.views import MethodView
from flask_smorest import abort

from api import NEEDS_TOKEN, Blueprint
from checks import read_name
from models import ItemModel, NameTaken
from schemas import NAME_IN_URL, ItemSchema, ItemsSchema, MessageSchema
from tokens import jwt_required

blp = Blueprint("items", __name__, description="What the shop sells.")


@blp.route("/items")
class Items(MethodView):
    """All items."""

    @blp.response(200, ItemsSchema)
    def get(self):
        """List every item."""
        return {"items": ItemModel.find_all()}


@blp.route("/item/<name>", parameters=[NAME_IN_URL])
class Item(MethodView):
    """One item."""

    @blp.response(200, ItemSchema)
    @blp.errors(404)
    def get(self, name):
        """Show one item."""
        name = read_name(name, 404)
        item = ItemModel.find(name)
        if item is None:
            abort(404, message=f"There is no item named {name!r}.")
        return item

    @jwt_required()
    @blp.doc(security=NEEDS_TOKEN)
    @blp.arguments(ItemSchema)
    @blp.response(201, ItemSchema)
    @blp.errors(400, 401, 409, 413, 415)
    def post(self, new, name):
        """Add an item."""
        name = read_name(name)
        try:
            item = ItemModel.add(name, **new)
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
        item, is_new = ItemModel.put(read_name(name), **new)
        if not is_new:
            return item
        return item, 201, {"Location": url_for("items.Item", name=item.name)}

    @jwt_required()
    @blp.doc(security=NEEDS_TOKEN)
    @blp.response(200, MessageSchema)
    @blp.errors(401, 404)
    def delete(self, name):
        """Delete an item."""
        name = read_name(name, 404)
        if not ItemModel.delete(name):
            abort(404, message=f"There is no item named {name!r}.")
        return {"message": f"Item {name!r} is deleted."}
