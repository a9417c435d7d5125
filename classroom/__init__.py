"""What notebooks, tests and commands share: start a section, talk to it, show it."""

from classroom.changes import show_changes
from classroom.client import bearer
from classroom.commands import show_flask
from classroom.comparisons import show_side_by_side, show_tokens
from classroom.exchanges import show, show_statuses
from classroom.exercises import check_exercise
from classroom.logs import show_log
from classroom.rehearsal import rehearse
from classroom.rows import show_rows
from classroom.sections import copy_section
from classroom.serving import restart, serve
from classroom.sources import show_source
from classroom.statements import show_sql
from classroom.tokens import show_token, wait_until_expired

__all__ = [
    "bearer",
    "check_exercise",
    "copy_section",
    "rehearse",
    "restart",
    "serve",
    "show",
    "show_changes",
    "show_flask",
    "show_log",
    "show_rows",
    "show_side_by_side",
    "show_source",
    "show_sql",
    "show_statuses",
    "show_token",
    "show_tokens",
    "wait_until_expired",
]
