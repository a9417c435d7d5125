"""Answers are judged kindly, and hints say what was missing."""

import pytest

ACCENTS, ARTICLE = "Mind the accents: ", "Mind the article: "
WITH = "With its article: "


@pytest.mark.parametrize(
    "answer, solution, language, correct, hint",
    [
        ("la leche", "la leche", "es", True, None),
        ("  La   LECHE. ", "la leche", "es", True, None),
        ("¿la leche?", "la leche", "es", True, None),
        ("leche", "la leche", "es", True, WITH + "la leche"),
        ("el leche", "la leche", "es", False, ARTICLE + "la leche"),
        ("una leche", "la leche", "es", False, ARTICLE + "la leche"),
        ("el cafe", "el café", "es", True, ACCENTS + "el café"),
        ("cafe", "el café", "es", True, ACCENTS + "el café"),
        ("el cafe\u0301", "el café", "es", True, None),  # an accent of its own
        ("el ano", "el año", "es", False, None),
        ("el an\u0303o", "el año", "es", True, None),
        ("el carro", "el coche / el carro", "es", True, None),
        ("coche", "el coche / el carro", "es", True, WITH + "el coche"),
        ("frio", "frío", "es", True, ACCENTS + "frío"),
        ("el", "el té", "es", False, None),
        ("", "el té", "es", False, None),
        ("...", "el té", "es", False, None),
        ("the coffee", "the coffee", "en", True, None),
        ("coffee", "the coffee", "en", True, WITH + "the coffee"),
        ("to pay", "to pay", "en", True, None),
        ("Pay!", "to pay", "en", True, WITH + "to pay"),
        ("check", "the bill / the check", "en", True, WITH + "the check"),
        ("the tea", "the coffee", "en", False, None),
        ("to the left", "on the left / to the left", "en", True, None),
        ("left", "on the left / to the left", "en", False, None),
    ],
)
def test_verdict(load, answer, solution, language, correct, hint):
    assert load("judging").judge(answer, solution, language) == (correct, hint)


def test_every_solution_is_right_in_both_languages(load):
    """Each alternative in the lists of the app is accepted as it is written."""
    judge, files = load("judging").judge, load("lesson_files")
    for path in files.FOLDER.glob("*.json"):
        words = load("json").loads(path.read_text(encoding="utf-8"))["words"]
        assert 15 <= len(words) <= 25
        for pair in words.items():
            for solution, language in zip(pair, ("es", "en"), strict=True):
                for alternative in solution.split(" / "):
                    assert judge(alternative, solution, language) == (True, None)
