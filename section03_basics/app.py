"""Section 3: a REST API for stores and their items, in one file and in memory."""

import threading
import time
import uuid

from flask import Flask, abort, make_response, render_template, request, url_for
from werkzeug.datastructures import Authorization, WWWAuthenticate
from werkzeug.exceptions import BadRequest, HTTPException

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024  # bytes in a request's body
app.url_map.merge_slashes = False  # /store//item is a 404, not a redirect
app.json.sort_keys = False  # keep the order in which the views write their fields

# The data, which lasts until the process ends: each store's items, by name.
stores = {"My Wonderful Store": {"My Item": {"name": "My Item", "price": 15.99}}}
stocktakes = {}


@app.get("/")
def index():
    """Show a page that uses this API from a browser."""
    return render_template("index.html")


@app.get("/store")
def list_stores():
    """List every store with its items."""
    return {"stores": [store_as_json(*store) for store in list(stores.items())]}


@app.post("/store")
def create_store():
    """Create a store without items."""
    [name] = read_body("name")
    # Flask handles many requests at once, each in a thread of its own. setdefault()
    # looks for the name and adds it in one step, so that two clients cannot both do it.
    new = {}
    if stores.setdefault(name, new) is not new:
        abort(409, f"A store named {name!r} already exists.")
    return store_as_json(name, new), 201, location("get_store", name=name)


@app.get("/store/<name>")
def get_store(name):
    """Show one store with its items."""
    return store_as_json(name, find(stores, name))


@app.delete("/store/<name>")
def delete_store(name):
    """Delete a store and its items."""
    require_login()
    if stores.pop(name, None) is None:
        abort(404, f"There is no store named {name!r}.")
    return {"message": f"Store {name!r} is deleted."}


@app.get("/store/<name>/item")
def list_items(name):
    """List the items of one store."""
    return {"items": list(find(stores, name).values())}


@app.post("/store/<name>/item")
def create_item(name):
    """Add an item to a store."""
    item, price = read_body("name", "price")
    new = {"name": item, "price": price}
    if find(stores, name).setdefault(item, new) is not new:
        abort(409, f"This store already has an item named {item!r}.")
    return new, 201, location("get_item", name=name, item=item)


@app.get("/store/<name>/item/<item>")
def get_item(name, item):
    """Show one item of a store."""
    return find(find(stores, name), item)


@app.put("/store/<name>/item/<item>")
def put_item(name, item):
    """Set the price of an item; create the item if it does not exist."""
    [price] = read_body("price")
    [item] = check({"name": item}, "name")
    new = {"name": item, "price": price}
    items = find(stores, name)
    if items.setdefault(item, new) is new:
        return new, 201, location("get_item", name=name, item=item)
    items[item] = new
    return new


@app.delete("/store/<name>/item/<item>")
def delete_item(name, item):
    """Delete an item of a store."""
    if find(stores, name).pop(item, None) is None:
        abort(404, f"This store has no item named {item!r}.")
    return {"message": f"Item {item!r} is deleted."}


@app.post("/store/<name>/stocktake")
def start_stocktake(name):
    """Start counting the items of a store, which takes a while."""
    prices = [item["price"] for item in list(find(stores, name).values())]
    id = str(uuid.uuid4())
    stocktakes[id] = {"status": "running"}
    # A daemon thread does not keep the process alive after Ctrl-C.
    threading.Thread(target=take_stock, args=(id, prices), daemon=True).start()
    return {"status": "running"}, 202, location("get_stocktake", id=id)


@app.get("/stocktake/<id>")
def get_stocktake(id):
    """Show whether a stocktake is running or done, and its result."""
    return find(stocktakes, id)


def take_stock(id, prices):
    """Count items and add up their prices, in a thread of its own."""
    time.sleep(0.5)  # seconds: in a real store, counting takes longer
    value = round(sum(prices), 2)
    stocktakes[id] = {"status": "done", "items": len(prices), "value": value}


def find(things, name):
    """Return what is stored under a name, or respond 404."""
    found = things.get(name)
    if found is None:
        abort(404, f"There is nothing named {name!r} here.")
    return found


def store_as_json(name, items):
    """Return a store as clients see it."""
    return {"name": name, "items": list(items.values())}


def location(view, **variables):
    """Return the header that tells a client the URL of what it has created."""
    return {"Location": url_for(view, **variables)}


def read_body(*fields):
    """Return the values of these fields from the JSON body, or respond 400."""
    try:
        body = request.get_json()
    except (BadRequest, RecursionError):  # not JSON, or nested a thousand levels deep
        abort(400, "The body is not valid JSON.")
    if not isinstance(body, dict):
        abort(400, 'The body must be a JSON object: {"field": value}.')
    return check(body, *fields)


def check(body, *fields):
    """Return the values of these fields, or respond 400 and list what is wrong."""
    checks = {"name": check_name, "price": check_price}
    values = []
    errors = {field: ["Unknown field."] for field in body if field not in fields}
    for field in fields:
        try:
            values.append(checks[field](body.get(field)))
        except ValueError as error:
            errors[field] = [str(error)]
    if errors:
        message = "Some fields are not valid: see 'errors'."
        abort(make_response({"message": message, "errors": errors}, 400))
    return values


def check_name(name):
    """Return a name without the whitespace around it, or raise ValueError."""
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 80 or "/" in name:
        raise ValueError("A name is a string of 1 to 80 characters, without '/'.")
    name.encode()  # raises ValueError if it is not valid Unicode
    return name.strip()


def check_price(price):
    """Return a price, or raise ValueError. To Python, True is a number, too."""
    is_number = isinstance(price, int | float) and not isinstance(price, bool)
    if not is_number or not 0 <= price <= 100_000_000:
        raise ValueError("A price is a number from 0 to 100 million.")
    return abs(price)  # -0.0 becomes 0.0


def require_login():
    """Respond 401 unless the request has the username and password (HTTP Basic)."""
    # For development only: from section 5 on, users choose their own passwords.
    login = Authorization("basic", {"username": "ana", "password": "open-sesame"})
    try:
        is_known = request.authorization == login
    except ValueError:  # the header is not even ASCII
        is_known = False
    if not is_known:
        basic = WWWAuthenticate("basic", {"realm": "the stores"})
        abort(401, "Log in with your username and password.", www_authenticate=basic)


@app.errorhandler(HTTPException)
def respond_with_json(error):
    """Respond to every error in JSON, and keep its headers, such as Allow."""
    response = error.get_response()
    response.data = app.json.dumps({"message": error.description})
    response.content_type = "application/json"
    return response
