"""Settings. The environment variable FLASK_NAME overrides the setting NAME."""

import os

# Heroku sets DYNO. On another server, set FLASK_PRODUCTION=true in production.
PRODUCTION = "DYNO" in os.environ or os.getenv("FLASK_PRODUCTION", "false") != "false"
TRUSTED_PROXIES = 1 if PRODUCTION else 0  # Heroku's router is one: see production.py

MAX_CONTENT_LENGTH = 1024 * 1024  # bytes in a request's body

# Anyone who knows this key can sign tokens. In production, it must be set.
JWT_SECRET_KEY = "for development only, since it is public in this repository"
if PRODUCTION:
    JWT_SECRET_KEY = ""
JWT_ACCESS_TOKEN_EXPIRES = 15 * 60  # seconds

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
    # Fewer connections than threads: if the database hangs, threads for /health remain.
    "pool_size": 4,  # connections in each worker
    "max_overflow": 0,
    "pool_timeout": 2,  # seconds to wait until one is free
    # Test a connection before using it: the database may have restarted.
    "pool_pre_ping": True,
}

PASSWORD_HASH = "scrypt"  # the algorithm, which is slow on purpose
DEMO_USERNAME = "" if PRODUCTION else "ana"  # flask init-db adds this user
DEMO_PASSWORD = "open-sesame"

# The API describes itself at /openapi.json, which /docs shows as a page.
API_TITLE = "A shop"
API_VERSION = "section 7"
OPENAPI_VERSION = "3.0.3"
OPENAPI_URL_PREFIX = "/"
OPENAPI_SWAGGER_UI_PATH = "/docs"
OPENAPI_SWAGGER_UI_URL = "swagger-ui/"  # see docs.py; relative, for proxies
OPENAPI_SWAGGER_UI_CONFIG = {"url": "openapi.json"}
BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
SECURITY = {"securitySchemes": {"bearer": BEARER}}
API_SPEC_OPTIONS = {"components": SECURITY, "servers": [{"url": "."}]}
