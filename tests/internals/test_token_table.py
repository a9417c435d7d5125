"""Every kind of token at every route of sections 11 and 14, and the responses.

Each cell of the table is a request. Tokens that no client could get are signed here,
with the app's key.
"""

import base64
import hashlib
import hmac
import itertools
import json
import re
import sqlite3
import time
import uuid
from contextlib import closing

import pytest
from werkzeug.security import generate_password_hash

from classroom.server import NO_LIMITS

KEY = "the key that signs all tokens of this app"
OLD_KEY = "the key that signed all tokens until yesterday"
OTHER_KEY = "a key that this app does not know at all"
PUBLIC_KEY = f"-----BEGIN PUBLIC KEY-----\n{'A' * 64}\n-----END PUBLIC KEY-----\n"
SETTINGS = NO_LIMITS | {
    "JWT_SECRET_KEY": KEY,
    "JWT_OLD_KEYS": [OLD_KEY],  # of section 14
    "REFRESH_GRACE_PERIOD": 0,  # any reuse of a refresh token ends the login
}
PASSWORD = "open-sesame"
CHEAP_HASH = generate_password_hash(PASSWORD, method="scrypt:128:1:1")

# Who is authorized.
ANYONE = "any client: the token is not looked at"
VISITOR = "visitors too, but a token must be valid"
USER = "users"
FRESH = "users with a fresh token"
OWNER = "that user, and admins"
FRESH_OWNER = "that user, and admins, with a fresh token"
ADMIN = "admins"
REFRESH = "users with a refresh token"

ROUTES = {  # who is authorized, and the status of the response to them
    "POST /register": (ANYONE, 422),  # without fields, which is quicker
    "POST /login": (ANYONE, 200),
    "POST /auth": (ANYONE, 200),
    "POST /refresh": (REFRESH, 200),
    "POST /logout": (USER, 200),
    "POST /password": (FRESH, 200),
    "GET /user/{user_id}": (OWNER, 200),
    "DELETE /user/{user_id}": (FRESH_OWNER, 200),
    "GET /stores": (ANYONE, 200),
    "GET /store/{name}": (ANYONE, 200),
    "POST /store/{name}": (USER, 201),
    "DELETE /store/{name}": (ADMIN, 200),
    "GET /items": (VISITOR, 200),
    "GET /item/{name}": (USER, 200),
    "POST /item/{name}": (FRESH, 201),
    "PUT /item/{name}": (USER, 200),
    "DELETE /item/{name}": (ADMIN, 200),
    "GET /health": (ANYONE, 200),
    "GET /ready": (ANYONE, 200),
}

MISSING, INVALID = "authorization_required", "invalid_token"
EXPIRED, REVOKED, STALE = "token_expired", "token_revoked", "fresh_token_required"

TOKENS = {  # the error, if any
    "no header": MISSING,
    "empty header": INVALID,
    "Basic": INVALID,
    "no scheme": INVALID,
    "no token after Bearer": INVALID,
    "two tokens after Bearer": INVALID,
    "not a token": INVALID,
    "a changed character": INVALID,
    "expired": EXPIRED,
    "not valid yet": INVALID,
    "no subject": INVALID,
    "no session id": REVOKED,
    "an unknown session id": REVOKED,
    "the subject is another user": REVOKED,
    "the subject is no id": REVOKED,
    "no fresh": INVALID,
    "fresh is a list": INVALID,
    "fresh is a string": INVALID,
    "no jti": INVALID,
    "jti is a number": INVALID,
    "jti is an object": INVALID,
    "no role": INVALID,
    "alg none": INVALID,
    "alg none, but signed": INVALID,
    "alg HS384": INVALID,
    "alg HS512": INVALID,
    "alg RS256": INVALID,
    "signed with a public key": INVALID,
    "signed with another key": INVALID,
    "the other kind of token": INVALID,
    "logged out": REVOKED,
    "of a login whose refresh token was reused": REVOKED,
    "of a deleted user": REVOKED,
    "from before a change of the password": REVOKED,
    "scheme in small letters": None,
    "not fresh": None,
    "of another user": None,
    "of a former admin": None,
    "of a user who became an admin since": None,
    "of that user": None,
    "of an admin": None,
}
# Section 14 also verifies who issued a token, and for whom; and it has several keys.
HARDENED = {
    "another issuer": INVALID,
    "no issuer": INVALID,
    "another audience": INVALID,
    "no audience": INVALID,
    "signed with another key, under its own id": INVALID,
    "signed with another key, under the id of the old key": INVALID,
    "signed with the current key, under the id of the old key": INVALID,
    "signed with the current key, under an unknown id": None,
    "signed with the old key": None,
}
KINDS = {"11": TOKENS, "14": TOKENS | HARDENED}
ERRORS = TOKENS | HARDENED

