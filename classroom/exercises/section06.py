"""The exercises of section 06."""

from collections.abc import Iterator
from functools import cache, partial
from operator import itemgetter

from classroom.exercises.common import (
    check_answers,
    check_copy,
    check_responses,
    check_server,
    expect,
    log_in,
)
from classroom.exercises.filled_stores import add_store, add_stores
from classroom.exercises.finding import Finding, Note
from classroom.exercises.statements import LOG_SQL, count_statements, read_sql
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api


def exercise_1(api: Api) -> Iterator[Finding]:
    """Stores and items; one item moves to another store."""
    stores = {s["name"]: s["items"] for s in api.get("/stores").json()["stores"]}
    for name in ("North", "South"):
        yield Finding(name in stores, f"There is a store {name}: POST /store/{name}.")
    south = [item["name"] for item in stores.get("South", [])]
    moved = south == ["Globe"]
    text = "The Globe has moved to South: PUT it with its price and its new store_id."
    yield Finding(moved, text)
    gone = moved and api.get("/item/Map").status_code == 404
    yield Finding(gone, "The Map is gone: DELETE it.")


def exercise_2(answers: dict[str, int | None]) -> Iterator[Finding]:
    """Predictions of numbers of SQL statements, compared with a server's log."""
    yield from check_answers(answers, find_right_counts())


@cache  # another prediction need not wait again
def find_right_counts() -> dict[str, int]:
    """Start a server, and return how many statements its requests take."""
    folder = find_section("06").folder
    with Server(folder, settings=LOG_SQL) as server:
        api = server.api()
        log_in(api)
        for store in ("North", "South"):
            made = api.post(f"/store/{store}").json()
            for item in ("Map", "Globe"):
                body = {"price": 1, "store_id": made["id"]}
                api.put(f"/item/{item} {store}", json=body)
        return {
            name: count_statements(server, api, method, path)
            for name, (method, path) in REQUESTS.items()
        }


REQUESTS = {
    "GET one item": ("GET", "/item/Map North"),
    "GET one store with 2 items": ("GET", "/store/North"),
    "GET 2 stores with 2 items each": ("GET", "/stores"),
    "POST a store": ("POST", "/store/East"),
    "DELETE a store with 2 items": ("DELETE", "/store/North"),
}


def exercise_3() -> Iterator[Finding | Note]:
    """A sum that the database computes, in a copy of the section."""
    yield from check_server("06.3", check_value, settings=LOG_SQL)


def check_value(server: Server) -> Iterator[Finding]:
    """Check that GET /store/<name>/value lets the database add up a store's items."""
    yield from check_responses(server, partial(check_value_of_stores, server))


def check_value_of_stores(server: Server, api: Api) -> Iterator[Finding]:
    """Check the route for stores with items, without items, and for none."""
    log_in(api)
    full, empty = add_stores(api, [4, 0])
    stores = {
        "a store with items": full,
        "one with items at 0.1 and 0.2": add_store(api, [0.1, 0.2]),
        "an empty one": empty,
    }
    for what, store in stores.items():
        ok, note = expect(api.get(f"/store/{store.name}/value"), 200, store.value)
        yield Finding(ok, f"GET /store/<name>/value is right for {what}.{note}")
    missing, note = expect(api.get("/store/Atlantis/value"), 404)
    # Without the route, these are both 404.
    has_route = api.get(f"/store/{full.name}/value").status_code != 404
    text = f"GET /store/Atlantis/value responds with 404.{note}"
    yield Finding(missing and has_route, text)
    sql = read_sql(server, api, f"/store/{full.name}/value")
    in_sql = "sum(" in sql and "count(" in sql
    yield Finding(in_sql, "The SQL of this request has SUM and COUNT.")


def exercise_4() -> Iterator[Finding | Note]:
    """A way of sorting that is open to SQL injection."""
    yield from check_copy("06.4", check_sorting)


def check_sorting(api: Api) -> Iterator[Finding]:
    """Check that items are sorted by their columns, and by nothing else."""
    log_in(api)
    add_stores(api, [4, 3])
    items = api.get("/items").json()["items"]
    for column in ("id", "name", "price"):
        in_order = {"items": sorted(items, key=itemgetter(column))}
        ok, note = expect(api.get(f"/items/by/{column}"), 200, in_order)
        yield Finding(ok, f"GET /items/by/{column} sorts the items by {column}.{note}")
    for column in (
        "nonsense",
        "price DESC",
        "(SELECT password_hash FROM users)",
        "CASE WHEN (SELECT count(*) FROM users) > 0 THEN name ELSE price END",
    ):
        reply = api.get(f"/items/by/{column}")
        refused = reply.status_code in (400, 404, 422)
        note = "" if refused else f" (The response is {reply.status_code})"
        yield Finding(refused, f"GET /items/by/{column} is refused.{note}")


def exercise_5() -> Iterator[Finding | Note]:
    """A list that takes a statement for each store."""
    yield from check_server("06.5", check_statements, settings=LOG_SQL)


def check_statements(server: Server) -> Iterator[Finding]:
    """Check that GET /values is right, and takes as many statements for more stores."""
    yield from check_responses(server, partial(check_statements_of_stores, server))


def check_statements_of_stores(server: Server, api: Api) -> Iterator[Finding]:
    """Check the response, and count the statements for a few stores, and for more."""
    log_in(api)
    stores = add_stores(api, [2, 0, 1])
    values = [{"name": store.name, **store.value} for store in stores]
    ok, note = expect(api.get("/values"), 200, {"values": values})
    yield Finding(ok, f"GET /values has the value of each store, by id.{note}")
    few = count_statements(server, api, "GET", "/values")
    add_stores(api, [1, 0, 2, 0])
    many = count_statements(server, api, "GET", "/values")
    text = f"It takes as many statements for 7 stores as for 3: {many} and {few}."
    yield Finding(many == few, text)
    yield Finding(many <= 2, "It takes one statement, or two.")
