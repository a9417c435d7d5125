"""Section 3: stores and their items over HTTP, in one file and in memory."""

import hmac
import json
import math
import re
import threading
import time
from decimal import Decimal
from functools import partial

from flask import Flask, abort, render_template, request, url_for
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

app = Flask(__name__)
app.url_map.merge_slashes = False  # /store//x is no address: 404, not a redirect
app.config["MAX_CONTENT_LENGTH"] = MIB = 1024 * 1024  # bytes
app.json.sort_keys = False  # answers keep the order in which we write their fields
app.json.loads = partial(json.loads, parse_float=Decimal)  # 0.1 stays 0.1
DEVELOPMENT_LOGIN = "ana:open-sesame"  # from section 5 on, users have their own
SECONDS_PER_STOCKTAKE = 0.5

# All we know, until the process ends: each store's items, each item's price.
stores = {"My Wonderful Store": {"My Item": 15.99}}
stocktakes = {}

# Flask answers each request in a thread of its own, many at the same time.
# Only the one that holds the lock may look at the data or change it.
lock = threading.Lock()

# Names end up in URLs, where "/" separates, and "." and ".." mean "here" and "up".
# The rest nobody can type: control characters, halves of a character, broken UTF-8.
NOT_IN_A_NAME = re.compile(r"[/\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]|^\.{1,2}$")


@app.errorhandler(HTTPException)
def answer_error_as_json(error):
    """Answer any error as JSON, keeping its headers (Allow, WWW-Authenticate)."""
    body = {"message": error.description}
    if hasattr(error, "errors"):
        body["errors"] = error.errors
    response = error.get_response()
    response.data = app.json.dumps(body)
    response.content_type = "application/json"
    return response


def check_name(name):
    """Return the name without the blanks around it; raise ValueError for a bad one."""
    name = name.strip() if isinstance(name, str) else ""
    if not 1 <= len(name) <= 80:
        raise ValueError("A name is a text of 1 to 80 characters.")
    if NOT_IN_A_NAME.search(name):
        raise ValueError(
            "A name cannot be '.' or '..', nor have '/' or odd characters."
        )
    return name


def check_price(price):
    """Return the price; raise ValueError for a bad one."""
    # To Python, True is a number as well. NaN, which is none in JSON, comes as a float.
    if type(price) not in (int, Decimal) or not 0 <= price <= Decimal("99999999.99"):
        raise ValueError("A price is a number from 0 to 99999999.99.")
    if round(price, 2) != price:
        raise ValueError("A price has at most two decimals.")
    return float(abs(price))  # -0.0 is between 0 and 0, too


def read_body(**checks):
    """Return the fields of the JSON body, each passed through its check."""
    try:
        # A body that comes in chunks does not say its length, and is cut off at 1 MiB.
        if request.content_length is None and len(request.get_data()) == MIB:
            raise RequestEntityTooLarge
        body = request.get_json()
    except RequestEntityTooLarge:
        abort(413, "A body has at most 1 MiB.")
    except UnsupportedMediaType:
        abort(415, "Send JSON, with the header Content-Type: application/json.")
    # Not JSON; brackets a thousand deep; a number that is beyond all measure.
    except (BadRequest, RecursionError, ArithmeticError):
        abort(400, "The body is not JSON that can be read.")
    if not isinstance(body, dict):
        abort(400, 'The body must be a JSON object: {"field": value}.')

    values, errors = {}, {}
    for field in checks | body:  # all that should be there, and all that is
        try:
            if field not in checks:
                raise ValueError("There is no such field here.")
            if field not in body:
                raise ValueError("This field is missing.")
            values[field] = checks[field](body[field])
        except ValueError as problem:
            errors[field] = [str(problem)]
    if errors:
        refusal = BadRequest("Some fields are not right: see 'errors'.")
        refusal.errors = errors
        raise refusal
    return values


