"""Describe values in a few characters, without secrets, and without what varies."""

import re
import sqlite3
import sys
from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from time import monotonic, perf_counter
from uuid import UUID

HIDDEN = "••••••••"
LONGEST = 60  # characters of a string
MOST = 3  # elements of a list that are shown

# The names of variables, arguments, fields and settings whose values are secret.
SECRET = re.compile(
    r"passw|passphrase|secret|token|hash|signature|cookie|csrf|^authorization$",
    re.IGNORECASE,
)
# In these, only strings are secret: the passwords of PUT /password.
SECRET_STRINGS = {"old", "new"}
KEY = re.compile(r"(^|_)keys?$", re.IGNORECASE)
SHORTEST_KEY = 16  # characters; a variable named "key" is often the key of a dictionary
TIMES = {"iat", "exp", "nbf"}  # the claims that are seconds since 1970
MASKS = [
    (re.compile(r"(\w+:[\d:]+\$)[^'\"\s]+"), rf"\1{HIDDEN}"),  # a password hash
    (re.compile(r"eyJ[\w-]+\.[\w-]*\.?[\w-]*"), HIDDEN),  # a token
    (re.compile(r"\b(Basic|Bearer) (?!\w+=\")[^\s'\",<]+"), rf"\1 {HIDDEN}"),
    # In SQL, a placeholder follows the name of the column.
    (
        re.compile(r"""(passw\w*["']?\s*[:=]\s*["']?)[^"'&,}\s?%:][^"'&,}\s]*""", re.I),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"://[^/@\s]+@"), f"://{HIDDEN}@"),  # the user of a URL
    # These are not secret, but differ in each run.
    (re.compile(r"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}"), "(a UUID)"),
    (
        re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*([+-]\d\d:\d\d|Z)?"),
        "(a time)",
    ),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1"),
    (re.compile(r"(/[\w.-]+)+/classroom-\w+/"), "…/"),  # a temporary folder
]


