"""Settings. The environment variable FLASK_NAME overrides the setting NAME."""

MAX_CONTENT_LENGTH = 1024 * 1024  # bytes in a request's body

# Anyone who knows this key can sign tokens, so in production, use a key of your own:
#   FLASK_JWT_SECRET_KEY=$(python -c 'import secrets; print(secrets.token_hex())')
JWT_SECRET_KEY = "for development only, since it is public in this repository"
JWT_ACCESS_TOKEN_EXPIRES = 15 * 60  # seconds

DATABASE = "instance/shop.sqlite3"  # in the folder of app.py

PASSWORD_HASH = "scrypt"  # the algorithm, which is slow on purpose
DEMO_USERNAME = "ana"  # added at the start, unless this is empty
DEMO_PASSWORD = "open-sesame"

# The API describes itself at /openapi.json, which /docs shows as a page.
API_TITLE = "A shop"
API_VERSION = "section 5"
OPENAPI_VERSION = "3.0.3"
OPENAPI_URL_PREFIX = "/"
OPENAPI_SWAGGER_UI_PATH = "/docs"
OPENAPI_SWAGGER_UI_URL = "swagger-ui/"  # see docs.py; relative, for proxies
OPENAPI_SWAGGER_UI_CONFIG = {"url": "openapi.json"}
BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
SECURITY = {"securitySchemes": {"bearer": BEARER}}
API_SPEC_OPTIONS = {"components": SECURITY, "servers": [{"url": "."}]}
