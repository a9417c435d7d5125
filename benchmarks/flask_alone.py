"""Flask alone: the cost of routes, requests and responses without extensions."""

from typing import Any

from flask import Flask

from benchmarks.rows import open_shop


def create_app() -> Flask:
    """Make an app that reads its responses directly from a database."""
    app = Flask(__name__)
    app.config.from_prefixed_env()
    app.json.sort_keys = False  # type: ignore[attr-defined]
    shop = open_shop(app.config["DATABASE"], app.config["WITH_STORES"])

    @app.get("/item/<name>")
    def show_item(name: str) -> dict[str, Any]:
        return shop.find(name)

    @app.get("/items")
    @app.get("/stores")
    def list_all() -> dict[str, Any]:
        return shop.find_all()

    return app
