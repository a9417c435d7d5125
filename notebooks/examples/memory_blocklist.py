"""A logout as in many older courses: the blocklist of revoked tokens is in memory.

It fails with several processes: see the notebook of section 11. It has no passwords.
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
BLOCKLIST = set()  # the ids (jti) of the tokens that are revoked


@jwt.token_in_blocklist_loader
def is_revoked(header, claims):
    """Return whether this token is in the blocklist."""
    return claims["jti"] in BLOCKLIST


def create_app():
    """Create the app."""
    app = Flask(__name__)
    app.config["JWT_SECRET_KEY"] = "for this example only, since it is public"
    jwt.init_app(app)

    @app.post("/login")
    def login():
        """Return a token, without a password."""
        return {"access_token": create_access_token("ana")}

    @app.get("/me")
    @jwt_required()
    def who_am_i():
        """Show the user of the token."""
        return {"username": get_jwt_identity()}

    @app.post("/logout")
    @jwt_required()
    def logout():
        """Revoke the token."""
        BLOCKLIST.add(get_jwt()["jti"])
        return {"message": "You are logged out."}

    return app
