"""Settings. The environment variable FLASK_NAME overrides the setting NAME."""

import os
from datetime import timedelta

# Heroku sets DYNO. On another server, set FLASK_PRODUCTION=true in production.
PRODUCTION = "DYNO" in os.environ or os.getenv("FLASK_PRODUCTION", "false") != "false"
TRUSTED_PROXIES = 1 if PRODUCTION else 0  # such as Heroku's router: see production.py

# The database, such as mongodb://127.0.0.1:27017/enrollment. Without one, the data is
# in the memory of the process: see database.py.
MONGO_URI = os.getenv("MONGO_URI", "")
MONGO_TIMEOUT = 3  # seconds until an operation fails if the database does not respond

# Anyone who knows this key can sign session cookies. In production, it must be set.
SECRET_KEY = "for development only, since it is public in this repository"
if PRODUCTION:
    SECRET_KEY = ""

# Where sessions are stored: "" is a signed cookie in the browser, "mongodb" is the
# database, and "cachelib" is the folder SESSION_FOLDER.
SESSION_TYPE = ""
SESSION_FOLDER = "instance/sessions"
SESSION_PERMANENT = False  # it ends when the browser is closed
SESSION_COOKIE_SAMESITE = REMEMBER_COOKIE_SAMESITE = "Lax"
# In production, browsers send the cookies over HTTPS only.
SESSION_COOKIE_SECURE = REMEMBER_COOKIE_SECURE = PRODUCTION
REMEMBER_COOKIE_DURATION = timedelta(days=30)

MAX_CONTENT_LENGTH = 1024 * 1024  # bytes in a request's body
PASSWORD_HASH = "scrypt"  # an algorithm that is slow on purpose
DEMO_PASSWORD = "" if PRODUCTION else "open-sesame"  # of the users in seed/users.json

BOOTSTRAP_SERVE_LOCAL = True  # from the package, not from a CDN

# The API describes itself at /openapi.json.
API_TITLE = "Users of the enrollment site"
API_VERSION = "section 12"
OPENAPI_VERSION = "3.0.3"
OPENAPI_URL_PREFIX = "/"
BASIC = {"type": "http", "scheme": "basic", "description": "An admin's login."}
API_SPEC_OPTIONS = {
    "components": {"securitySchemes": {"basic": BASIC}},
    "security": [{"basic": []}],
    "servers": [{"url": "."}],
}
