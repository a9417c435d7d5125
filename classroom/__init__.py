"""What notebooks, tests and commands share: start a section, talk to it, show it."""

from classroom.exchanges import show, show_statuses
from classroom.exercises import check_exercise
from classroom.sections import copy_section
from classroom.serving import serve
from classroom.sources import show_source

__all__ = [
    "check_exercise",
    "copy_section",
    "serve",
    "show",
    "show_source",
    "show_statuses",
]
