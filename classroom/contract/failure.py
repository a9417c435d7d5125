"""Describe a contract test that failed."""

import re
from dataclasses import dataclass

import pytest
import requests

from classroom.display.exchange import request_text, response_text
from classroom.display.statuses import name_status
from classroom.errors import UserError
from classroom.server.client import Api, EndlessResponse


@dataclass(frozen=True)
class BrokenPromise:
    """A promise that was not kept.

    promise: what was promised, in words; check: the line that failed.
    request: the last request; response: the response to it, or why there is none.
    test: the name of the test.
    """

    promise: str
    check: str
    request: str
    response: str
    test: str


def describe_failure(test: pytest.Item, failure: BaseException) -> BrokenPromise:
    """Return the promise of a failed contract test, its request and the response."""
    assert isinstance(test, pytest.Function)
    check, exchange = "", None
    for entry in pytest.ExceptionInfo.from_exception(failure).traceback:
        if entry.path == test.path:
            check = str(entry.statement).strip()
            # The response that this line names. If it names none, see below.
            for name, value in entry.frame.f_locals.items():
                if not re.search(rf"\b{name}\b", check):
                    continue
                if isinstance(value, requests.Response):
                    exchange = value
                elif isinstance(value, Api) and value.history:
                    exchange = value.history[-1]
    if isinstance(failure, requests.RequestException):
        exchange = failure.response  # or None, if there is none
    elif exchange is None:
        # The session of the test: site in a section beside the staircase.
        for api in (test.funcargs.get("api"), test.funcargs.get("site")):
            if isinstance(api, Api) and api.history:
                exchange = api.history[-1]

    request, response = "nothing", "nothing"
    if exchange is not None:
        request = request_text(exchange.request)
        response = f"{name_status(exchange.status_code)}\n{response_text(exchange)}"
    elif isinstance(failure, EndlessResponse):
        request, response = failure.request_line, f"it never ends: {failure.reason}"
    elif isinstance(failure, requests.RequestException) and failure.request:
        request = request_text(failure.request)  # type: ignore[arg-type]
        slow = isinstance(failure, requests.Timeout)
        reason = "it took too long" if slow else "the connection failed"
        response = f"none: {reason}"
    elif isinstance(failure, UserError):
        response = str(failure)
    behaviour = test.originalname.removeprefix("test_").replace("_", " ")
    promise = " ".join((test.function.__doc__ or behaviour).split())
    return BrokenPromise(promise, check, request, response, test.name)
