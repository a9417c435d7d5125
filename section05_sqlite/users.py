"""The resources /register and /login, which is also at /auth."""

from flask.views import MethodView
from flask_jwt_extended import create_access_token
from flask_smorest import abort

from api import Blueprint
from models import NameTaken, UserModel
from schemas import LoginSchema, RegisteredSchema, RegisterSchema, TokenSchema

blp = Blueprint("users", __name__, description="Users.")


@blp.route("/register")
class Register(MethodView):
    """A registration."""

    @blp.arguments(RegisterSchema)
    @blp.response(201, RegisteredSchema, also=[409])
    def post(self, new):
        """Add a user, who can log in from then on."""
        try:
            user = UserModel.add(**new)
        except NameTaken:
            abort(409, message=f"A user named {new['username']!r} already exists.")
        message = f"Welcome, {user.username}. You can log in now."
        return {"id": user.id, "username": user.username, "message": message}


@blp.route("/login")
@blp.route("/auth")  # its URL with Flask-JWT, the older library
class Login(MethodView):
    """A login."""

    @blp.arguments(LoginSchema)
    @blp.response(200, TokenSchema, also=[401])
    def post(self, credentials):
        """Return an access token for a username and a password."""
        user = UserModel.find_by_login(**credentials)
        if user is None:
            message = "The username or the password is wrong."
            abort(401, message=message, headers={"WWW-Authenticate": "Bearer"})
        # The identity becomes the claim "sub", which must be a string (RFC 7519).
        return {"access_token": create_access_token(identity=str(user.id))}