class Values:
    """Describes the values of one request.

    secrets: strings that are masked wherever they are; it grows with each secret found.
    """

    def __init__(self, folder: Path, secrets: Iterable[str]) -> None:
        self.folder = folder
        self.secrets = {secret for secret in secrets if secret}

    def describe(self, value: object, name: str = "", depth: int = 0) -> str:
        """Return a value in a few characters, without calling code of the section.

        name: that of the variable or field with this value.
        """
        try:
            return self._describe(value, name, depth)
        except Exception:  # an object may do anything when it is read
            return f"<{type(value).__name__}>"

    def _describe(self, value: object, name: str, depth: int) -> str:
        """Return a value in a few characters."""
        # Not isinstance(), for which a proxy such as request pretends another class.
        kind = type(value)
        if kind.__name__ == "LocalProxy":
            value = value._get_current_object()  # type: ignore[attr-defined]
            kind = type(value)
        if value is None or kind is bool:
            return str(value)
        if isinstance(value, type) or hasattr(kind, "__code__"):
            return str(getattr(value, "__name__", kind.__name__))
        if issubclass(kind, BaseException):
            return self.describe_error(value)
        if issubclass(kind, (str, int, float)) and is_secret(name, value):
            return self._hide(str(value))
        if issubclass(kind, str):
            return repr(self._shorten(self.mask(str(value))))
        if issubclass(kind, (int, float)):
            return "(a time)" if is_time(name, value) else repr(value)
        if issubclass(kind, (bytes, bytearray)):
            return f"<{len(value)} bytes>"  # type: ignore[arg-type]
        if issubclass(kind, (date, time)):
            return "(a time)"
        if issubclass(kind, UUID):
            return "(a UUID)"
        if issubclass(kind, Path):
            return f"Path({value.name!r})"  # type: ignore[attr-defined]
        if issubclass(kind, (timedelta, Decimal)):
            return repr(value).removeprefix("datetime.")
        if issubclass(kind, (list, tuple, set, frozenset, dict)):
            return self._describe_elements(value, name, depth)
        return self._describe_object(value, depth)

    def _describe_elements(self, value: object, name: str, depth: int) -> str:
        """Return a list, tuple, set or dictionary with its first elements."""
        if isinstance(value, dict):
            opening, closing = "{}"
            parts = [
                f"{self.describe(key)}: {self._element(part, name, str(key), depth)}"
                for key, part in list(value.items())[: 2 * MOST]
            ]
        else:
            assert isinstance(value, (list, tuple, set, frozenset))
            opening, closing = "()" if isinstance(value, tuple) else "[]"
            first = list(value)[:MOST] if len(value) > 2 * MOST else list(value)
            parts = [self._element(part, name, name, depth) for part in first]
            if isinstance(value, (set, frozenset)):
                opening, closing = "{}"
                parts.sort()  # the order of strings in a set differs in each run
        left_out = len(value) - len(parts)
        if left_out:
            parts.append(f"… {left_out} more")
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return f"{opening}{', '.join(parts)}{comma}{closing}"

    def _element(self, part: object, outer: str, name: str, depth: int) -> str:
        """Return an element of something with a name: secret if one of both is."""
        if depth > 2:
            return "…"
        is_outer = outer not in SECRET_STRINGS and is_secret(outer, part)
        return self.describe(part, outer if is_outer else name, depth + 1)

    def _describe_object(self, value: object, depth: int) -> str:
        """Return an object: of a model and the like, with its fields."""
        kind = type(value)
        if hasattr(kind, "status_code"):  # a response
            return f"<{kind.__name__} {value.status_code}>"  # type: ignore[attr-defined]
        if not self.has_fields(value):
            return f"<{kind.__name__}>"
        if hasattr(value, "keys"):  # a row of sqlite3
            fields = {key: value[key] for key in value.keys()}  # type: ignore[index]
        else:
            stored = vars(value)
            declared = [n for n in getattr(kind, "__annotations__", ()) if n in stored]
            fields = {name: stored[name] for name in [*declared, *stored]}
        parts = [
            f"{name}={self.describe(part, name, depth + 2)}"
            for name, part in fields.items()
            if not name.startswith("_")
        ]
        shown = ", ".join(parts) if depth < 2 else "…"
        return f"{kind.__name__}({shown})"

    def has_fields(self, value: object) -> bool:
        """Return whether an object is data: a model, a row, or of an own class."""
        kind = type(value)
        if kind is sqlite3.Row or hasattr(kind, "__mapper__"):
            return True
        file = getattr(sys.modules.get(kind.__module__), "__file__", None)
        is_own = file is not None and Path(file).is_relative_to(self.folder)
        return is_own and kind.__bases__ == (object,) and hasattr(value, "__dict__")

    def describe_error(self, error: object) -> str:
        """Return the name of an exception and the first line of its message."""
        # abort() of flask-smorest keeps the message in data.
        message = getattr(error, "data", {}).get("message")
        message = message or getattr(error, "description", None)
        response = getattr(error, "response", None)  # abort(response) has no message
        message = message or (self.describe(response) if response else error)
        lines = str(message).splitlines()
        first = self._shorten(self.mask(lines[0]), 2 * LONGEST) if lines else ""
        name = type(error).__name__
        return f"{name}: {first}" if first else name

    def mask(self, text: str) -> str:
        """Return a string without secrets, and without what differs in each run."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            if text == secret or len(secret) > 3:
                text = text.replace(secret, HIDDEN)
        text = text[:5000].replace(f"{self.folder}/", "")
        for pattern, replacement in MASKS:
            text = pattern.sub(replacement, text)
        return text

    def learn(self, value: object, name: str = "") -> None:
        """Remember the secrets in a JSON value."""
        if isinstance(value, dict):
            for key, part in value.items():
                self.learn(part, str(key))
        elif isinstance(value, list):
            for part in value:
                self.learn(part, name)
        elif isinstance(value, (str, int, float)) and is_secret(name, value):
            self._hide(str(value))

    def _hide(self, secret: str) -> str:
        """Return what is shown instead of a secret, and mask it from now on."""
        if secret:
            self.secrets.add(secret)
        is_hash = MASKS[0][0].match(secret)
        return f"{is_hash[1]}{HIDDEN}" if is_hash else HIDDEN

    def _shorten(self, text: str, longest: int = LONGEST) -> str:
        """Return a string, cut if it is too long."""
        return text if len(text) <= longest else f"{text[: longest - 1]}…"


def is_secret(name: str, value: object) -> bool:
    """Return whether a value is secret, by the name of what it is stored in."""
    if value is None or isinstance(value, bool):
        return False
    if name in SECRET_STRINGS:
        return isinstance(value, str)
    if KEY.search(name):
        return isinstance(value, str) and len(value) >= SHORTEST_KEY
    return SECRET.search(name) is not None


def is_time(name: str, value: object) -> bool:
    """Return whether a number is a time, in seconds since 1970 or since the start."""
    if name in TIMES:
        return True
    if not isinstance(value, float):
        return False
    is_recent = any(abs(clock() - value) < 60 for clock in (monotonic, perf_counter))
    # A price has two decimals at most, and a time has more.
    return 1.5e9 < value < 5e9 or (is_recent and round(value, 2) != value)
