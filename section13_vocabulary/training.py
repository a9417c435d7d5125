"""The resources to learn with: due words, answers and progress."""

from flask.views import MethodView
from flask_jwt_extended import current_user
from flask_smorest import abort

from api import Blueprint
from judging import judge
from lists import find_list
from models import Missing, ProgressModel
from schemas import (
    AnswerSchema,
    DueQuerySchema,
    DueSchema,
    ListIdSchema,
    ProgressSchema,
    ResultSchema,
    WordIdSchema,
)
from words import find_word

blp = Blueprint("training", __name__, description="Training")


@blp.route("/lists/<list_id>/due")
class Due(MethodView):
    """The words of a list to ask now."""

    @blp.login_required(optional=True)
    @blp.arguments(ListIdSchema, location="path", error_status_code=404)
    @blp.arguments(DueQuerySchema, location="query")
    @blp.response(200, DueSchema)
    def get(self, query, list_id):
        """List the words that are due, and new ones; all of them for visitors."""
        rows, due, next_due_at = ProgressModel.find_due(
            current_user or None, find_list(list_id), query["limit"]
        )
        words = [
            {
                "id": word.id,
                "prompt": prompt(word, query["direction"]),
                "box": progress and progress.box,
                "due_at": progress and progress.due_at,
            }
            for word, progress in rows
        ]
        return {"words": words, "due": due, "next_due_at": next_due_at}


@blp.route("/words/<word_id>/answers")
class Answers(MethodView):
    """The answers to a word."""

    @blp.login_required(optional=True)
    @blp.arguments(WordIdSchema, location="path", error_status_code=404)
    @blp.arguments(AnswerSchema)
    @blp.response(200, ResultSchema)
    def post(self, given, word_id):
        """Judge an answer; for a user, it changes when the word is due again."""
        word = find_word(word_id)
        solution, language = solve(word, given["direction"])
        verdict = judge(given["answer"], solution, language)
        result = {**verdict._asdict(), "solution": solution, "counted": False}
        if not current_user:
            return result | {"box": None, "due_at": None}
        try:
            progress, counted = ProgressModel.record(
                current_user, word, verdict.correct
            )
        except Missing:  # another request has just deleted the word
            abort(404, message=f"There is no word with the id {word_id}.")
        return result | {
            "counted": counted,
            "box": progress.box,
            "due_at": progress.due_at,
        }


@blp.route("/progress")
class Progress(MethodView):
    """How far the user is."""

    @blp.login_required()
    @blp.response(200, ProgressSchema)
    def get(self):
        """Show how many words are in each box, due and new."""
        return ProgressModel.summarize(current_user)


def prompt(word, direction):
    """Return the word in the language that is shown."""
    return word.spanish if direction == "es-en" else word.english


def solve(word, direction):
    """Return the word in the language of the answer, and that language."""
    return (word.english, "en") if direction == "es-en" else (word.spanish, "es")
