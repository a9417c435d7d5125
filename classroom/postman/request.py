"""Write a request of a Postman collection, with the test of its response."""

import json
import re
from collections.abc import Iterator
from typing import Any

from classroom.postman.openapi import Operation

# The credentials that a request can need, and the variable with the token.
TOKENS = {
    "bearer": "access_token",
    "refresh": "refresh_token",
    "user": "user_access_token",  # of the new user
    "stale": "refreshed_access_token",  # which is not fresh
    "no token": "run",
}


def show_request(operation: Operation, needed: set[str]) -> dict[str, Any]:
    """Return one request of a collection.

    needed: the variables that other requests use.
    """
    path = re.sub(r"/\{(\w+)\}", r"/:\1", operation.path)  # as Postman writes them
    query = {key: str(value) for key, value in operation.query.items()}
    pairs = "&".join(f"{key}={value}" for key, value in query.items())
    url = {
        "raw": "{{base_url}}" + path + (f"?{pairs}" if pairs else ""),
        "host": ["{{base_url}}"],
        "path": path.removeprefix("/").split("/"),
        "query": [{"key": key, "value": value} for key, value in query.items()],
        "variable": [
            {"key": key, "value": value} for key, value in operation.parameters.items()
        ],
    }
    request: dict[str, Any] = {
        "method": operation.method,
        "header": [],
        "auth": show_auth(operation.needs),
        "url": {key: value for key, value in url.items() if value},
    }
    if operation.body is not None:
        request["header"] = [{"key": "Content-Type", "value": "application/json"}]
        request["body"] = {
            "mode": "raw",
            "raw": show_body(operation.body),
            "options": {"raw": {"language": "json"}},
        }
    test = show_script("test", write_test(operation, needed))
    return {"name": operation.name, "event": [test], "request": request}


def show_auth(needs: str) -> dict[str, Any]:
    """Return the credentials of a request."""
    if not needs:
        return {"type": "noauth"}
    kind, values = "bearer", {"token": f"{{{{{TOKENS.get(needs)}}}}}"}
    if needs == "basic":
        kind, values = "basic", {"username": "{{username}}", "password": "{{password}}"}
    pairs = values.items()
    return {
        "type": kind,
        kind: [{"key": key, "value": value, "type": "string"} for key, value in pairs],
    }


def show_body(body: dict[str, Any]) -> str:
    """Return a body as a string, where an id is a number even if it is a variable."""
    return re.sub(r'"(\{\{\w+_id\}\})"', r"\1", json.dumps(body, indent=2))


def show_script(event: str, lines: list[str]) -> dict[str, Any]:
    """Return a script that runs at an event: "prerequest", or "test" (after it)."""
    return {"listen": event, "script": {"type": "text/javascript", "exec": lines}}


def write_test(operation: Operation, needed: set[str]) -> list[str]:
    """Return the lines of JavaScript that check a response, and keep variables."""
    status = operation.status
    lines = [
        f'pm.test("The status is {status}.", () => {{',
        f"    pm.response.to.have.status({status});",
        "});",
    ]
    headers = list(operation.headers)
    # Users have no URL before section 11.
    if status in (201, 202) and (operation.path != "/register" or "user_id" in needed):
        headers.append("Location")
    for header in headers:
        lines += [
            f'pm.test("The header {header} is present.", () => {{',
            f'    pm.response.to.have.header("{header}");',
            "});",
        ]
    if not operation.fields:
        lines += [
            'pm.test("The response is a page.", () => {',
            '    const type = pm.response.headers.get("Content-Type");',
            '    pm.expect(type).to.include("text/html");',
            "});",
        ]
        return lines
    keys = ", ".join(f'"{key}"' for key in operation.fields)
    lines += [
        f'pm.test("The response is JSON with {", ".join(operation.fields)}.", () => {{',
        "    pm.response.to.be.json;",
        "    const body = pm.response.json();",
        f"    pm.expect(body).to.include.all.keys({keys});",
    ]
    if status < 400:
        lines += [f"    {line}" for line in compare(operation)]
        lines += [f"    {line}" for line in keep(operation, needed)]
    return [*lines, "});"]


def compare(operation: Operation) -> Iterator[str]:
    """Yield the lines that compare the response with what was sent."""
    sent = dict(operation.body or {})
    if operation.path.endswith("}"):  # such as /item/{name}: the response has that name
        sent |= {"name": list(operation.parameters.values())[-1]}
    for key in [key for key in operation.fields if key in sent]:
        expected = json.dumps(sent[key])
        if key.endswith("_id"):
            expected = f'Number(pm.collectionVariables.get("{key}"))'
        elif "{{" in expected:
            expected = f"pm.variables.replaceIn({expected})"
        yield f"pm.expect(body.{key}).to.equal({expected});"


def keep(operation: Operation, needed: set[str]) -> Iterator[str]:
    """Yield the lines that keep a token or an id for later requests."""
    for token in [key for key in operation.fields if key.endswith("_token")]:
        variable = operation.keeps_as + token
        yield f'pm.collectionVariables.set("{variable}", body.{token});'
    resource = "user" if operation.path == "/register" else operation.resource
    variable = f"{resource}_id"
    if operation.method == "POST" and variable in needed:
        value = "body.id"
        if "id" not in operation.fields:  # then the new URL ends with it
            value = 'pm.response.headers.get("Location").split("/").pop()'
        yield f'pm.collectionVariables.set("{variable}", {value});'
