"""The resources /items and /item/<name>."""

from flask import url_for
from flask.views import MethodView
from flask_smorest import abort

from api import NEEDS_TOKEN, Blueprint
from checks import read_name
from models import ItemModel, NameTaken, NoSuchStore
from schemas import NAME_IN_URL, ItemSchema, ItemsSchema, MessageSchema
from tokens import jwt_required

blp = Blueprint("items", __name__, description="What the shop sells.")


def refuse_store(store_id):
    """Answer 422 for an item of a store that does not exist."""
    problem = f"There is no store with the id {store_id}."
    abort(422, message=problem, errors={"store_id": [problem]})


@blp.route("/items")
class Items(MethodView):
    """All items."""

    @blp.response(200, ItemsSchema)
    @blp.paginate()
    def get(self, pagination_parameters):
        """List the items, page by page."""
        pages = pagination_parameters
        items, pages.item_count = ItemModel.find_page(pages.first_item, pages.page_size)
        return {"items": items}


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
            item, is_new = ItemModel.put(name, **new)
        except NoSuchStore:
            refuse_store(new["store_id"])
        if not is_new:
            return item
        return item, 201, {"Location": url_for("items.Item", name=name)}

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