ROLES = {  # of a user other than that one: at the login, and now
    "of another user": ("user", "user"),
    "of a former admin": ("admin", "user"),
    "of a user who became an admin since": ("user", "admin"),
    "of an admin": ("admin", "admin"),
}


def expect(route, kind):
    """Return the status and the error code that this token must get at this route."""
    who, status = ROUTES[route]
    error = ERRORS[kind]
    if who == ANYONE or (who == VISITOR and error == MISSING):
        return status, None
    if error:
        return 401, error
    if who in (FRESH, FRESH_OWNER) and kind == "not fresh":
        return 401, STALE
    is_owner = kind not in ROLES
    is_admin = not is_owner and ROLES[kind][1] == "admin"
    if who == ADMIN and not is_admin:
        return 403, None
    if who in (OWNER, FRESH_OWNER) and not (is_owner or is_admin):
        return 403, None
    return status, None


def expect_challenge(status, error):
    """Return the pattern of the header WWW-Authenticate."""
    if status == 403:
        return 'Bearer error="insufficient_scope"'
    if status == 401 and error == MISSING:
        return "Bearer"
    if status == 401:
        return 'Bearer error="invalid_token", error_description="[^"]+"'
    return "None"


def encode(data):
    """Return bytes as they are encoded in a token."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def read(token):
    """Return the header and the payload of a token."""
    parts = token.split(".")[:2]
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in parts]


def key_id(key):
    """Return the id of a key, which section 14 writes into the header of a token."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def sign(header, claims, key=KEY, digest="sha256"):
    """Return a token, signed with HMAC whatever its header says."""
    text = ".".join(encode(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{encode(hmac.digest(key.encode(), text.encode(), digest))}"


def forge(kind, token):
    """Return a token of a kind, made from a valid one; or the valid one itself."""
    header, claims = read(token)
    now = int(time.time())
    old = {**header, "kid": key_id(OLD_KEY)}
    unknown = {**header, "kid": key_id(OTHER_KEY)}
    unsigned = sign({**header, "alg": "none"}, claims)
    middle = len(token) // 2
    other_character = "A" if token[middle] != "A" else "B"

    def change(**changed):
        return sign(header, claims | changed)

    def without(claim):
        return sign(header, {name: claims[name] for name in claims if name != claim})

    forged = {
        "not a token": "x",
        "a changed character": token[:middle] + other_character + token[middle + 1 :],
        "expired": sign(header, {**claims, "exp": now - 10}),
        "not valid yet": sign(header, {**claims, "nbf": now + 60}),
        "another issuer": sign(header, {**claims, "iss": "another shop"}),
        "no issuer": without("iss"),
        "another audience": sign(header, {**claims, "aud": "another shop"}),
        "no audience": without("aud"),
        "no subject": without("sub"),
        "no session id": without("sid"),
        "an unknown session id": sign(header, {**claims, "sid": str(uuid.uuid4())}),
        "the subject is another user": change(sub="1"),  # ana
        "the subject is no id": change(sub="ana"),
        "no fresh": without("fresh"),
        "fresh is a list": change(fresh=[]),
        "fresh is a string": change(fresh="yes"),
        "no jti": without("jti"),
        "jti is a number": change(jti=1),
        "jti is an object": change(jti={}),
        "no role": without("role"),
        "alg none": unsigned[: unsigned.rindex(".") + 1],
        "alg none, but signed": unsigned,
        "alg HS384": sign({**header, "alg": "HS384"}, claims, digest="sha384"),
        "alg HS512": sign({**header, "alg": "HS512"}, claims, digest="sha512"),
        "alg RS256": sign({**header, "alg": "RS256"}, claims),
        "signed with a public key": sign(header, claims, PUBLIC_KEY),
        "signed with another key": sign(header, claims, OTHER_KEY),
        "signed with another key, under its own id": sign(unknown, claims, OTHER_KEY),
        "signed with another key, under the id of the old key": sign(
            old, claims, OTHER_KEY
        ),
        "signed with the current key, under the id of the old key": sign(old, claims),
        "signed with the current key, under an unknown id": sign(unknown, claims),
        "signed with the old key": sign(old, claims, OLD_KEY),
    }
    return forged.get(kind, token)


def write_header(kind, token):
    """Return the headers that carry a token of this kind."""
    value = {
        "no header": None,
        "empty header": "",
        "Basic": f"Basic {token}",
        "scheme in small letters": f"bearer {token}",
        "no scheme": token,
        "no token after Bearer": "Bearer",
        "two tokens after Bearer": f"Bearer {token} {token}",
    }.get(kind, f"Bearer {token}")
    return {} if value is None else {"Authorization": value}


class Shop:
    """The app, with new users, stores and items whenever they are needed."""

    def __init__(self, app):
        self.database = app.config["DATABASE"]
        self.client = app.test_client()
        self.count = itertools.count(1)
        self.bad_tokens = {}
        self.unchanged = self.add_data()  # for requests that change nothing

    def write(self, statement, *values):
        """Write a row into the app's database, and return its id."""
        with closing(sqlite3.connect(self.database)) as connection:
            with connection:
                return connection.execute(statement, values).lastrowid

    def add_user(self, role="user"):
        """Add a user, and return the id and the username."""
        name = f"user {next(self.count)}"
        add = "INSERT INTO users (username, password_hash, role) VALUES (?, ?, ?)"
        return self.write(add, name, CHEAP_HASH, role), name

    def add_data(self):
        """Add a user, and a store with an item; return their ids and names."""
        name = f"thing {next(self.count)}"
        store_id = self.write("INSERT INTO stores (name) VALUES (?)", name)
        add = "INSERT INTO items (name, price, store_id) VALUES (?, 1, ?)"
        self.write(add, name, store_id)
        return *self.add_user(), store_id, name

    def post(self, path, token=None, method="POST", **options):
        """Send a request that must succeed, and return the body of the response."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        reply = self.client.open(path, method=method, headers=headers, **options)
        assert reply.status_code < 300, reply.text
        return reply.json

    def log_in(self, name):
        """Return both tokens of a new login."""
        return self.post("/login", json={"username": name, "password": PASSWORD})

    def get_token(self, kind, which, name):
        """Return a token of a kind; where the kind allows it, of the user of that name.

        which: "access_token" or "refresh_token".
        """
        if ERRORS[kind]:  # no route accepts it, so it can be sent again
            if (kind, which) not in self.bad_tokens:
                self.bad_tokens[kind, which] = self.make_bad_token(kind, which)
            return self.bad_tokens[kind, which]
        if kind in ROLES:
            before, after = ROLES[kind]
            user_id, name = self.add_user(before)
        tokens = self.log_in(name)
        if kind in ROLES:
            self.write("UPDATE users SET role = ? WHERE id = ?", after, user_id)
        if kind == "not fresh":
            tokens = self.post("/refresh", tokens["refresh_token"])
        return forge(kind, tokens[which])

    def make_bad_token(self, kind, which):
        """Return a token that was valid once, or is forged."""
        user_id, name = self.add_user()
        tokens = self.log_in(name)
        access, refresh = tokens["access_token"], tokens["refresh_token"]
        if kind == "the other kind of token":
            return access if which == "refresh_token" else refresh
        if kind == "logged out":
            self.post("/logout", access)
        elif kind == "of a login whose refresh token was reused":
            self.post("/refresh", refresh)
            again = self.client.post("/refresh", headers=write_header("", refresh))
            assert again.status_code == 401
        elif kind == "from before a change of the password":
            passwords = {"old": PASSWORD, "new": PASSWORD}
            self.post("/password", self.log_in(name)["access_token"], json=passwords)
        elif kind == "of a deleted user":
            self.post(f"/user/{user_id}", access, method="DELETE")
        return forge(kind, tokens[which])


@pytest.fixture(params=KINDS)
def section(request):
    return request.param


@pytest.fixture
def filled_shop(section, make_app):
    return Shop(make_app(section, **SETTINGS))


def send(shop, route, kind):
    """Send a request with such a token; return the status, error and challenge."""
    who, status = ROUTES[route]
    changes = who != ANYONE and expect(route, kind) == (status, None)
    user_id, username, store_id, name = shop.add_data() if changes else shop.unchanged
    which = "refresh_token" if who == REFRESH else "access_token"
    headers = write_header(kind, shop.get_token(kind, which, username))

    method, path = route.split()
    if method == "POST":
        name += " too"
    body = {
        "/login": {"username": username, "password": PASSWORD},
        "/auth": {"username": username, "password": PASSWORD},
        "/register": {},
        "/password": {"old": PASSWORD, "new": "battery staple"},
        "/item/{name}": {"price": 2, "store_id": store_id},
    }.get(path)
    path = path.format(name=name, user_id=user_id)
    reply = shop.client.open(path, method=method, json=body, headers=headers)

    challenge = reply.headers.get("WWW-Authenticate")
    return reply.status_code, reply.json.get("error"), challenge


def test_table_has_every_route(filled_shop):
    paths = filled_shop.client.get("/openapi.json").json["paths"]

    described = {
        f"{method.upper()} {path}"
        for path, operations in paths.items()
        for method in operations.keys() - {"parameters"}
    }

    assert described == set(ROUTES)


def test_each_route_responds_to_each_kind_of_token(section, filled_shop):
    wrong = []
    for route, kind in itertools.product(ROUTES, KINDS[section]):
        status, error, challenge = send(filled_shop, route, kind)
        pattern = expect_challenge(status, error)
        is_expected = (status, error) == expect(route, kind)
        if not is_expected or not re.fullmatch(pattern, str(challenge)):
            wrong.append(f"{route}, {kind}: {status} {error} {challenge}")

    assert wrong == []
