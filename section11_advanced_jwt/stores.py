"""The resources /stores and /store/<name>."""

from flask import jsonify, url_for
from flask.views import MethodView
from flask_smorest import abort

from api import NEEDS_TOKEN, Blueprint
from checks import read_name
from models import ItemModel, NameTaken, StoreModel
from schemas import NAME_IN_URL, MessageSchema, StoreSchema, StoresSchema, show_item
from tokens import admin_required, jwt_required

blp = Blueprint("stores", __name__, description="Where the items are.")


@blp.route("/stores")
class Stores(MethodView):
    """All stores."""

    @blp.response(200, StoresSchema)
    @blp.paginate()
    def get(self, pagination_parameters):
        """List the stores with their items, page by page."""
        pages = pagination_parameters
        found, pages.item_count = StoreModel.find_page(
            pages.first_item, pages.page_size
        )
        stores = {
            row.id: {"id": row.id, "name": row.name, "items": []} for row in found
        }
        for item in ItemModel.find_in_stores(stores):
            stores[item.store_id]["items"].append(show_item(item))
        # A whole response, which StoresSchema describes but need not make any more.
        return jsonify(stores=list(stores.values()))


@blp.route("/store/<name>", parameters=[NAME_IN_URL])
class Store(MethodView):
    """One store."""

    @blp.response(200, StoreSchema)
    @blp.errors(404)
    def get(self, name):
        """Show one store with its items."""
        name = read_name(name, 404)
        store = StoreModel.find(name)
        if store is None:
            abort(404, message=f"There is no store named {name!r}.")
        return store

    @jwt_required()
    @blp.doc(security=NEEDS_TOKEN)
    @blp.response(201, StoreSchema)
    @blp.errors(401, 409, 422)
    def post(self, name):
        """Open a store, with no items yet."""
        name = read_name(name)
        try:
            store = StoreModel.add(name)
        except NameTaken:
            abort(409, message=f"A store named {name!r} already exists.")
        return store, 201, {"Location": url_for("stores.Store", name=name)}

    @admin_required
    @blp.doc(security=NEEDS_TOKEN)
    @blp.response(200, MessageSchema)
    @blp.errors(401, 403, 404)
    def delete(self, name):
        """Close a store, as an admin; its items go with it."""
        name = read_name(name, 404)
        if not StoreModel.delete(name):
            abort(404, message=f"There is no store named {name!r}.")
        return {"message": f"Store {name!r} is deleted, with its items."}
