"""What notebooks use: start a section, send it requests, show what happens."""

from classroom.browser.page import open_page
from classroom.display.certificate import show_certificate
from classroom.display.diff import show_changes
from classroom.display.documents import show_documents
from classroom.display.exchange import show, show_statuses
from classroom.display.flask_commands import show_flask
from classroom.display.jwt import show_token, wait_until_expired
from classroom.display.link import show_link
from classroom.display.log import show_log
from classroom.display.page import show_page
from classroom.display.path import show_path
from classroom.display.serving import serve
from classroom.display.side_by_side import show_side_by_side, show_tokens
from classroom.display.source import show_source
from classroom.display.sql import show_sql
from classroom.display.tables import show_rows
from classroom.exercises.own_errors import show_errors
from classroom.exercises.own_tests import show_tests
from classroom.heroku.rehearse import rehearse
from classroom.https.dns import show_dns
from classroom.https.in_notebook import run_certbot, serve_https, start_authority
from classroom.https.relay import eavesdrop
from classroom.https.site_api import find_tls_error
from classroom.own_server.in_notebook import serve_nginx, show_logs
from classroom.own_server.units import show_unit_errors
from classroom.practice.in_notebook import (
    check_exercise,
    hint,
    show_progress,
    solution,
    start_exercise,
)
from classroom.sections import copy_section, new_folder
from classroom.server.client import bearer
from classroom.server.follow import follow
from classroom.server.mailbox import start_mailbox
from classroom.server.notebook_servers import browse, restart

__all__ = [
    "bearer",
    "browse",
    "check_exercise",
    "copy_section",
    "eavesdrop",
    "find_tls_error",
    "follow",
    "hint",
    "new_folder",
    "open_page",
    "rehearse",
    "restart",
    "run_certbot",
    "serve",
    "serve_https",
    "serve_nginx",
    "show",
    "show_certificate",
    "show_changes",
    "show_dns",
    "show_documents",
    "show_errors",
    "show_flask",
    "show_link",
    "show_log",
    "show_logs",
    "show_page",
    "show_path",
    "show_progress",
    "show_rows",
    "show_side_by_side",
    "show_source",
    "show_sql",
    "show_statuses",
    "show_tests",
    "show_token",
    "show_tokens",
    "show_unit_errors",
    "solution",
    "start_authority",
    "start_exercise",
    "start_mailbox",
    "wait_until_expired",
]
