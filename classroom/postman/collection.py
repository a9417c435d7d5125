"""Make Postman collections: every request of a section, in an order that works.

There are converters from OpenAPI to Postman. The one that is kept well, Postman's own,
openapi-to-postmanv2, needs Node.js on your machine. Given section 6, version 6.3 makes
one request of each route, in the order of the document, with a body such as
{"price": "<number>"} or made of random characters. It does not log in, pass on a token
or the id of a store, check an answer, or ask for what must be refused. All this, which
these collections are for, would have to be added to what it makes.

The format: https://schema.getpostman.com/collection/json/v2.1.0/draft-07/docs/index.html
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from classroom.errors import UserError
from classroom.postman.openapi import RUN, Operation, read_operations
from classroom.postman.request import show_request, show_script
from classroom.sections import ROOT, Section

COLLECTIONS = ROOT / "postman"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
FOLDERS = ["Log in", "Create", "Read", "Replace", "Delete", "Leave"]
# The requests of the first and of the last folder. What is logged in at the end is
# what came of /auth, so that its access token is fresh, and nothing has spent it.
ARRIVALS = ["/register", "/login", "/refresh", "/auth"]
DEPARTURES = ["POST /password", "DELETE /user/{user_id}", "POST /logout"]
# What a description cannot say: it is the new user who changes a password, not ana. And
# tokens from a refresh, which are not fresh, do not take the place of those before.
CHANGES: dict[str, dict[str, Any]] = {
    "/password": {"needs": "user"},
    "/refresh": {"keeps_as": "refreshed_"},
}
VARIABLES = {
    "base_url": "http://127.0.0.1:5000",
    "username": "ana",  # for development only, as in the sections
    "password": "open-sesame",
    "run": "0",
}
# The first request of a run: from now on, {{run}} is something that is new in names.
NEW_RUN = [
    'const random = pm.variables.replaceIn("{{$guid}}");',
    'pm.collectionVariables.set("run", random.slice(0, 8));',
]


def collection_file(section: Section) -> Path:
    """Return where the collection of a section stands."""
    return COLLECTIONS / f"section{section.number}.postman_collection.json"


def write_collection(section: Section, file: Path) -> None:
    """Write the collection of a section into a file.

    Raises UserError if there can be no such file.
    """
    collection = make_collection(section)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(collection, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.") from None


def make_collection(section: Section) -> str:
    """Return a section's collection as JSON, which only changes with the section."""
    read = [replace(o, **CHANGES.get(o.path, {})) for o in read_operations(section)]
    operations = tell_apart(put_in_order(read))
    asked_for = find_ids(operations)
    folders: dict[str, list[dict[str, Any]]] = {}
    for operation in operations:
        requests = folders.setdefault(folder_of(operation), [])
        for each in [operation, *follow_ups(operation)]:
            requests.append(show_request(each, asked_for))
    first = next(iter(folders.values()))[0]
    first["event"].insert(0, show_script("prerequest", NEW_RUN))
    collection = {
        "info": {
            "name": f"Section {int(section.number)}: {section.title}",
            "description": f"{section.teaches} {explain(operations)}",
            "schema": SCHEMA,
        },
        "item": [{"name": name, "item": items} for name, items in folders.items()],
        "variable": [{"key": key, "value": value} for key, value in VARIABLES.items()],
    }
    return json.dumps(collection, indent=2, ensure_ascii=False) + "\n"


def explain(operations: list[Operation]) -> str:
    """Return how to run a collection."""
    words = "Run it from top to bottom."
    errors = {status for operation in operations for status in operation.errors}
    if 403 in errors:
        words += (
            " The user in the variables must be an admin: in the folder of the "
            "section, flask grant-admin ana makes ana one."
        )
    if 429 in errors:
        words += " Run it twice a minute at most, since logins are limited."
    return words


def folder_of(operation: Operation) -> str:
    """Return the name of the folder that an operation belongs to."""
    if operation.path in ARRIVALS:
        return "Log in"
    if route_of(operation) in DEPARTURES:
        return "Leave"
    verbs = {"POST": "Create", "GET": "Read", "PUT": "Replace", "DELETE": "Delete"}
    return verbs[operation.method]


