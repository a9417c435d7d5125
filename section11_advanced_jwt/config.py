"""Our settings. Any of them can be changed from outside: FLASK_ and then its name."""

import os

# Heroku sets DYNO. On another server that is in earnest, set FLASK_PRODUCTION=true.
PRODUCTION = "DYNO" in os.environ or os.getenv("FLASK_PRODUCTION", "false") != "false"
# In production there must be one hop before us, Heroku's router: it says over which
# scheme, and for which client, it asks.
TRUSTED_PROXIES = 1 if PRODUCTION else 0
THREADS = 4  # that serve requests, in each process of gunicorn

MAX_CONTENT_LENGTH = 1024 * 1024  # bytes that a body may have

# Whoever knows this key can sign tokens. In production it comes from outside.
JWT_SECRET_KEY = "for development only, since everybody can read it here"
if PRODUCTION:
    JWT_SECRET_KEY = None
JWT_OLD_KEYS = []  # which sign no more, but still verify: see keys.py
JWT_ACCESS_TOKEN_EXPIRES = 15 * 60  # seconds
JWT_REFRESH_TOKEN_EXPIRES = 30 * 24 * 60 * 60
REFRESH_GRACE = 10  # seconds in which two tabs may spend the same refresh token
# RFC 8725: one algorithm, and tokens that were made by us and for us.
JWT_ALGORITHM = "HS256"
JWT_DECODE_ALGORITHMS = ["HS256"]
JWT_ENCODE_ISSUER = JWT_DECODE_ISSUER = "shop"
JWT_ENCODE_AUDIENCE = JWT_DECODE_AUDIENCE = "shop"
JWT_DECODE_LEEWAY = 5  # seconds by which the clocks of two servers may differ

# How often an address may guess the password of one user, and of any, and register.
GUESS_LIMIT = "10 per minute"
ADDRESS_LIMIT = "60 per minute"
REGISTER_LIMIT = "60 per minute"
# Each process counts for itself, unless this is a Redis: "redis://127.0.0.1:6379".
RATELIMIT_STORAGE_URI = "memory://"
RATELIMIT_IN_MEMORY_FALLBACK_ENABLED = True  # while Redis does not answer
# Seconds to wait for its answer. Nobody can log in meanwhile.
RATELIMIT_STORAGE_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 1}

# Heroku writes postgres://, where SQLAlchemy wants postgresql://.
SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "").replace(
    "postgres://", "postgresql+psycopg://", 1
)
if not SQLALCHEMY_DATABASE_URI and not PRODUCTION:
    # Three slashes and a name: a file in the folder instance/, beside app.py.
    SQLALCHEMY_DATABASE_URI = "sqlite:///shop.sqlite3"
SQLALCHEMY_ENGINE_OPTIONS = {
    # Values, password hashes among them, have no business in a log of errors.
    "hide_parameters": True,
    # A connection for each thread: more would never be used at the same time.
    "pool_size": THREADS,
    "max_overflow": 0,
    # Before a connection is used, see that it still works: the database may have been
    # started again since.
    "pool_pre_ping": True,
}

# The user whom flask init-db adds; with no username, there is none.
DEMO_USERNAME = "" if PRODUCTION else "ana"
DEMO_PASSWORD = "open-sesame"

# The API describes itself at /openapi.json, and /docs makes a page of that.
API_TITLE = "A shop"
API_VERSION = "section 11"
OPENAPI_VERSION = "3.0.3"
OPENAPI_URL_PREFIX = "/"
OPENAPI_SWAGGER_UI_PATH = "/docs"
OPENAPI_SWAGGER_UI_URL = "/swagger-ui/"  # see docs.py
API_SPEC_OPTIONS = {
    "components": {
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "The access token. From /login it is fresh; from "
                "/refresh it is not.",
            },
            "refresh": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "The refresh token, which can be spent once.",
            },
        }
    }
}
