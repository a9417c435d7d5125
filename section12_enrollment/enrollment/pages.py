"""The home page, the theme of all pages, and health checks."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask import current_app as app

from enrollment.models import Course
from enrollment.redirects import safe_path

blp = Blueprint("pages", __name__)

THEMES = "light", "dark"


@blp.get("/home")
@blp.get("/index")
@blp.get("/")  # decorators run from the bottom up, and url_for() returns the first URL
def index():
    """Show the home page, which has three URLs."""
    return render_template("index.html")


@blp.post("/theme")
def set_theme():
    """Store the theme in a cookie of its own, and show the page again."""
    theme = request.form["theme"]  # without that field, the response is 400
    target = safe_path(request.form.get("next"), url_for("pages.index"))
    response = make_response(redirect(target))
    if theme in THEMES:
        response.set_cookie(
            "theme",
            theme,
            max_age=365 * 24 * 60 * 60,  # seconds
            secure=app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


@blp.app_context_processor
def add_theme():
    """Pass the theme to all templates, from the cookie that the browser sends."""
    theme = request.cookies.get("theme")
    return {"theme": theme if theme in THEMES else THEMES[0]}


@blp.get("/health")
def health():
    """Respond 200 as long as this process is running."""
    return {"message": "The process is running."}  # a dict becomes JSON


@blp.get("/ready")
def ready():
    """Respond 200 if the database is ready, else 503."""
    Course.objects.first()
    return {"message": "The process is running, and the database is ready."}