def require_login():
    """Answer 401 unless the request carries our username and password (HTTP Basic)."""
    try:
        login = request.authorization
    except ValueError:  # not even the encoding of the header is right
        login = None
    known = login is not None and login.type == "basic"
    given = f"{login.username}:{login.password}" if known else ""
    # Unlike ==, this takes as long for a nearly right password as for a wrong one.
    if not hmac.compare_digest(given.encode(), DEVELOPMENT_LOGIN.encode()):
        basic = WWWAuthenticate("basic", {"realm": "the stores"})
        abort(401, "Send the username and password.", www_authenticate=basic)


def find_store(name):
    """Return the items of a store; answer 404 if there is no such store."""
    if name not in stores:
        abort(404, f"There is no store named {name!r}.")
    return stores[name]


def show_store(name):
    """Return a store in the form that clients see."""
    items = [{"name": item, "price": price} for item, price in find_store(name).items()]
    return {"name": name, "items": items}


@app.get("/")
def index():
    """Show a page that uses this API from a browser."""
    return render_template("index.html")


@app.get("/store")
def list_stores():
    """List every store with its items."""
    with lock:
        return {"stores": [show_store(name) for name in stores]}


@app.post("/store")
def create_store():
    """Open a store, with no items yet."""
    name = read_body(name=check_name)["name"]
    with lock:
        if name in stores:
            abort(409, f"A store named {name!r} already exists.")
        stores[name] = {}
    return (
        {"name": name, "items": []},
        201,
        {"Location": url_for("get_store", name=name)},
    )


@app.get("/store/<name>")
def get_store(name):
    """Show one store with its items."""
    with lock:
        return show_store(name)


@app.delete("/store/<name>")
def delete_store(name):
    """Close a store; its items go with it."""
    require_login()
    with lock:
        find_store(name)
        del stores[name]
    return {"message": f"Store {name!r} is deleted."}


@app.get("/store/<name>/item")
def list_items(name):
    """List the items of one store."""
    with lock:
        return {"items": show_store(name)["items"]}


@app.post("/store/<name>/item")
def create_item(name):
    """Add an item to a store."""
    new = read_body(name=check_name, price=check_price)
    with lock:
        items = find_store(name)
        if new["name"] in items:
            abort(409, f"This store already has an item named {new['name']!r}.")
        items[new["name"]] = new["price"]
    return new, 201, {"Location": url_for("put_item", name=name, item=new["name"])}


@app.put("/store/<name>/item/<item>")
def put_item(name, item):
    """Set the price of an item, which is added if it is not there yet."""
    price = read_body(price=check_price)["price"]
    try:
        item = check_name(item)
    except ValueError as problem:
        abort(400, str(problem))
    with lock:
        items = find_store(name)
        is_new = item not in items
        items[item] = price
    location = {"Location": url_for("put_item", name=name, item=item)} if is_new else {}
    return {"name": item, "price": price}, 201 if is_new else 200, location


@app.delete("/store/<name>/item/<item>")
def delete_item(name, item):
    """Take an item out of a store."""
    with lock:
        if find_store(name).pop(item.strip(), None) is None:
            abort(404, f"This store has no item named {item!r}.")
    return {"message": f"Item {item!r} is deleted."}


def take_stock(number, items):
    """Count the items and add up their prices, which takes a while on real shelves."""
    time.sleep(SECONDS_PER_STOCKTAKE)
    result = {"items": len(items), "value": round(math.fsum(items.values()), 2)}
    with lock:
        stocktakes[number] = {"status": "done", **result}


@app.post("/store/<name>/stocktake")
def start_stocktake(name):
    """Start to count a store, and say where the result is going to be."""
    with lock:
        items = dict(find_store(name))  # a copy: the store may change meanwhile
        number = str(len(stocktakes) + 1)
        stocktakes[number] = {"status": "running"}
    # The thread counts while we go on answering; a daemon does not keep Ctrl-C waiting.
    threading.Thread(target=take_stock, args=(number, items), daemon=True).start()
    location = url_for("get_stocktake", number=number)
    return {"status": "running"}, 202, {"Location": location}


@app.get("/stocktake/<number>")
def get_stocktake(number):
    """Show how far a stocktake is; once it is done, with what it counted."""
    with lock:
        if number not in stocktakes:
            abort(404, f"There is no stocktake number {number!r}.")
        return stocktakes[number]
