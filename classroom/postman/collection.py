"""Make Postman collections: every request of a section, in an order that works.

There are converters from OpenAPI to Postman. Postman's own, openapi-to-postmanv2,
needs Node.js. For section 6, its version 6.3 makes one request for each route, in the
order of the document, with a body such as {"price": "<number>"} or random characters.
It does not log in, pass on a token or the id of a store, check a response, or send
requests that must be rejected. These collections do all of this.

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
from classroom.sections import ROOT, Section, expect_step

COLLECTIONS = ROOT / "postman"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
FOLDERS = ["Log in", "Create", "Read", "Replace", "Delete", "Leave"]
# The requests of the first and of the last folder. /auth comes last in the first one:
# its access token is fresh, and no refresh has rotated its refresh token.
FIRST_PATHS = ["/register", "/login", "/refresh", "/auth"]
LAST_ROUTES = ["POST /password", "DELETE /user/{user_id}", "POST /logout"]
# What OpenAPI cannot describe: it is the new user, not ana, who changes a password. And
# tokens from a refresh, which are not fresh, must not replace the earlier ones.
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
MISSING_ID = 2**31 - 1  # the largest id that a user can have
# Before the first request of a run: {{run}} makes names unique from now on.
NEW_RUN = [
    'const random = pm.variables.replaceIn("{{$guid}}");',
    'pm.collectionVariables.set("run", random.slice(0, 8));',
]


def collection_file(section: Section) -> Path:
    """Return the file of a section's collection."""
    return COLLECTIONS / f"section{section.number}.postman_collection.json"


def write_collection(section: Section, file: Path) -> None:
    """Write the collection of a section into a file.

    Raises UserError if the file cannot be written.
    """
    collection = make_collection(section)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(collection, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.") from None


def make_collection(section: Section) -> str:
    """Return a section's collection as JSON, which only changes with the section.

    Raises UserError if the section is beside the staircase.
    """
    expect_step(section, "A collection")
    read = [replace(o, **CHANGES.get(o.path, {})) for o in read_operations(section)]
    operations = make_names_unique(sort_operations(read))
    needed = find_ids(operations)
    folders: dict[str, list[dict[str, Any]]] = {}
    for operation in operations:
        requests = folders.setdefault(folder_of(operation), [])
        for each in [operation, *follow_ups(operation)]:
            requests.append(show_request(each, needed))
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
    description = "Run it from top to bottom."
    errors = {status for operation in operations for status in operation.errors}
    if 403 in errors:
        description += (
            " The user in the variables must be an admin: run flask grant-admin "
            "ana in the folder of the section."
        )
    if 429 in errors:
        description += " Run it twice a minute at most, since logins are limited."
    return description


def folder_of(operation: Operation) -> str:
    """Return the name of the folder that an operation belongs to."""
    if operation.path in FIRST_PATHS:
        return "Log in"
    if route_of(operation) in LAST_ROUTES:
        return "Leave"
    names = {"POST": "Create", "GET": "Read", "PUT": "Replace", "DELETE": "Delete"}
    return names[operation.method]


def route_of(operation: Operation) -> str:
    """Return the method and the path of an operation."""
    return f"{operation.method} {operation.path}"


def sort_operations(operations: list[Operation]) -> list[Operation]:
    """Sort operations so that each finds what it needs: log in, create, read, …."""

    def position(indexed: tuple[int, Operation]) -> tuple[int, int]:
        index, operation = indexed
        folder = folder_of(operation)
        if folder == "Log in":
            index = FIRST_PATHS.index(operation.path)
        elif folder == "Leave":
            index = LAST_ROUTES.index(route_of(operation))
        elif folder == "Delete":
            index = (
                -index
            )  # a store is created before its items, and deleted after them
        elif folder == "Read" and "{" not in operation.path:
            index += len(operations)  # a single resource comes before the list
        return FOLDERS.index(folder), index

    return [operation for _, operation in sorted(enumerate(operations), key=position)]


def make_names_unique(operations: list[Operation]) -> list[Operation]:
    """Return operations, with the path in a name that was used before."""
    names: set[str] = set()
    unique = []
    for each in operations:
        name = f"{each.name} (at {each.path})" if each.name in names else each.name
        names.add(name)
        unique.append(replace(each, name=name))
    return unique


def find_ids(operations: list[Operation]) -> set[str]:
    """Return the variables such as store_id that occur in bodies and URLs."""
    sent = str([(operation.body, operation.parameters) for operation in operations])
    return set(re.findall(r"\{\{(\w+_id)\}\}", sent))


def follow_ups(operation: Operation) -> Iterator[Operation]:
    """Yield variants of a request, most of which must be rejected."""

    def rejected(status: int, reason: str, **changes: Any) -> Operation:
        changes = {"fields": ["message"], "headers": [], "errors": []} | changes
        name = f"{operation.name}: {status} {reason}"
        return replace(operation, name=name, status=status, **changes)

    if operation.path == "/register":
        name = "Log in as the new user"
        login = replace(operation, path="/login", name=name, status=200)
        yield replace(login, fields=["access_token"], keeps_as="user_")
    body = operation.body
    challenge = {"headers": ["WWW-Authenticate"]}
    missing = MISSING_ID if operation.resource == "user" else f"missing-{RUN}"
    missing_path = re.sub(r"/\{\w+\}", f"/{missing}", operation.path)
    if operation.allows_anonymous:
        yield replace(operation, name=f"{operation.name}: without a token", needs="")
        yield rejected(401, "with a bad token", needs="no token", **challenge)
    elif 401 in operation.errors and operation.needs:
        yield rejected(401, "without a login", needs="", **challenge)
    elif 401 in operation.errors and body:
        wrong = body | {"password": "not the password"}
        yield rejected(401, "for a wrong password", body=wrong, **challenge)
    if re.search(r"\bfresh token", operation.name):
        yield rejected(
            401, "with a token that is not fresh", needs="stale", **challenge
        )
    if operation.path == "/logout":
        yield rejected(401, "after the logout", **challenge)
    if route_of(operation) == "DELETE /user/{user_id}":
        yield rejected(401, "for the deleted user", needs="user", **challenge)
    elif 403 in operation.errors:
        # Users may request themselves, which is not rejected.
        path = missing_path if operation.resource == "user" else operation.path
        yield rejected(403, "for a user", needs="user", path=path, **challenge)
    if 404 in operation.errors:
        yield rejected(404, "at an unknown URL", path=missing_path)
    if 409 in operation.errors:
        yield rejected(409, "if it already exists")
    status = 422 if 422 in operation.errors else 400
    if body is not None and status in operation.errors:
        bad = body | {"price": -1} if "price" in body else {}
        yield rejected(status, "for a bad body", body=bad, fields=["message", "errors"])
    if operation.query and status in operation.errors:
        zeros = dict.fromkeys(operation.query, 0)
        fields = ["message", "errors"]
        yield rejected(status, "for page 0", query=zeros, fields=fields)
