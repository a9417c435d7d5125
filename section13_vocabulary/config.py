"""Settings. The environment variable FLASK_NAME overrides the setting NAME."""

import os

# Heroku sets DYNO. On another server, set FLASK_PRODUCTION=true in production.
PRODUCTION = "DYNO" in os.environ or os.getenv("FLASK_PRODUCTION", "false") != "false"
TRUSTED_PROXIES = 1 if PRODUCTION else 0  # Heroku's router is one: see production.py

MAX_CONTENT_LENGTH = 1024 * 1024  # bytes in a request's body

# Where the front end and the API are, for the links in mails. (The header Host would
# not do: a client can send any, and so make links that lead elsewhere.)
FRONTEND_URL = "" if PRODUCTION else "http://localhost:4200"
API_URL = "" if PRODUCTION else "http://localhost:5000"  # empty: the same as above
# The other origins whose pages may use the API: see cors.py.
FRONTEND_ORIGINS = [] if PRODUCTION else ["http://localhost:4200"]
# The built front end, which this app serves, too: see frontend.py.
FRONTEND_FOLDER = "frontend/dist/browser"

# Anyone who knows this key can sign tokens. In production, it must be set.
JWT_SECRET_KEY = "for development only, since it is public in this repository"
if PRODUCTION:
    JWT_SECRET_KEY = ""
JWT_ACCESS_TOKEN_EXPIRES = 15 * 60  # seconds
JWT_REFRESH_TOKEN_EXPIRES = 30 * 24 * 60 * 60
# Seconds in which requests that were sent with the previous refresh token may use it.
REFRESH_GRACE_PERIOD = 10

# The access token is in the header Authorization, the refresh token in a cookie.
JWT_TOKEN_LOCATION = ["headers", "cookies"]
JWT_REFRESH_COOKIE_PATH = "/api/auth"  # no other request carries it
JWT_REFRESH_CSRF_COOKIE_PATH = "/"  # for JavaScript on all pages
JWT_COOKIE_SECURE = PRODUCTION  # only over HTTPS
# Requests from other sites come without it. Other ports and subdomains are the same
# site: localhost:4200 and localhost:5000, www.example.com and api.example.com.
JWT_COOKIE_SAMESITE = "Strict"
# With the API at api.example.com: "example.com", so that www can read the CSRF cookie.
JWT_COOKIE_DOMAIN = None

# Heroku's URL begins with postgres://, which SQLAlchemy does not accept.
SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "").replace(
    "postgres://", "postgresql+psycopg://", 1
)
if not SQLALCHEMY_DATABASE_URI and not PRODUCTION:
    # A file in the folder instance/, beside app.py.
    SQLALCHEMY_DATABASE_URI = "sqlite:///vocabulary.sqlite3"
SQLALCHEMY_ENGINE_OPTIONS = {
    # Keep values out of logged errors: some of them are password hashes.
    "hide_parameters": True,
    # Fewer connections than threads: if the database hangs, threads for /health remain.
    "pool_size": 4,  # connections in each worker
    "max_overflow": 1,  # one more for the thread that sends mail
    "pool_timeout": 2,  # seconds to wait until one is free
    # Test a connection before using it: the database may have restarted.
    "pool_pre_ping": True,
}

PASSWORD_HASH = "scrypt"  # the algorithm, which is slow on purpose
DEMO_EMAIL = "" if PRODUCTION else "ana@example.com"  # flask init-db adds this user
DEMO_PASSWORD = "open-sesame"

# The SMTP server that takes the mail. By default, it is the one of flask mailbox.
MAIL_SERVER = "127.0.0.1"
MAIL_PORT = 1025
MAIL_USE_TLS = False
MAIL_DEFAULT_SENDER = "Vocabulary trainer <trainer@example.com>"
MAIL_TIMEOUT = 10  # seconds to wait for the SMTP server
MAIL_CLAIM = 60  # seconds in which a process that sends a mail has it for itself
MAIL_RETRY_DELAY = 10  # seconds until the second try; then twice as many, and so on
MAIL_MAX_AGE = 2 * 24 * 60 * 60  # seconds after which a mail is given up
MAIL_CHECK_INTERVAL = 10  # seconds between two looks for mail that waits
MAIL_LIMIT = 5  # mails to one address in an hour that requests may cause
CONFIRM_LINK_EXPIRES = 24 * 60 * 60  # seconds
RESET_LINK_EXPIRES = 30 * 60
# With the URL of a Redis, flask worker sends the mail. Without, a thread of each
# process that serves the app does, unless MAIL_THREAD is false.
REDIS_URL = os.environ.get("REDIS_URL", "")
MAIL_THREAD = True

CLOCK_OFFSET = 0  # seconds to add to the time, to see what will be due: see clock.py

# The API describes itself at /api/openapi.json, which /api/docs shows as a page.
API_TITLE = "A vocabulary trainer"
API_VERSION = "section 13"
OPENAPI_VERSION = "3.0.3"
OPENAPI_URL_PREFIX = "/api"
OPENAPI_SWAGGER_UI_PATH = "/docs"
OPENAPI_SWAGGER_UI_URL = "swagger-ui/"  # see docs.py; relative, for proxies
OPENAPI_SWAGGER_UI_CONFIG = {"url": "openapi.json"}
BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
COOKIE = {"type": "apiKey", "in": "cookie", "name": "refresh_token_cookie"}
CSRF = {"type": "apiKey", "in": "header", "name": "X-CSRF-TOKEN"}
SECURITY = {"securitySchemes": {"bearer": BEARER, "cookie": COOKIE, "csrf": CSRF}}
API_SPEC_OPTIONS = {"components": SECURITY, "servers": [{"url": ".."}]}
