"""Swagger UI, the page at /docs, from a package: it works without the internet."""

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint

swagger_ui = Blueprint(
    "swagger_ui",
    __name__,
    static_folder=Path(flask_swagger_ui.__file__).parent / "dist",
    static_url_path="/swagger-ui",
)
