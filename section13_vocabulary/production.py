"""What is different in production: settings that are required, and a proxy in front."""

from flask import request
from werkzeug.middleware.proxy_fix import ProxyFix

import config

NO_KEY = (
    "FLASK_JWT_SECRET_KEY must be a secret of 32 characters or more. This makes one: "
    'python -c "import secrets; print(secrets.token_hex())"'
)
NO_DATABASE = (
    "DATABASE_URL must be the URL of the database: a dyno loses its files when it "
    "restarts. On Heroku, this adds a database: "
    "heroku addons:create heroku-postgresql:essential-0"
)
NO_URL = (
    "FLASK_FRONTEND_URL must be the URL of the front end, which the links in mails "
    "lead to, such as https://www.example.com"
)


def init_app(app):
    """Check the settings; trust the headers in which the proxy describes the client."""
    # The value by which config.py chose the other settings.
    if config.PRODUCTION:
        check_settings(app.config)
    # A client can send any address in X-Forwarded-For. The proxy appends the one that
    # the connection really comes from.
    proxies = app.config["TRUSTED_PROXIES"]
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)
    app.before_request(read_body)


def read_body():
    """Read all of the body: a proxy that cannot send the rest loses the response."""
    request.get_data()


def check_settings(settings):
    """Raise RuntimeError if a setting is missing, or is for development only."""
    key = str(settings["JWT_SECRET_KEY"])
    # RFC 7518, section 3.2: HS256 needs 256 bits.
    if len(key) < 32 or key.startswith("for development"):
        raise RuntimeError(NO_KEY)
    if not settings["SQLALCHEMY_DATABASE_URI"]:
        raise RuntimeError(NO_DATABASE)
    if not str(settings["FRONTEND_URL"]).startswith("https://"):
        raise RuntimeError(NO_URL)
