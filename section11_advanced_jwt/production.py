"""What must be right before we serve in earnest."""

from werkzeug.middleware.proxy_fix import ProxyFix

import config

NO_KEY = (
    "FLASK_JWT_SECRET_KEY must be a secret of 32 characters or more. This makes one: "
    'python -c "import secrets; print(secrets.token_hex())"'
)
NO_DATABASE = (
    "DATABASE_URL must say where the database is: here, files do not outlive a "
    "restart. On Heroku, this adds one: "
    "heroku addons:create heroku-postgresql:essential-0"
)


def check_settings(settings):
    """Raise RuntimeError where only the person who runs us can say what is right."""
    # We cannot make up a key ourselves: each process would make another one.
    key = settings["JWT_SECRET_KEY"]
    # RFC 7518, section 3.2, wants 256 bits for HS256.
    if len(key) < 32 or key.startswith("for development"):
        raise RuntimeError(NO_KEY)
    if not settings["SQLALCHEMY_DATABASE_URI"]:
        raise RuntimeError(NO_DATABASE)


def init_app(app):
    """Check the settings, and believe what the router in front of us says."""
    # Not app.config["PRODUCTION"]: config.py has chosen the other settings by this one.
    if config.PRODUCTION:
        check_settings(app.config)
    # Of the addresses in X-Forwarded-For, only the last is the router's own word: the
    # others may be anybody's.
    hops = app.config["TRUSTED_PROXIES"]
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)
