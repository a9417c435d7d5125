"""Section 12: a site on which students enroll in courses."""

from enrollment import create_app

__all__ = ["create_app"]  # for flask run, and gunicorn 'app:create_app()'
