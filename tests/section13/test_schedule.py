"""The learning schedule, with a clock that the test sets."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.xdist_group("section13")  # they share a server

DAY = 24 * 60 * 60


@pytest.fixture
def learner(make_app):
    """A session of Ana, whose clock can be set, and who is logged in."""
    return Learner(make_app())


class Learner:
    """Ana, and the days that have passed."""

    def __init__(self, app):
        self.app = app
        self.client = app.test_client()
        credentials = {"email": "ana@example.com", "password": "open-sesame"}
        token = self.client.post("/api/auth/login", json=credentials).json[
            "access_token"
        ]
        self.headers = {"Authorization": f"Bearer {token}"}

    def wait(self, days):
        """Let some days pass."""
        self.app.config["CLOCK_OFFSET"] += days * DAY

    def answer(self, text, word=1):
        """Answer a word; return the result."""
        path, body = f"/api/words/{word}/answers", {"answer": text}
        return self.client.post(path, json=body, headers=self.headers).json

    def due(self):
        """Return the words of the first list that are due, without new ones."""
        reply = self.client.get("/api/lists/1/due", headers=self.headers).json
        return [word["id"] for word in reply["words"] if word["box"]]

    def progress(self):
        """Return the words in each box, and how many are due."""
        reply = self.client.get("/api/progress", headers=self.headers).json
        return [box["words"] for box in reply["boxes"]], reply["due"]


def test_word_is_due_after_2_4_8_and_16_days_as_long_as_it_is_known(learner):
    for box, days in [(2, 2), (3, 4), (4, 8), (5, 16), (5, 16)]:
        result = learner.answer("the coffee")
        assert (result["counted"], result["box"]) == (True, box)
        learner.wait(days - 1)
        assert learner.due() == []
        learner.wait(1)
        assert learner.due() == [1]
        assert learner.progress()[1] == 1


@pytest.mark.parametrize("known", [0, 1, 3, 5])
def test_forgotten_word_begins_again_in_the_first_box(learner, known):
    for _ in range(known):
        learner.answer("the coffee")
        learner.wait(16)

    result = learner.answer("the tea")
    learner.wait(1)

    assert (result["correct"], result["box"]) == (False, 1)
    assert learner.due() == [1]
    assert learner.progress() == ([1, 0, 0, 0, 0], 1)


def test_words_that_wait_longest_come_first(learner):
    learner.answer("the milk", word=3)
    learner.answer("wrong", word=1)
    learner.wait(2)

    assert learner.due() == [1, 3]


def test_word_is_due_from_the_beginning_of_the_day(load):
    evening = datetime(2026, 11, 22, 20, 15, 30, tzinfo=UTC)

    due = load("leitner").next_due(1, evening)

    assert due == datetime(2026, 11, 23, tzinfo=UTC)
    assert due - evening < timedelta(hours=4)


def test_late_answer_counts_once_and_from_that_day_on(learner):
    learner.answer("the coffee")
    learner.wait(30)

    late = learner.answer("the coffee")
    again = learner.answer("the coffee")

    assert (late["counted"], late["box"]) == (True, 3)
    assert (again["counted"], again["box"]) == (False, 3)
    learner.wait(3)
    assert learner.due() == []
    learner.wait(1)
    assert learner.due() == [1]


def test_due_word_answered_in_another_tab_meanwhile_counts_once(
    learner, load, monkeypatch
):
    learner.answer("the coffee")
    learner.wait(2)
    progress = load("models").ProgressModel
    original, others = progress.after, []

    def answer_in_other_tab(box, correct):
        monkeypatch.setattr(progress, "after", original)
        with ThreadPoolExecutor(1) as tab:  # a request with a session of its own
            others.append(tab.submit(learner.answer, "wrong").result())
        return original(box, correct)

    monkeypatch.setattr(progress, "after", answer_in_other_tab)
    late = learner.answer("the coffee")

    assert [(each["counted"], each["box"]) for each in others] == [(True, 1)]
    assert (late["correct"], late["counted"], late["box"]) == (True, False, 1)


def test_progress_survives_a_restart(server, user):
    user.api.post("/api/words/1/answers", json={"answer": "the coffee"})
    before = user.api.get("/api/progress").json()

    server.restart()

    assert user.api.get("/api/progress").json() == before
    assert before["boxes"][1]["words"] == 1
