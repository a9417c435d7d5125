"""The resource /login, which is also found at /auth."""

from flask.views import MethodView
from flask_jwt_extended import create_access_token
from flask_smorest import abort

from api import Blueprint
from models import UserModel
from schemas import LoginSchema, TokenSchema

blp = Blueprint("users", __name__, description="Who you are.")


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
        return {"access_token": create_access_token(identity=user.username)}
