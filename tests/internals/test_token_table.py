"""Every kind of token at every route of section 11: who comes in, and who hears what.

Each cell of the table is a request. Some of the tokens no client can get by itself:
they are signed here, with the app's key.
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
OLD_KEY = "the key that has signed them until yesterday"
OTHER_KEY = "a key that this app has never heard of"
PUBLIC_KEY = f"-----BEGIN PUBLIC KEY-----\n{'A' * 64}\n-----END PUBLIC KEY-----\n"
SETTINGS = NO_LIMITS | {
    "JWT_SECRET_KEY": KEY,
    "JWT_OLD_KEYS": [OLD_KEY],
    "REFRESH_GRACE": 0,  # a spent token is refused at once
}
PASSWORD = "open-sesame"
QUICK_HASH = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")

# Who may come in.
ANYBODY = "anybody: the token is not even looked at"
VISITOR = "visitors too, but a token must be good"
USER = "users"
FRESH = "users with a fresh token"
OWNER = "that user, and admins"
FRESH_OWNER = "that user, and admins, with a fresh token"
ADMIN = "admins"
REFRESH = "those with a refresh token"

ROUTES = {  # who may come in, and the status then
    "POST /register": (ANYBODY, 422),  # with no fields: that is quicker
    "POST /login": (ANYBODY, 200),
    "POST /auth": (ANYBODY, 200),
    "POST /refresh": (REFRESH, 200),
    "POST /logout": (USER, 200),
    "POST /password": (FRESH, 200),
    "GET /user/{user_id}": (OWNER, 200),
    "DELETE /user/{user_id}": (FRESH_OWNER, 200),
    "GET /stores": (ANYBODY, 200),
    "GET /store/{name}": (ANYBODY, 200),
    "POST /store/{name}": (USER, 201),
    "DELETE /store/{name}": (ADMIN, 200),
    "GET /items": (VISITOR, 200),
    "GET /item/{name}": (USER, 200),
    "POST /item/{name}": (FRESH, 201),
    "PUT /item/{name}": (USER, 200),
    "DELETE /item/{name}": (ADMIN, 200),
    "GET /health": (ANYBODY, 200),
    "GET /ready": (ANYBODY, 200),
}

MISSING, INVALID = "authorization_required", "invalid_token"
EXPIRED, REVOKED, STALE = "token_expired", "token_revoked", "fresh_token_required"

TOKENS = {  # what is wrong with it, if anything
    "no header": MISSING,
    "empty header": MISSING,
    "Basic": MISSING,
    "bearer in small letters": MISSING,
    "no scheme": MISSING,
    "no token after Bearer": INVALID,
    "two tokens after Bearer": INVALID,
    "not a token": INVALID,
    "a letter changed": INVALID,
    "expired": EXPIRED,
    "not valid yet": INVALID,
    "another issuer": INVALID,
    "no issuer": INVALID,
    "another audience": INVALID,
    "no audience": INVALID,
    "no subject": INVALID,
    "no login": INVALID,
    "an unknown login": REVOKED,
    "what is no login": INVALID,
    "the login of another user": INVALID,
    "alg none": INVALID,
    "alg none, but signed": INVALID,
    "alg HS512": INVALID,
    "alg RS256": INVALID,
    "signed with a public key": INVALID,
    "signed with another key": INVALID,
    "signed with another key, of another name": INVALID,
    "the old key's name, signed with the present one": INVALID,
    "the other kind of token": INVALID,
    "logged out": REVOKED,
    "spent": REVOKED,
    "of a deleted user": REVOKED,
    "from before another password": REVOKED,
    "signed with the old key": None,
    "the present key under an unknown name": None,
    "not fresh": None,
    "of another user": None,
    "of an admin who is none any more": None,
    "of a user who is an admin since": None,
    "of that user": None,
    "of an admin": None,
}

ROLES = {  # of somebody else than that user: at the login, and now
    "of another user": ("user", "user"),
    "of an admin who is none any more": ("admin", "user"),
    "of a user who is an admin since": ("user", "admin"),
    "of an admin": ("admin", "admin"),
}


def expect(route, kind):
    """Return the status and the error code that this token must get at this route."""
    who, status = ROUTES[route]
    wrong = TOKENS[kind]
    if who == ANYBODY or (who == VISITOR and wrong == MISSING):
        return status, None
    if wrong:
        return 401, wrong
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
    """Return what WWW-Authenticate must look like."""
    if status == 403:
        return 'Bearer error="insufficient_scope"'
    if status == 401 and error == MISSING:
        return "Bearer"
    if status == 401:
        return 'Bearer error="invalid_token", error_description="[^"]+"'
    return "None"


def encode(data):
    """Return bytes as they stand in a token."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def read(token):
    """Return what the header and the payload of a token say."""
    parts = token.split(".")[:2]
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in parts]


