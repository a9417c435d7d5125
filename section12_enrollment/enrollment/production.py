"""What production adds: required settings, and a proxy in front of the app."""

from werkzeug.middleware.proxy_fix import ProxyFix

import config

NO_KEY = (
    "FLASK_SECRET_KEY must be a secret of 32 characters or more. This makes one: "
    'python -c "import secrets; print(secrets.token_hex())"'
)
NO_DATABASE = (
    "MONGO_URI must be the URI of a MongoDB database, such as "
    "mongodb+srv://user:password@cluster.example.mongodb.net/enrollment: without it, "
    "all data is lost when the process ends."
)


def init_app(app):
    """Check the settings; trust the headers in which the proxy describes the client."""
    # config.py has chosen the other settings by this value, too.
    if config.PRODUCTION:
        check_settings(app.config)
    # A client can send any address in X-Forwarded-For. The proxy appends the address
    # from which it is connected, so only the last one can be trusted.
    proxies = app.config["TRUSTED_PROXIES"]
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)


def check_settings(settings):
    """Raise RuntimeError if a setting is missing, or is for development only."""
    key = str(settings["SECRET_KEY"])
    if len(key) < 32 or key.startswith("for development"):
        raise RuntimeError(NO_KEY)
    if not settings["MONGO_URI"]:
        raise RuntimeError(NO_DATABASE)
