"""Our settings. Any of them can be changed from outside: FLASK_ and then its name."""

MAX_CONTENT_LENGTH = 1024 * 1024  # bytes that a body may have

# Whoever knows this key can sign tokens, so a server in earnest has one of its own:
#   FLASK_JWT_SECRET_KEY=$(python -c 'import secrets; print(secrets.token_hex())')
JWT_SECRET_KEY = "for development only, since everybody can read it here"
JWT_ACCESS_TOKEN_EXPIRES = 15 * 60  # seconds

# Three slashes and a name: a file in the folder instance/, beside app.py.
SQLALCHEMY_DATABASE_URI = "sqlite:///shop.sqlite3"
# Values, password hashes among them, have no business in a log of errors.
SQLALCHEMY_ENGINE_OPTIONS = {"hide_parameters": True}

# The user whom a new database has in it; with no username, there is none.
DEMO_USERNAME = "ana"
DEMO_PASSWORD = "open-sesame"

# The API describes itself at /openapi.json, and /docs makes a page of that.
API_TITLE = "A shop"
API_VERSION = "section 6"
OPENAPI_VERSION = "3.0.3"
OPENAPI_URL_PREFIX = "/"
OPENAPI_SWAGGER_UI_PATH = "/docs"
OPENAPI_SWAGGER_UI_URL = "/swagger-ui/"  # see docs.py
API_SPEC_OPTIONS = {
    "components": {
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        }
    }
}
