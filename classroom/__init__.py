"""What notebooks, tests and commands share: start a section, talk to it, show it."""

from classroom.changes import show_changes
from classroom.exchanges import show, show_statuses
from classroom.exercises import check_exercise
from classroom.rows import show_rows
from classroom.sections import copy_section
from classroom.serving import restart, serve
from classroom.sources import show_source
from classroom.statements import show_sql
from classroom.tokens import show_token

__all__ = [
    "check_exercise",
    "copy_section",
    "restart",
    "serve",
    "show",
    "show_changes",
    "show_source",
    "show_rows",
    "show_sql",
    "show_statuses",
    "show_token",
]
