"""Settings. The environment variable FLASK_NAME overrides the setting NAME."""

import os

# Heroku sets DYNO. On another server, set FLASK_PRODUCTION=true in production.
PRODUCTION = "DYNO" in os.environ or os.getenv("FLASK_PRODUCTION", "false") != "false"
TRUSTED_PROXIES = 1 if PRODUCTION else 0  # Heroku's router is one: see production.py
THREADS = 4  # per gunicorn worker

MAX_CONTENT_LENGTH = 1024 * 1024  # bytes in a request's body

# Anyone who knows this key can sign tokens. In production, it must be set.
JWT_SECRET_KEY = "for development only, since it is public in this repository"
if PRODUCTION:
    JWT_SECRET_KEY = ""
JWT_OLD_KEYS = []  # these verify older tokens, and sign no new ones: see keys.py
# RFC 8725: accept one algorithm, and only tokens issued by this API and for it.
JWT_ALGORITHM = "HS256"
JWT_DECODE_ALGORITHMS = ["HS256"]
JWT_ENCODE_ISSUER = JWT_DECODE_ISSUER = "shop"
JWT_ENCODE_AUDIENCE = JWT_DECODE_AUDIENCE = "shop"
JWT_DECODE_LEEWAY = 5  # seconds by which the clocks of two servers may differ
JWT_ACCESS_TOKEN_EXPIRES = 15 * 60  # seconds
JWT_REFRESH_TOKEN_EXPIRES = 30 * 24 * 60 * 60
# Seconds in which another tab of the browser may still use a rotated refresh token.
REFRESH_GRACE_PERIOD = 10

# How often a client may try passwords for one user or for all users, and register.
GUESS_LIMIT = "10 per minute"
ADDRESS_LIMIT = "60 per minute"
REGISTER_LIMIT = "60 per minute"
RATELIMIT_STRATEGY = "moving-window"  # at most that many in any 60 seconds
# Each process counts alone, unless this is the URL of Redis: redis://127.0.0.1:6379
RATELIMIT_STORAGE_URI = "memory://"
RATELIMIT_IN_MEMORY_FALLBACK_ENABLED = True  # while Redis does not respond
RATELIMIT_STORAGE_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 1}

# Heroku's URL begins with postgres://, which SQLAlchemy does not accept.
SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "").replace(
    "postgres://", "postgresql+psycopg://", 1
)
if not SQLALCHEMY_DATABASE_URI and not PRODUCTION:
    # A file in the folder instance/, beside app.py.
    SQLALCHEMY_DATABASE_URI = "sqlite:///shop.sqlite3"
SQLALCHEMY_ENGINE_OPTIONS = {
    # Keep values out of logged errors: some of them are password hashes.
    "hide_parameters": True,
    # One connection for each thread.
    "pool_size": THREADS,
    "max_overflow": 0,
    "pool_timeout": 5,  # seconds to wait until one is free
    # Test a connection before using it: the database may have restarted.
    "pool_pre_ping": True,
}

PASSWORD_HASH = "scrypt"  # the algorithm, which is slow on purpose
DEMO_USERNAME = "" if PRODUCTION else "ana"  # flask init-db adds this user
DEMO_PASSWORD = "open-sesame"

# The API describes itself at /openapi.json, which /docs shows as a page.
API_TITLE = "A shop"
API_VERSION = "section 14"
OPENAPI_VERSION = "3.0.3"
OPENAPI_URL_PREFIX = "/"
OPENAPI_SWAGGER_UI_PATH = "/docs"
OPENAPI_SWAGGER_UI_URL = "swagger-ui/"  # see docs.py; relative, for proxies
OPENAPI_SWAGGER_UI_CONFIG = {"url": "openapi.json"}
BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
ACCESS = BEARER | {"description": "The access token; fresh if it is from /login."}
REFRESH = BEARER | {"description": "The refresh token, for one use."}
SECURITY = {"securitySchemes": {"bearer": ACCESS, "refresh": REFRESH}}
API_SPEC_OPTIONS = {"components": SECURITY, "servers": [{"url": "."}]}
