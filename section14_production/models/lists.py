"""Long lists, made from rows: objects and schemas would take most of the time."""

from db import db
from models.item import ItemModel
from models.store import StoreModel


def find_stores(first, size):
    """Return a page of stores with their items, as dictionaries, and the total number.

    This takes three statements, for one store or a hundred: count, stores, items.
    """
    total = db.session.scalar(db.select(db.func.count()).select_from(StoreModel))
    page = db.select(StoreModel.id, StoreModel.name).order_by(StoreModel.id)
    rows = db.session.execute(page.offset(min(first, total)).limit(size))
    stores = {id: {"id": id, "name": name, "items": []} for id, name in rows}
    columns = ItemModel.id, ItemModel.name, ItemModel.price, ItemModel.store_id
    items = db.select(*columns).where(ItemModel.store_id.in_(stores))
    for id, name, price, store_id in db.session.execute(items.order_by(ItemModel.id)):
        # SQLite returns 15.0 as 15.
        item = {"id": id, "name": name, "price": float(price), "store_id": store_id}
        stores[store_id]["items"].append(item)
    return list(stores.values()), total
