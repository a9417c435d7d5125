"""Find out for what Flask calls a function."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from types import CodeType
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException

VIEW, BEFORE, AFTER, END, ERROR = "view", "before", "after", "end", "error"


def code_of(function: Callable[..., object]) -> CodeType | None:
    """Return the code of a function, without its decorators."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code if isinstance(code, CodeType) else None


def find_endpoint(app: Flask, environ: dict[str, Any]) -> str | None:
    """Return the endpoint that a request is for, or None if Flask finds no route."""
    try:
        endpoint: str = app.url_map.bind_to_environ(environ).match()[0]
    except HTTPException:
        return None
    return endpoint


def find_view(app: Flask, endpoint: str | None, method: str) -> CodeType | None:
    """Return the code of the function, or of the method, that handles a request."""
    view = app.view_functions.get(endpoint or "")
    if view is None:
        return None
    resource = getattr(view, "view_class", None)
    names = [method.lower(), "get"] if method == "HEAD" else [method.lower()]
    found = [getattr(resource, name) for name in names if hasattr(resource, name)]
    return code_of(found[0] if found else view)


def find_functions(app: Flask) -> Iterator[tuple[str, Iterable[Callable[..., Any]]]]:
    """Yield the functions of an app that Flask calls for requests, by their role."""
    for before in app.before_request_funcs.values():  # by blueprint
        yield BEFORE, before
    for after in app.after_request_funcs.values():
        yield AFTER, after
    for end in app.teardown_request_funcs.values():
        yield END, end
    yield END, app.teardown_appcontext_funcs
    for by_status in app.error_handler_spec.values():
        for handlers in by_status.values():
            yield ERROR, handlers.values()


def find_roles(
    app: Flask, endpoint: str | None, environ: dict[str, Any]
) -> dict[CodeType | None, str]:
    """Return the roles of the functions that Flask calls for a request, by code."""
    roles = {
        code_of(function): role
        for role, functions in find_functions(app)
        for function in functions
    }
    return roles | {find_view(app, endpoint, environ["REQUEST_METHOD"]): VIEW}
