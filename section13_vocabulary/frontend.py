"""The built front end, served by this app: one origin for pages and API."""

import re
from pathlib import Path

from flask import current_app, render_template, request, send_from_directory
from werkzeug.exceptions import NotFound

from api import respond_with_json

# The build puts a hash of a file's content into its name: main-5QF3ZWOL.js.
HASHED = re.compile(r".+-[A-Z0-9]{8}\.\w+")


def show_page(error):
    """Respond to a URL that has no route: with the front end, unless it is below /api.

    The URLs of the pages, such as /train/3, exist only in the front end, whose router
    reads them. So all of them get index.html, and a reload of such a page works.
    """
    is_api = request.path == "/api" or request.path.startswith("/api/")
    if is_api or request.method not in ("GET", "HEAD"):
        return respond_with_json(error)
    folder = Path(current_app.root_path, current_app.config["FRONTEND_FOLDER"])
    path = request.path.lstrip("/")
    try:
        return send(folder, path)
    except NotFound:
        if "." in path.rpartition("/")[2]:  # a file, not a page
            return respond_with_json(error)
    try:
        return send(folder, "index.html")
    except NotFound:
        return render_template("not_built.html"), 404


def send(folder, path):
    """Return the response with a file; raise NotFound if there is none."""
    response = send_from_directory(folder, path)
    response.headers["X-Content-Type-Options"] = "nosniff"
    if HASHED.fullmatch(path):  # other content would have another name
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def init_app(app):
    """Serve the front end at all URLs that have no route."""
    app.register_error_handler(404, show_page)