def name_key(key):
    """Return the name that a key has in the header of a token."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def sign(header, claims, key=KEY, digest="sha256"):
    """Return a token that says this, signed with HMAC, whatever its header says."""
    text = ".".join(encode(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{encode(hmac.digest(key.encode(), text.encode(), digest))}"


def forge(kind, token):
    """Return a token like a good one, but forged as its kind says, if it does."""
    header, claims = read(token)
    now = int(time.time())
    old = {**header, "kid": name_key(OLD_KEY)}
    stranger = {**header, "kid": name_key(OTHER_KEY)}
    unsigned = sign({**header, "alg": "none"}, claims)
    middle = len(token) // 2
    other_letter = "A" if token[middle] != "A" else "B"

    def without(claim):
        return sign(header, {name: claims[name] for name in claims if name != claim})

    forged = {
        "not a token": "x",
        "a letter changed": token[:middle] + other_letter + token[middle + 1 :],
        "expired": sign(header, {**claims, "exp": now - 10}),
        "not valid yet": sign(header, {**claims, "nbf": now + 60}),
        "another issuer": sign(header, {**claims, "iss": "another shop"}),
        "no issuer": without("iss"),
        "another audience": sign(header, {**claims, "aud": "another shop"}),
        "no audience": without("aud"),
        "no subject": without("sub"),
        "no login": without("sid"),
        "an unknown login": sign(header, {**claims, "sid": str(uuid.uuid4())}),
        "what is no login": sign(header, {**claims, "sid": "\x00"}),
        "alg none": unsigned[: unsigned.rindex(".") + 1],
        "alg none, but signed": unsigned,
        "alg HS512": sign({**header, "alg": "HS512"}, claims, digest="sha512"),
        "alg RS256": sign({**header, "alg": "RS256"}, claims),
        "signed with a public key": sign(header, claims, PUBLIC_KEY),
        "signed with another key": sign(header, claims, OTHER_KEY),
        "signed with another key, of another name": sign(stranger, claims, OTHER_KEY),
        "the old key's name, signed with the present one": sign(old, claims),
        "signed with the old key": sign(old, claims, OLD_KEY),
        "the present key under an unknown name": sign(stranger, claims),
    }
    return forged.get(kind, token)


def write_header(kind, token):
    """Return the headers in which a token of this kind comes."""
    value = {
        "no header": None,
        "empty header": "",
        "Basic": f"Basic {token}",
        "bearer in small letters": f"bearer {token}",
        "no scheme": token,
        "no token after Bearer": "Bearer",
        "two tokens after Bearer": f"Bearer {token} {token}",
    }.get(kind, f"Bearer {token}")
    return {} if value is None else {"Authorization": value}


class World:
    """The app, with new users, stores and items whenever they are needed."""

    def __init__(self, app):
        self.database = app.config["DATABASE"]
        self.client = app.test_client()
        self.count = itertools.count(1)
        self.bad_tokens = {}
        self.scene = self.new_scene()  # for requests that change nothing

    def write(self, statement, *values):
        """Write a row into the app's database, and return its id."""
        with closing(sqlite3.connect(self.database)) as connection:
            with connection:
                return connection.execute(statement, values).lastrowid

    def new_user(self, role="user"):
        """Add somebody who logs in quickly; return the id and the name."""
        name = f"user {next(self.count)}"
        add = "INSERT INTO users (username, password_hash, role) VALUES (?, ?, ?)"
        return self.write(add, name, QUICK_HASH, role), name

    def new_scene(self):
        """Return the id and name of a new user, and of a new store with an item."""
        thing = f"thing {next(self.count)}"
        store_id = self.write("INSERT INTO stores (name) VALUES (?)", thing)
        add = "INSERT INTO items (name, price, store_id) VALUES (?, 1, ?)"
        self.write(add, thing, store_id)
        return *self.new_user(), store_id, thing

    def post(self, path, token=None, verb="POST", **options):
        """Send a request that must succeed, and return what is answered."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        reply = self.client.open(path, method=verb, headers=headers, **options)
        assert reply.status_code < 300, reply.text
        return reply.json

    def log_in(self, name):
        """Return both tokens of a new login."""
        return self.post("/login", json={"username": name, "password": PASSWORD})

    def get_token(self, kind, which, name):
        """Return a token of a kind; where the kind allows it, of the user of that name.

        which: "access_token" or "refresh_token".
        """
        if TOKENS[kind]:  # it is refused everywhere, so it can be sent again
            if (kind, which) not in self.bad_tokens:
                self.bad_tokens[kind, which] = self.make_bad_token(kind, which)
            return self.bad_tokens[kind, which]
        if kind in ROLES:
            before, after = ROLES[kind]
            user_id, name = self.new_user(before)
        tokens = self.log_in(name)
        if kind in ROLES:
            self.write("UPDATE users SET role = ? WHERE id = ?", after, user_id)
        if kind == "not fresh":
            tokens = self.post("/refresh", tokens["refresh_token"])
        return forge(kind, tokens[which])

    def make_bad_token(self, kind, which):
        """Return a token that was good once, or is forged."""
        user_id, name = self.new_user()
        tokens = self.log_in(name)
        access, refresh = tokens["access_token"], tokens["refresh_token"]
        if kind == "the other kind of token":
            return access if which == "refresh_token" else refresh
        if kind == "the login of another user":
            header, claims = read(tokens[which])
            other_id, _ = self.new_user()
            return sign(header, {**claims, "sub": str(other_id)})
        if kind == "logged out":
            self.post("/logout", access)
        elif kind == "spent":
            self.post("/refresh", refresh)
            again = self.client.post("/refresh", headers=write_header("", refresh))
            assert again.status_code == 401
        elif kind == "from before another password":
            passwords = {"old": PASSWORD, "new": PASSWORD}
            self.post("/password", self.log_in(name)["access_token"], json=passwords)
        elif kind == "of a deleted user":
            self.post(f"/user/{user_id}", access, verb="DELETE")
        return forge(kind, tokens[which])


@pytest.fixture(scope="module")
def world(make_shared_app):
    return World(make_shared_app("11", **SETTINGS))


def ask(world, route, kind):
    """Send a request with such a token; return the status, error and challenge."""
    who, status = ROUTES[route]
    changes = who != ANYBODY and expect(route, kind) == (status, None)
    user_id, name, store_id, thing = world.new_scene() if changes else world.scene
    which = "refresh_token" if who == REFRESH else "access_token"
    headers = write_header(kind, world.get_token(kind, which, name))

    verb, path = route.split()
    if verb == "POST":
        thing += " too"
    body = {
        "/login": {"username": name, "password": PASSWORD},
        "/auth": {"username": name, "password": PASSWORD},
        "/register": {},
        "/password": {"old": PASSWORD, "new": "battery staple"},
        "/item/{name}": {"price": 2, "store_id": store_id},
    }.get(path)
    path = path.format(name=thing, user_id=user_id)
    reply = world.client.open(path, method=verb, json=body, headers=headers)

    challenge = reply.headers.get("WWW-Authenticate")
    return reply.status_code, reply.json.get("error"), challenge


def test_table_has_every_route(world):
    paths = world.client.get("/openapi.json").json["paths"]

    described = {
        f"{verb.upper()} {path}"
        for path, operations in paths.items()
        for verb in operations.keys() - {"parameters"}
    }

    assert described == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_each_kind_of_token_is_answered_rightly(world, route):
    answers = {kind: ask(world, route, kind) for kind in TOKENS}

    found = {kind: (status, error) for kind, (status, error, _) in answers.items()}
    assert found == {kind: expect(route, kind) for kind in TOKENS}
    for kind, (status, error, challenge) in answers.items():
        assert re.fullmatch(expect_challenge(status, error), str(challenge)), kind
