"""The resource /login, which is also at /auth."""

from flask.views import MethodView
from flask_jwt_extended import create_access_token
from flask_smorest import abort

from api import Blueprint
from models import UserModel
from schemas import LoginSchema, TokenSchema

blp = Blueprint("users", __name__, description="Users.")


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
        return {"access_token": create_access_token(identity=user.username)}
