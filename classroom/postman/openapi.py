"""The operations of a section: its routes, what to send, what is promised."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from classroom.sections import Section
from classroom.server import Server

# The part of a name that differs each time, so that no earlier run has used it.
RUN = "{{run}}"
METHODS = ["post", "get", "put", "delete"]
IDS = ["id", "user_id"]  # parameters that the client cannot choose


@dataclass(frozen=True)
class Operation:
    """One method of one route, with an example of a request and its response.

    Values between {{ and }} are Postman variables.

    path: with its parameters in braces, such as "/item/{name}".
    name: what it does, such as "Add an item".
    status: of the response; errors: other statuses that are promised.
    fields: the fields of the JSON in the response; none if it is a page.
    body: what to send as JSON; None if there is no body.
    query: the query parameters of the URL.
    headers: the names of headers in the response.
    needs: the credentials: "basic", or one of the tokens in request.TOKENS; "" if none.
    allows_anonymous: whether it also works without a token.
    keeps_as: a prefix for the variables that keep the tokens of the response.
    """

    method: str
    path: str
    name: str
    status: int = 200
    errors: list[int] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    body: dict[str, Any] | None = None
    query: dict[str, Any] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)
    needs: str = ""
    allows_anonymous: bool = False
    keeps_as: str = ""

    @property
    def resource(self) -> str:
        """Its resource: the last fixed part of the path, such as "item"."""
        fixed = [part for part in self.path.split("/") if not part.startswith("{")]
        return fixed[-1]

    @property
    def parameters(self) -> dict[str, str]:
        """An example for each parameter of the path."""
        return {
            # Clients choose names, but not ids.
            name: f"{{{{{kind}_id}}}}" if name in IDS else f"{kind}-{RUN}"
            for kind, name in re.findall(r"(\w+)/\{(\w+)\}", self.path)
        }


# What the code of section 3 does not declare: for each view, what to send and what is
# promised. Later sections have OpenAPI documents.
STORE, ITEM = f"store-{RUN}", f"item-{RUN}"
BASICS: dict[str, dict[str, Any]] = {
    "index": {},
    "list_stores": {"fields": ["stores"]},
    "create_store": {
        "status": 201,
        "body": {"name": STORE},
        "fields": ["name", "items"],
        "errors": [400, 409],
    },
    "get_store": {"fields": ["name", "items"], "errors": [404]},
    "delete_store": {"needs": "basic", "fields": ["message"], "errors": [401, 404]},
    "list_items": {"fields": ["items"], "errors": [404]},
    "create_item": {
        "status": 201,
        "body": {"name": ITEM, "price": 15.99},
        "fields": ["name", "price"],
        "errors": [400, 404, 409],
    },
    "get_item": {"fields": ["name", "price"], "errors": [404]},
    "put_item": {
        "body": {"price": 12.5},
        "fields": ["name", "price"],
        "errors": [400, 404],
    },
    "delete_item": {"fields": ["message"], "errors": [404]},
    "start_stocktake": {"status": 202, "fields": ["status"], "errors": [404]},
    "get_stocktake": {"fields": ["status"], "errors": [404]},
}


@cache  # the section has to be started
def read_operations(section: Section) -> list[Operation]:
    """Return the operations of a section, as its running server describes them."""
    with Server(section.folder) as server:
        reply = server.api().get("/openapi.json")
    if reply.ok:
        return list(read_openapi(reply.json()))
    return list(read_views((section.folder / "app.py").read_text(encoding="utf-8")))


def read_views(source: str) -> Iterator[Operation]:
    """Yield the operations of section 3 from the source of its app.py."""
    for view in ast.parse(source).body:
        for decorator in getattr(view, "decorator_list", []):
            match decorator:
                case ast.Call(
                    func=ast.Attribute(
                        attr="get" | "post" | "put" | "delete" as method
                    ),
                    args=[ast.Constant(value=str(rule))],
                ):
                    assert isinstance(view, ast.FunctionDef)
                    path = rule.replace("<", "{").replace(">", "}")
                    name = (ast.get_docstring(view) or view.name).rstrip(".")
                    yield Operation(method.upper(), path, name, **BASICS[view.name])


def read_openapi(document: dict[str, Any]) -> Iterator[Operation]:
    """Yield the operations that an OpenAPI document describes."""
    for path, routes in document["paths"].items():
        for method in [method for method in METHODS if method in routes]:
            route = routes[method]
            statuses = sorted(int(status) for status in route["responses"])
            response = look_up(document, route["responses"][str(statuses[0])])
            sent = read_fields(document, route.get("requestBody", {}))
            security = route.get("security", [])
            needs = [name for need in security for name in need]
            yield Operation(
                method=method.upper(),
                path=path,
                name=route["summary"].rstrip("."),
                status=statuses[0],
                errors=[status for status in statuses if status >= 400],
                fields=list(read_fields(document, response)),
                body=example_body(method, path, sent) if sent else None,
                query={
                    parameter["name"]: parameter["schema"]["default"]
                    for parameter in route.get("parameters", [])
                    if parameter["in"] == "query"
                },
                headers=list(response.get("headers", {})),
                needs=needs[0] if needs else "",
                allows_anonymous={} in security,
            )


def look_up(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return a part of a document, or the part that it refers to."""
    if "$ref" not in part:
        return part
    found = document
    for key in part["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    return found


def read_fields(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a body or a response, each with its schema.

    Where a response can have several schemas, these are the fields of the first one,
    for requests without a token, that the others have as well.
    """
    content = part.get("content", {}).get("application/json", {"schema": {}})
    schemas = content["schema"].get("anyOf", [content["schema"]])
    first, *others = [look_up(document, each).get("properties", {}) for each in schemas]
    return {name: first[name] for name in first if all(name in o for o in others)}


def example_body(method: str, path: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return an example of a body: the document's, with variables where needed."""
    body = {}
    for name, schema in fields.items():
        if schema.get("readOnly"):
            continue
        body[name] = schema.get("example")
        # A store that was created before, and the user of the variables.
        if name.endswith("_id") or path in ("/login", "/auth"):
            body[name] = f"{{{{{name}}}}}"
        elif path == "/register" and name == "username":
            body[name] = f"{body[name]}-{RUN}"
        elif path == "/password":
            # The new user was registered with the example of a new password.
            body[name] = fields["new" if name == "old" else "old"].get("example")
        elif method == "put" and name == "price":
            body[name] = (
                12.5  # another price than before, so that the change is visible
            )
    return body
