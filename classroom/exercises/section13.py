"""The exercises of section 13."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from requests import Response

from classroom.exercises.common import check_answers, check_copy, expect
from classroom.exercises.finding import Finding, Note
from classroom.sections import find_section
from classroom.server import Server
from classroom.server.client import Api, bearer

PAGE = "http://localhost:4200"  # the front end of the default settings
EVIL = "https://evil.example"
ANA = {"email": "ana@example.com", "password": "open-sesame"}
SIMPLE = ("GET", "HEAD", "POST")  # the methods of forms, and HEAD
ASKS = "Access-Control-Request-"
ALLOWS = "Access-Control-Allow-"
# What are not origins of the front end, although some comparisons take them for it.
OTHERS = {
    "null": "a file, or a page in a sandbox",
    f"{PAGE}.evil.example": "a host that begins in the same way",
    "http://localhost:42000": "a port that begins in the same way",
    "https://localhost:4200": "another scheme",
    "https://evil.example/?http://localhost:4200": "an origin that contains it",
    EVIL: "another site",
}


def fetch(
    api: Api,
    origin: str,
    method: str,
    path: str,
    credentials: bool = False,
    **options: Any,
) -> Response | None:
    """Do what a browser does for fetch(); return None if it blocks the page.

    origin: that of the page; credentials: whether to carry cookies.
    options: those of requests, such as json={…}.
    """
    headers = dict(options.pop("headers", {}))
    if "json" in options:
        headers["Content-Type"] = "application/json"
    if method not in SIMPLE or headers:
        preflight = ask(api, origin, method, path, headers)
        allowed = allows(preflight, origin, credentials) and preflight.ok
        if not (allowed and has_permission(preflight, method, headers)):
            return None
    reply = api.request(method, path, headers=headers | {"Origin": origin}, **options)
    return reply if allows(reply, origin, credentials) else None


def ask(
    api: Api, origin: str, method: str, path: str, headers: Mapping[str, str]
) -> Response:
    """Send a preflight."""
    question = {"Origin": origin, f"{ASKS}Method": method}
    if headers:
        question[f"{ASKS}Headers"] = ",".join(sorted(map(str.lower, headers)))
    preflight: Response = api.options(path, headers=question)
    return preflight


def has_permission(
    preflight: Response, method: str, headers: Mapping[str, str]
) -> bool:
    """Return whether the response to a preflight allows a method, and headers."""
    methods = {*SIMPLE, *read_list(preflight, "Methods")}
    names = {name.lower() for name in read_list(preflight, "Headers")}
    return method in methods and {name.lower() for name in headers} <= names


def read_list(reply: Response, name: str) -> list[str]:
    """Return the values of a CORS header that has several."""
    return [each.strip() for each in reply.headers.get(ALLOWS + name, "").split(",")]


def allows(reply: Response, origin: str, credentials: bool = False) -> bool:
    """Return whether a page may read a response."""
    allowed = reply.headers.get(f"{ALLOWS}Origin")
    if credentials:
        return allowed == origin and allows_credentials(reply)
    return allowed in (origin, "*")


def allows_credentials(reply: Response) -> bool:
    """Return whether a response allows cookies."""
    return reply.headers.get(f"{ALLOWS}Credentials") == "true"


def exercise_1(answers: Mapping[str, str | None]) -> Iterator[Finding]:
    """Predictions of what a page may read, compared with a server."""
    yield from check_answers(answers, find_what_is_read())


@cache  # another check need not start the server again
def find_what_is_read() -> dict[str, str]:
    """Start a server, and return what a page of the front end may read."""
    with Server(find_section("13").folder) as server, server.api() as api:
        token = bearer(api.post("/api/auth/login", json=ANA).json()["access_token"])
        new, extra = {"name": "New"}, {"X-Request-ID": "1"}
        lists, one = "/api/lists", "/api/lists/1"
        replies = {
            f"GET {lists}": fetch(api, PAGE, "GET", lists),
            "GET /api/progress without a token": fetch(
                api, PAGE, "GET", "/api/progress"
            ),
            "GET /api/unknown": fetch(api, PAGE, "GET", "/api/unknown"),
            f"PUT {one} with a token and JSON": fetch(
                api, PAGE, "PUT", one, json=new, headers=token
            ),
            f"PATCH {one} with JSON": fetch(api, PAGE, "PATCH", one, json=new),
            f"GET {lists} with the header X-Request-ID": fetch(
                api, PAGE, "GET", lists, headers=extra
            ),
        }
    return {what: "blocked" if r is None else "read" for what, r in replies.items()}


def exercise_2(preflight: Response) -> Iterator[Finding]:
    """A preflight, sent by hand."""
    request = preflight.request
    asked = {name.title(): str(value) for name, value in request.headers.items()}
    ok = (request.method, request.path_url) == ("OPTIONS", "/api/lists/1")
    yield Finding(ok, "It is OPTIONS /api/lists/1.")
    ok = asked.get("Origin") == PAGE
    yield Finding(ok, "It says which page asks: its origin, and no path.")
    ok = asked.get(f"{ASKS}Method") == "DELETE"
    yield Finding(ok, "It asks for the method.")
    ok = asked.get(f"{ASKS}Headers", "").lower() == "authorization"
    yield Finding(ok, "It asks for the header that the request will have.")
    ok = not {"Authorization", "Cookie"} & asked.keys()
    yield Finding(ok, "It carries no token and no cookie.")
    done = allows(preflight, PAGE) and has_permission(
        preflight, "DELETE", {"Authorization": ""}
    )
    yield Finding(done, "The response allows the request.")


def exercise_3() -> Iterator[Finding | Note]:
    """Exact origins, in a copy of the section."""
    yield from check_copy("13.3", check_origins)


def check_origins(api: Api) -> Iterator[Finding]:
    """Check that pages of the front end may use the API, and no others."""
    yield check_own_page(api)
    for origin, what in OTHERS.items():
        reply = api.get("/api/lists", headers={"Origin": origin})
        preflight = ask(api, origin, "PUT", "/api/lists/1", {"Authorization": ""})
        ok = not (allows(reply, origin) or allows(preflight, origin))
        yield Finding(ok, f"{origin} is not allowed: {what}.")
    replies = [api.get("/api/lists", headers=h) for h in ({}, {"Origin": EVIL})]
    ok = all("Origin" in reply.headers.get("Vary", "") for reply in replies)
    yield Finding(ok, "Each response has Vary: Origin, also those to other origins.")


def check_own_page(api: Api) -> Finding:
    """Check that a page of the front end may send cookies, JSON and tokens."""
    login = fetch(api, PAGE, "POST", "/api/auth/login", credentials=True, json=ANA)
    done = login is not None and login.ok
    if login is not None and done:
        token = bearer(login.json()["access_token"])
        new = {"name": "My words"}
        made = fetch(
            api, PAGE, "POST", "/api/lists", credentials=True, json=new, headers=token
        )
        done = made is not None and made.status_code == 201
    return Finding(done, f"A page on {PAGE} can log in, with cookies, and add a list.")


def exercise_4() -> Iterator[Finding | Note]:
    """A login that lasts, in a copy of the section."""
    yield from check_copy("13.4", check_refresh)


def check_refresh(api: Api) -> Iterator[Finding]:
    """Check that a page of the front end can log in, refresh and log out."""
    yield check_own_page(api)
    csrf = {"X-CSRF-TOKEN": api.cookies.get("csrf_refresh_token", "")}
    for what, path, status in (
        ("refresh its token", "/api/auth/refresh", 200),
        ("log out", "/api/auth/logout", 204),
    ):
        reply = fetch(api, PAGE, "POST", path, credentials=True, headers=csrf)
        ok, note = (False, " (The browser blocks it)")
        if reply is not None:
            ok, note = expect(reply, status)
        yield Finding(ok, f"The page can {what}: {status}.{note}")
    reply = api.get("/api/lists", headers={"Origin": EVIL})
    yield Finding(not allows(reply, EVIL), f"{EVIL} is not allowed.")
    preflight = ask(api, PAGE, "GET", "/api/lists", {"X-Other": ""})
    ok = not has_permission(preflight, "GET", {"X-Other": ""})
    yield Finding(ok, "Headers that the front end does not need are not allowed.")


def exercise_5() -> Iterator[Finding | Note]:
    """A public route, in a copy of the section."""
    yield from check_copy("13.5", check_word_of_the_day)


def check_word_of_the_day(api: Api) -> Iterator[Finding]:
    """Check that all pages can read the word of the day, and nothing else."""
    path = "/api/word-of-the-day"
    reply = api.get(path)
    ok, note = expect(reply, 200)
    yield Finding(ok, f"GET {path} responds with 200.{note}")
    if not ok:
        return
    words = api.get("/api/lists/1").json()["words"]
    known = [{name: word[name] for name in ("spanish", "english")} for word in words]
    ok = reply.json() in known and reply.json() == api.get(path).json()
    yield Finding(ok, "It is a word of list 1, with the fields spanish and english.")
    for origin in (PAGE, EVIL):
        read = fetch(api, origin, "GET", path)
        yield Finding(read is not None, f"A page on {origin} can read it.")
    public = api.get(path, headers={"Origin": EVIL})
    ok = not allows_credentials(public)
    yield Finding(ok, "It does not allow credentials.")
    other = api.get("/api/lists", headers={"Origin": EVIL})
    own = fetch(api, PAGE, "GET", "/api/lists", credentials=True)
    ok = not allows(other, EVIL) and own is not None
    yield Finding(ok, "All other routes are for the front end only, as before.")
    described = path in str(api.get("/api/openapi.json").json()["paths"].keys())
    yield Finding(described, "/api/docs describes it.")
