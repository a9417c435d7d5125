"""The resource /words/<id>."""

from flask.views import MethodView
from flask_jwt_extended import current_user
from flask_smorest import abort

from api import Blueprint
from models import NameTaken, WordModel
from schemas import WordIdSchema, WordSchema
from tokens import forbid

blp = Blueprint("words", __name__, url_prefix="/words", description="Words")


@blp.route("/<word_id>")
class Word(MethodView):
    """One word."""

    @blp.login_required(optional=True)
    @blp.arguments(WordIdSchema, location="path", error_status_code=404)
    @blp.response(200, WordSchema)
    def get(self, word_id):
        """Show a word."""
        return find_word(word_id)

    @blp.login_required()
    @blp.arguments(WordIdSchema, location="path", error_status_code=404)
    @blp.arguments(WordSchema)
    @blp.response(200, WordSchema, also=[403, 409])
    def put(self, new, word_id):
        """Change a word; progress stays as it is."""
        word = find_own_word(word_id)
        try:
            word.change(**new)
        except NameTaken:
            abort(409, message=f"The list has the word {new['spanish']!r} already.")
        return word

    @blp.login_required()
    @blp.arguments(WordIdSchema, location="path", error_status_code=404)
    @blp.response(204, also=[403])
    def delete(self, word_id):
        """Delete a word."""
        find_own_word(word_id)
        WordModel.delete(word_id)


def find_word(word_id):
    """Return a word, or respond 404 unless it is in a list that the user sees."""
    word = WordModel.find(word_id, current_user or None)
    if word is None:
        abort(404, message=f"There is no word with the id {word_id}.")
    return word


def find_own_word(word_id):
    """Return a word, or respond 403 or 404 unless the user may change it."""
    word = find_word(word_id)
    if not word.list.may_be_changed_by(current_user):
        forbid("Only an admin may change the lists of the app. Make one of your own.")
    return word
