"""The learning schedule: five boxes, as Sebastian Leitner described them in 1972.

A word in box 1 is due after a day, and in each further box after twice as many days. A
right answer moves it into the next box, and a wrong one back into the first. So words
that are hard come often, and known ones hardly ever. Other methods, such as SM-2,
compute an interval for each word from how easy it was; five boxes fit on a screen.
"""

from datetime import timedelta

DAYS = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16}  # by box
FIRST, LAST = min(DAYS), max(DAYS)


def next_box(box, correct):
    """Return the box that a word moves to; a new word is in the first."""
    return min(box + 1, LAST) if correct else FIRST


def next_due(box, now):
    """Return when a word that moves into a box now is due.

    That is the beginning of a day in UTC: who learns at eight in the evening, and the
    next day at seven, should find yesterday's words.
    """
    day = now + timedelta(days=DAYS[box])
    return day.replace(hour=0, minute=0, second=0, microsecond=0)
