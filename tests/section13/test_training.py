"""Training over HTTP: due words, answers, and two tabs."""

import pytest

pytestmark = pytest.mark.xdist_group("section13")  # they share a server


def answer(session, word_id, text, direction="es-en"):
    """Answer a word; return the result."""
    body = {"answer": text, "direction": direction}
    reply = session.post(f"/api/words/{word_id}/answers", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_visitors_train_without_progress(api):
    due = api.get("/api/lists/1/due?limit=3").json()
    result = answer(api, due["words"][0]["id"], "Coffee!")

    assert due["due"] == 24
    assert due["next_due_at"] is None
    assert due["words"][0] == {
        "id": 1,
        "prompt": "el café",
        "box": None,
        "due_at": None,
    }
    assert len(due["words"]) == 3
    assert result == {
        "correct": True,
        "hint": "With its article: the coffee",
        "solution": "the coffee",
        "counted": False,
        "box": None,
        "due_at": None,
    }
    assert api.get("/api/lists/1/due").json()["due"] == 24
    assert api.get("/api/progress").status_code == 401


def test_words_are_asked_in_both_directions(api):
    due = api.get("/api/lists/1/due?direction=en-es").json()

    assert due["words"][0]["prompt"] == "the coffee"
    result = answer(api, 1, "el cafe", "en-es")
    assert (result["correct"], result["hint"]) == (True, "Mind the accents: el café")


def test_answers_move_words_between_boxes(user):
    right = answer(user.api, 1, "the coffee")
    wrong = answer(user.api, 2, "the water")
    due = user.api.get("/api/lists/1/due").json()
    progress = user.api.get("/api/progress").json()

    assert (right["correct"], right["counted"], right["box"]) == (True, True, 2)
    assert (wrong["correct"], wrong["counted"], wrong["box"]) == (False, True, 1)
    assert wrong["solution"] == "the tea"
    assert due["due"] == 22
    assert {word["id"] for word in due["words"]}.isdisjoint({1, 2})
    assert due["next_due_at"] == wrong["due_at"] < right["due_at"]
    assert [box["words"] for box in progress["boxes"]] == [1, 1, 0, 0, 0]
    assert [box["days"] for box in progress["boxes"]] == [1, 2, 4, 8, 16]
    assert (progress["due"], progress["new"]) == (0, 115)


def test_word_that_is_not_due_is_judged_but_not_counted(user):
    first = answer(user.api, 3, "the milk")
    second = answer(user.api, 3, "the silk")

    assert second["correct"] is False
    assert second["counted"] is False
    assert (second["box"], second["due_at"]) == (2, first["due_at"])


def test_same_word_answered_in_several_tabs_counts_once(user, server, at_once):
    def answer_in_tab(number):
        with server.api() as session:
            session.headers.update(user.api.headers)
            return answer(session, 4, "the sugar")

    results = at_once(4, answer_in_tab)

    assert sorted(result["counted"] for result in results) == [False] * 3 + [True]
    assert {result["box"] for result in results} == {2}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"answer": None},
        {"answer": "x" * 201},
        {"answer": "nul\0"},
        {"answer": "the coffee", "direction": "fr-en"},
        {"answer": "the coffee", "correct": True},
    ],
)
def test_answer_with_a_wrong_field_is_invalid(api, body):
    assert api.post("/api/words/1/answers", json=body).status_code == 422
