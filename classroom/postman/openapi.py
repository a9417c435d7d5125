"""What a section can be asked: its routes, what to send there, what is promised."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from classroom.sections import Section
from classroom.server import Server

# Stands in names for what differs each time: names that no earlier run has taken.
RUN = "{{run}}"
VERBS = ["post", "get", "put", "delete"]
NUMBERS = ["number", "user_id"]  # parameters that are not for the client to choose


@dataclass(frozen=True)
class Operation:
    """One verb at one route, with an example of a request and of its answer.

    Values between {{ and }} are variables, which are known when the request is sent.

    path: with its parameters in braces, such as "/item/{name}".
    name: what it does, such as "Add an item".
    status: the answer's; errors: other statuses that are promised.
    fields: what the answer has in its JSON; none if it is a page.
    body: what to send as JSON; None if nothing is to be sent.
    query: what stands behind the question mark of the URL.
    headers: names of headers that the answer has.
    needs: how the request must say who sends it: "basic", or with which of the tokens
        in classroom.postman.request.TOKENS; "" if not at all.
    is_for_visitors: whether it is answered without a token, too.
    keeps_as: what to put before the names of the variables in which the tokens of the
        answer are kept.
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
    is_for_visitors: bool = False
    keeps_as: str = ""

    @property
    def resource(self) -> str:
        """What it is about: the last fixed part of the path, such as "item"."""
        fixed = [part for part in self.path.split("/") if not part.startswith("{")]
        return fixed[-1]

    @property
    def parameters(self) -> dict[str, str]:
        """An example for each parameter of the path."""
        return {
            # Names are for those who create things to choose, numbers are not.
            name: f"{{{{{kind}_id}}}}" if name in NUMBERS else f"{kind}-{RUN}"
            for kind, name in re.findall(r"(\w+)/\{(\w+)\}", self.path)
        }


# What app.py of section 3 cannot say of itself: for each view, what is sent to it and
# what is promised. Later sections say so in their OpenAPI documents.
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
    "put_item": {
        "body": {"price": 12.5},
        "fields": ["name", "price"],
        "errors": [400, 404],
    },
    "delete_item": {"fields": ["message"], "errors": [404]},
    "start_stocktake": {"status": 202, "fields": ["status"], "errors": [404]},
    "get_stocktake": {"fields": ["status"], "errors": [404]},
}


@cache  # since the section has to be started
def read_operations(section: Section) -> list[Operation]:
    """Return what a section can be asked, as it says itself while it runs."""
    with Server(section.folder) as server:
        reply = server.api().get("/openapi.json")
    if reply.ok:
        return list(read_openapi(reply.json()))
    return list(read_views((section.folder / "app.py").read_text(encoding="utf-8")))


def read_views(source: str) -> Iterator[Operation]:
    """Yield the operations of section 3 from the text of its app.py."""
    for view in ast.parse(source).body:
        for decorator in getattr(view, "decorator_list", []):
            match decorator:
                case ast.Call(
                    func=ast.Attribute(attr="get" | "post" | "put" | "delete" as verb),
                    args=[ast.Constant(value=str(rule))],
                ):
                    assert isinstance(view, ast.FunctionDef)
                    path = rule.replace("<", "{").replace(">", "}")
                    name = (ast.get_docstring(view) or view.name).rstrip(".")
                    yield Operation(verb.upper(), path, name, **BASICS[view.name])


def read_openapi(document: dict[str, Any]) -> Iterator[Operation]:
    """Yield the operations that an OpenAPI document describes."""
    for path, routes in document["paths"].items():
        for verb in [verb for verb in VERBS if verb in routes]:
            route = routes[verb]
            statuses = sorted(int(status) for status in route["responses"])
            answer = look_up(document, route["responses"][str(statuses[0])])
            sent = read_fields(document, route.get("requestBody", {}))
            security = route.get("security", [])
            needs = [name for need in security for name in need]
            yield Operation(
                method=verb.upper(),
                path=path,
                name=route["summary"].rstrip("."),
                status=statuses[0],
                errors=[status for status in statuses if status >= 400],
                fields=list(read_fields(document, answer)),
                body=example_body(verb, path, sent) if sent else None,
                query={
                    parameter["name"]: parameter["schema"]["default"]
                    for parameter in route.get("parameters", [])
                    if parameter["in"] == "query"
                },
                headers=list(answer.get("headers", {})),
                needs=needs[0] if needs else "",
                is_for_visitors={} in security,
            )


def look_up(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return a part of a document; if it refers to another part, that one."""
    if "$ref" not in part:
        return part
    found = document
    for key in part["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    return found


def read_fields(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a body or an answer, each with its schema.

    Where an answer can be of several kinds, these are the fields of the first kind,
    which a visitor gets, that the others have as well.
    """
    content = part.get("content", {}).get("application/json", {"schema": {}})
    kinds = content["schema"].get("anyOf", [content["schema"]])
    first, *others = [look_up(document, kind).get("properties", {}) for kind in kinds]
    return {name: first[name] for name in first if all(name in o for o in others)}


def example_body(verb: str, path: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return an example of a body: the document's, or variables where they differ."""
    body = {}
    for name, schema in fields.items():
        if schema.get("readOnly"):
            continue
        body[name] = schema.get("example")
        # A store that was made before, and the user whom you want to be.
        if name.endswith("_id") or path in ("/login", "/auth"):
            body[name] = f"{{{{{name}}}}}"
        elif path == "/register" and name == "username":
            body[name] = f"{body[name]}-{RUN}"
        elif path == "/password":
            # The new user has as password what is the example of a new one.
            body[name] = fields["new" if name == "old" else "old"].get("example")
        elif verb == "put" and name == "price":
            body[name] = 12.5  # another one, so that it can be seen to have changed
    return body