def route_of(operation: Operation) -> str:
    """Return the verb and the path of an operation."""
    return f"{operation.method} {operation.path}"


def put_in_order(operations: list[Operation]) -> list[Operation]:
    """Return operations so that each finds what it needs: first log in, then create."""

    def place(indexed: tuple[int, Operation]) -> tuple[int, int]:
        index, operation = indexed
        folder = folder_of(operation)
        if folder == "Log in":
            index = ARRIVALS.index(operation.path)
        elif folder == "Leave":
            index = DEPARTURES.index(route_of(operation))
        elif folder == "Delete":
            index = -index  # a store is made before its items, and deleted after them
        elif folder == "Read" and "{" not in operation.path:
            index += len(operations)  # one thing comes before the list of all
        return FOLDERS.index(folder), index

    return [operation for _, operation in sorted(enumerate(operations), key=place)]


def tell_apart(operations: list[Operation]) -> list[Operation]:
    """Return operations with the address in the name, if the name is not the first."""
    names: set[str] = set()
    told = []
    for each in operations:
        name = f"{each.name} (at {each.path})" if each.name in names else each.name
        names.add(name)
        told.append(replace(each, name=name))
    return told


def find_ids(operations: list[Operation]) -> set[str]:
    """Return the variables such as store_id that stand in bodies and URLs."""
    sent = str([(operation.body, operation.parameters) for operation in operations])
    return set(re.findall(r"\{\{(\w+_id)\}\}", sent))


def follow_ups(operation: Operation) -> Iterator[Operation]:
    """Yield what comes after a request: the same, such that it must be refused."""

    def refused(status: int, reason: str, **changes: Any) -> Operation:
        changes = {"fields": ["message"], "headers": [], "errors": []} | changes
        name = f"{operation.name}: {status} {reason}"
        return replace(operation, name=name, status=status, **changes)

    if operation.path == "/register":
        name = "Log in as the new user"
        login = replace(operation, path="/login", name=name, status=200)
        yield replace(login, fields=["access_token"], keeps_as="user_")
    body = operation.body
    challenge = {"headers": ["WWW-Authenticate"]}
    somewhere_else = re.sub(r"/\{\w+\}", f"/missing-{RUN}", operation.path)
    if operation.is_for_visitors:
        yield replace(operation, name=f"{operation.name}: as a visitor", needs="")
        yield refused(401, "with a bad token", needs="no token", **challenge)
    elif 401 in operation.errors and operation.needs:
        yield refused(401, "without a login", needs="", **challenge)
    elif 401 in operation.errors and body:
        wrong = body | {"password": "not the password"}
        yield refused(401, "for a wrong password", body=wrong, **challenge)
    if re.search(r"\bfresh token", operation.name):
        yield refused(401, "with a token that is not fresh", needs="stale", **challenge)
    if operation.path == "/logout":
        yield refused(401, "since the login has ended", **challenge)
    if route_of(operation) == "DELETE /user/{user_id}":
        yield refused(401, "for who is deleted", needs="user", **challenge)
    elif 403 in operation.errors:
        # Users may ask for themselves, and then there is nothing to refuse.
        path = somewhere_else if operation.resource == "user" else operation.path
        yield refused(403, "for a user", needs="user", path=path, **challenge)
    if 404 in operation.errors:
        yield refused(404, "at an unknown address", path=somewhere_else)
    if 409 in operation.errors:
        yield refused(409, "if it is there already")
    status = 422 if 422 in operation.errors else 400
    if body is not None and status in operation.errors:
        bad = body | {"price": -1} if "price" in body else {}
        yield refused(status, "for a bad body", body=bad, fields=["message", "errors"])
    if operation.query and status in operation.errors:
        zeros = dict.fromkeys(operation.query, 0)
        fields = ["message", "errors"]
        yield refused(status, "for page 0", query=zeros, fields=fields)
