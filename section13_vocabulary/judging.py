"""Is an answer right? Judge it kindly, as a teacher would.

Upper case, punctuation and spaces do not matter. A missing article or accent gets a
hint, and the answer counts as right. A wrong article is wrong, since the gender of a
word has to be learned; and so is an n instead of an ñ: "año" is a year, "ano" is not.
"""

import re
import unicodedata
from typing import NamedTuple

ARTICLES = {"es": "el la los las un una unos unas".split(), "en": "the a an to".split()}
ENYE = "n\N{COMBINING TILDE}"  # how ñ begins when its accent is a character of its own


class Verdict(NamedTuple):
    """Whether an answer is right, and a sentence about it, or None."""

    correct: bool
    hint: str | None


def judge(answer, solution, language):
    """Compare an answer with a solution, of which "/" separates the alternatives."""
    alternatives = [part.strip() for part in solution.split("/")]
    verdicts = [compare(answer, each, language) for each in alternatives]
    # The best one: right without a hint, right with one, wrong with one, wrong.
    return max(verdicts, key=lambda v: (v.correct, (v.hint is None) == v.correct))


def compare(answer, solution, language):
    """Compare an answer with one alternative."""
    given, expected = simplify(answer), simplify(solution)
    if given == expected:
        return Verdict(True, None)
    given_article, given_word = split_article(given, language)
    article, word = split_article(expected, language)
    if without_accents(given_word) != without_accents(word):
        return Verdict(False, None)
    if without_accents(given_word) == "" or given_article not in ("", article):
        return Verdict(False, f"Mind the article: {solution}" if given_word else None)
    if given_word != word:
        return Verdict(True, f"Mind the accents: {solution}")
    return Verdict(True, f"With its article: {solution}")


def simplify(text):
    """Remove upper case, punctuation and superfluous spaces."""
    text = unicodedata.normalize("NFC", text).casefold()
    return " ".join(re.sub(r"[^\w\s]", " ", text).split())


def split_article(text, language):
    """Return the article, which can be empty, and the rest."""
    first, _, rest = text.partition(" ")
    return (first, rest) if rest and first in ARTICLES[language] else ("", text)


def without_accents(text):
    """Remove all accents, but leave ñ, which is a letter of its own."""
    letters = unicodedata.normalize("NFD", text).replace(ENYE, "ñ")
    return "".join(c for c in letters if not unicodedata.combining(c))
