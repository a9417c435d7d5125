"""The resources /stores and /store/<name>."""

from flask import url_for
from flask.views import MethodView
from flask_smorest import abort

from api import Blueprint
from models import NameTaken, StoreModel
from schemas import MessageSchema, NameSchema, StoreSchema, StoresSchema

blp = Blueprint("stores", __name__, description="Stores, which have items.")


@blp.route("/stores")
class Stores(MethodView):
    """All stores."""

    @blp.response(200, StoresSchema)
    @blp.paginate()
    def get(self, pagination_parameters):
        """List the stores with their items, page by page."""
        page = pagination_parameters
        stores, page.item_count = StoreModel.find_page(page.first_item, page.page_size)
        return {"stores": stores}


@blp.route("/store/<name>")
class Store(MethodView):
    """One store."""

    @blp.arguments(NameSchema, location="path", error_status_code=404)
    @blp.response(200, StoreSchema)
    def get(self, name):
        """Show one store with its items."""
        store = StoreModel.find(name)
        if store is None:
            abort(404, message=f"There is no store named {name!r}.")
        return store

    @blp.login_required()
    @blp.arguments(NameSchema, location="path")
    @blp.response(201, StoreSchema, also=[409])
    def post(self, name):
        """Add a store without items."""
        try:
            store = StoreModel.add(name)
        except NameTaken:
            abort(409, message=f"A store named {name!r} already exists.")
        return store, 201, {"Location": url_for("stores.Store", name=name)}

    @blp.login_required()
    @blp.arguments(NameSchema, location="path", error_status_code=404)
    @blp.response(200, MessageSchema)
    def delete(self, name):
        """Delete a store with its items."""
        if not StoreModel.delete(name):
            abort(404, message=f"There is no store named {name!r}.")
        return {"message": f"Store {name!r} is deleted, with its items."}
