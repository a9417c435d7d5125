"""The resources /items and /item/<name>."""

from flask import url_for
from flask.views import MethodView
from flask_smorest import abort

from api import Blueprint
from models import ItemModel, NameTaken
from schemas import ItemSchema, ItemsSchema, MessageSchema, NameSchema

blp = Blueprint("items", __name__, description="Items in the shop.")


@blp.route("/items")
class Items(MethodView):
    """All items."""

    @blp.response(200, ItemsSchema)
    def get(self):
        """List every item."""
        return {"items": ItemModel.find_all()}


@blp.route("/item/<name>")
class Item(MethodView):
    """One item."""

    @blp.arguments(NameSchema, location="path", error_status_code=404)
    @blp.response(200, ItemSchema)
    def get(self, name):
        """Show one item."""
        item = ItemModel.find(name)
        if item is None:
            abort(404, message=f"There is no item named {name!r}.")
        return item

    @blp.login_required()
    @blp.arguments(NameSchema, location="path")
    @blp.arguments(ItemSchema)
    @blp.response(201, ItemSchema, also=[409])
    def post(self, new, name):
        """Add an item."""
        try:
            item = ItemModel.add(name, **new)
        except NameTaken:
            abort(409, message=f"An item named {name!r} already exists.")
        return item, 201, {"Location": url_for("items.Item", name=name)}

    @blp.login_required()
    @blp.arguments(NameSchema, location="path")
    @blp.arguments(ItemSchema)
    @blp.response(200, ItemSchema, also=[201])
    def put(self, new, name):
        """Set the price of an item; create the item if it does not exist."""
        item, is_new = ItemModel.put(name, **new)
        if not is_new:
            return item
        return item, 201, {"Location": url_for("items.Item", name=name)}

    @blp.login_required()
    @blp.arguments(NameSchema, location="path", error_status_code=404)
    @blp.response(200, MessageSchema)
    def delete(self, name):
        """Delete an item."""
        if not ItemModel.delete(name):
            abort(404, message=f"There is no item named {name!r}.")
        return {"message": f"Item {name!r} is deleted."}
