"""The resources /lists, /lists/<id> and /lists/<id>/words."""

from flask import url_for
from flask.views import MethodView
from flask_jwt_extended import current_user
from flask_smorest import abort

from api import Blueprint
from models import ListModel, Missing, NameTaken, ProgressModel, WordModel
from schemas import (
    ListIdSchema,
    ListSchema,
    ListsSchema,
    ListWithWordsSchema,
    WordSchema,
)
from tokens import forbid

blp = Blueprint("lists", __name__, url_prefix="/lists", description="Lists of words")


@blp.route("")
class Lists(MethodView):
    """The lists of the app, and those of the user."""

    @blp.login_required(optional=True)
    @blp.response(200, ListsSchema)
    def get(self):
        """List the lists, with the number of words that are due."""
        user = current_user or None  # a proxy, which is not None itself
        rows = ProgressModel.count_by_list(user)
        return {
            "lists": [describe(each, words, user and due) for each, words, due in rows]
        }

    @blp.login_required()
    @blp.arguments(ListSchema)
    @blp.response(201, ListSchema, also=[409])
    def post(self, new):
        """Add a list of one's own."""
        try:
            added = ListModel.add(new["name"], current_user)
        except NameTaken:
            abort_taken(new)
        location = url_for("api.lists.List", list_id=added.id)
        return describe(added, 0, 0), 201, {"Location": location}


@blp.route("/<list_id>")
class List(MethodView):
    """One list."""

    @blp.login_required(optional=True)
    @blp.arguments(ListIdSchema, location="path", error_status_code=404)
    @blp.response(200, ListWithWordsSchema)
    def get(self, list_id):
        """Show a list with its words."""
        return describe_whole(find_list(list_id))

    @blp.login_required()
    @blp.arguments(ListIdSchema, location="path", error_status_code=404)
    @blp.arguments(ListSchema)
    @blp.response(200, ListSchema, also=[403, 409])
    def put(self, new, list_id):
        """Rename a list."""
        found = find_own_list(list_id)
        try:
            found.rename(new["name"])
        except NameTaken:
            abort_taken(new)
        return describe_whole(found)

    @blp.login_required()
    @blp.arguments(ListIdSchema, location="path", error_status_code=404)
    @blp.response(204, also=[403])
    def delete(self, list_id):
        """Delete a list with its words."""
        find_own_list(list_id)
        ListModel.delete(list_id)


@blp.route("/<list_id>/words")
class Words(MethodView):
    """The words of a list."""

    @blp.login_required()
    @blp.arguments(ListIdSchema, location="path", error_status_code=404)
    @blp.arguments(WordSchema)
    @blp.response(201, WordSchema, also=[403, 409])
    def post(self, new, list_id):
        """Add a word to a list."""
        find_own_list(list_id)
        try:
            word = WordModel.add(list_id, **new)
        except NameTaken:
            abort(409, message=f"The list has the word {new['spanish']!r} already.")
        except Missing:
            abort_missing(list_id)
        return word, 201, {"Location": url_for("api.words.Word", word_id=word.id)}


def describe(found, words_count, due):
    """Return what a list is described with."""
    return {
        "id": found.id,
        "name": found.name,
        "owner_id": found.owner_id,
        "words_count": words_count,
        "due": due,
    }


def describe_whole(found):
    """Return the same with its words."""
    user = current_user or None
    due = ProgressModel.find_due(user, found, 1)[1] if user else None
    return describe(found, len(found.words), due) | {"words": found.words}


def find_list(list_id):
    """Return a list, or respond 404 unless there is one that the user sees."""
    found = ListModel.find(list_id, current_user or None)
    if found is None:
        abort_missing(list_id)
    return found


def find_own_list(list_id):
    """Return a list, or respond 403 or 404 unless the user may change it."""
    found = find_list(list_id)
    if not found.may_be_changed_by(current_user):
        forbid("Only an admin may change the lists of the app. Make one of your own.")
    return found


def abort_missing(list_id):
    """Respond 404."""
    abort(404, message=f"There is no list with the id {list_id}.")


def abort_taken(new):
    """Respond 409."""
    abort(409, message=f"A list named {new['name']!r} already exists.")
