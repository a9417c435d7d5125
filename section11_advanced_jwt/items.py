"""The resources /items and /item/<name>."""

from flask import jsonify, url_for
from flask.views import MethodView
from flask_jwt_extended import current_user, get_jwt
from flask_smorest import abort

from api import Blueprint
from models import ItemModel, NameTaken, NoSuchStore
from schemas import (
    CreatedItemsSchema,
    ItemNamesSchema,
    ItemSchema,
    ItemsSchema,
    MessageSchema,
    NameSchema,
)

blp = Blueprint("items", __name__, description="Items in the stores.")


@blp.route("/items")
class Items(MethodView):
    """All items."""

    @blp.login_required(optional=True)
    @blp.response(200, {"anyOf": [ItemNamesSchema, ItemsSchema, CreatedItemsSchema]})
    @blp.paginate()
    def get(self, pagination_parameters):
        """List the items: names for visitors, items for users, creators for admins."""
        page = pagination_parameters
        items, page.item_count = ItemModel.find_page(page.first_item, page.page_size)
        if not current_user:
            names = [item.name for item in items]
            return jsonify(items=names, message="More data available if you log in.")
        # The role in the token is good enough here: it was right at the last refresh.
        schema = CreatedItemsSchema if get_jwt()["role"] == "admin" else ItemsSchema
        return jsonify(schema().dump({"items": items}))


@blp.route("/item/<name>")
class Item(MethodView):
    """One item."""

    @blp.login_required()
    @blp.arguments(NameSchema, location="path", error_status_code=404)
    @blp.response(200, ItemSchema)
    def get(self, name):
        """Show one item."""
        item = ItemModel.find(name)
        if item is None:
            abort(404, message=f"There is no item named {name!r}.")
        return item

    @blp.login_required(fresh=True)
    @blp.arguments(NameSchema, location="path")
    @blp.arguments(ItemSchema)
    @blp.response(201, ItemSchema, also=[409])
    def post(self, new, name):
        """Add an item, with a fresh token."""
        try:
            item = ItemModel.add(name, **new, creator_id=current_user.id)
        except NoSuchStore:
            respond_no_store(new["store_id"])
        except NameTaken:
            abort(409, message=f"An item named {name!r} already exists.")
        return item, 201, {"Location": url_for("items.Item", name=name)}

    @blp.login_required()
    @blp.arguments(NameSchema, location="path")
    @blp.arguments(ItemSchema)
    @blp.response(200, ItemSchema, also=[201])
    def put(self, new, name):
        """Replace an item; create it if it does not exist."""
        try:
            item, is_new = ItemModel.put(name, **new, creator_id=current_user.id)
        except NoSuchStore:
            respond_no_store(new["store_id"])
        if not is_new:
            return item
        return item, 201, {"Location": url_for("items.Item", name=name)}

    @blp.login_required(admin=True)
    @blp.arguments(NameSchema, location="path", error_status_code=404)
    @blp.response(200, MessageSchema)
    def delete(self, name):
        """Delete an item, as an admin."""
        if not ItemModel.delete(name):
            abort(404, message=f"There is no item named {name!r}.")
        return {"message": f"Item {name!r} is deleted."}


def respond_no_store(store_id):
    """Respond 422 to an item in a store that does not exist."""
    message = f"There is no store with the id {store_id}."
    abort(422, message=message, errors={"store_id": [message]})
