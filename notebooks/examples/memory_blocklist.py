"""A logout as older courses have it: the list of revoked tokens is in memory.

It is here to fail: see the lesson of section 11. There is no password either.
"""

from flask import Flask
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    get_jwt,
    get_jwt_identity,
    jwt_required,
)

jwt = JWTManager()
BLOCKLIST = set()  # the ids (jti) of tokens that are good for nothing any more


@jwt.token_in_blocklist_loader
def is_revoked(header, claims):
    """Return whether somebody has logged out with this token."""
    return claims["jti"] in BLOCKLIST


def create_app():
    """Make the app."""
    app = Flask(__name__)
    app.config["JWT_SECRET_KEY"] = "for a lesson only, since everybody can read it"
    jwt.init_app(app)

    @app.post("/login")
    def login():
        """Give a token to anybody."""
        return {"access_token": create_access_token("ana")}

    @app.get("/me")
    @jwt_required()
    def who_am_i():
        """Show whose token it is."""
        return {"username": get_jwt_identity()}

    @app.post("/logout")
    @jwt_required()
    def logout():
        """Revoke the token."""
        BLOCKLIST.add(get_jwt()["jti"])
        return {"message": "You are logged out."}

    return app
