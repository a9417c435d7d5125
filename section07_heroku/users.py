"""The resources /register and /login, which is also found at /auth."""

from flask.views import MethodView
from flask_jwt_extended import create_access_token
from flask_smorest import abort

from api import Blueprint
from models import NameTaken, UserModel
from schemas import LoginSchema, RegisteredSchema, RegisterSchema, TokenSchema

blp = Blueprint("users", __name__, description="Who you are.")


@blp.route("/register")
class Register(MethodView):
    """A registration."""

    @blp.arguments(RegisterSchema)
    @blp.response(201, RegisteredSchema)
    @blp.errors(400, 409, 413, 415)
    def post(self, new):
        """Add a user, who can log in from now on."""
        try:
            user = UserModel.add(**new)
        except NameTaken:
            abort(409, message=f"A user named {new['username']!r} already exists.")
        message = f"Welcome, {user.username}. You can log in now."
        return {"id": user.id, "username": user.username, "message": message}


@blp.route("/login")
@blp.route("/auth")  # its name in the days of Flask-JWT
class Login(MethodView):
    """A login."""

    @blp.arguments(LoginSchema)
    @blp.response(200, TokenSchema)
    @blp.errors(400, 401, 413, 415)
    def post(self, login):
        """Give an access token for a username and password."""
        user = UserModel.find_by_login(**login)
        if user is None:
            abort(
                401,
                message="The username or the password is wrong.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        # The identity becomes the claim "sub", which must be a text (RFC 7519).
        return {"access_token": create_access_token(identity=str(user.id))}
