"""Query the database of a section directly, without its API."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from html import escape

from IPython.display import display

from classroom.display.masks import hide_hashes
from classroom.errors import UserError
from classroom.server.notebook_servers import running_server


def query(number: str | int, sql: str) -> tuple[list[str], list[Sequence[object]]]:
    """Return the names of the columns and the rows that a query returns.

    number: the section, which serve() has started.
    sql: the query; the database is opened read-only.

    Raises UserError if the section is not running, or SQLite refuses the query.
    """
    uri = f"{running_server(number).database.as_uri()}?mode=ro"
    if not isinstance(sql, str):
        raise UserError("The query must be a string.")
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            found = connection.execute(sql)
            columns = [column[0] for column in found.description or []]
            rows = found.fetchall()
    except sqlite3.Error as error:
        raise UserError(f"SQLite says: {error}.") from None
    if not columns:
        raise UserError("SQLite says: this is not a query that returns rows.")
    return columns, rows


class Table:
    """Rows of strings with a title for each column, for a notebook or a terminal.

    style: the CSS of each cell; without it, Jupyter aligns text to the right.
    """

    style = "text-align:left"

    def __init__(self, columns: list[str], rows: list[list[str]]) -> None:
        self.columns, self.rows = columns, rows

    def __repr__(self) -> str:
        return "\n".join(" | ".join(row) for row in [self.columns, *self.rows])

    def _repr_html_(self) -> str:
        style = f' style="{self.style}"' if self.style else ""
        head = "".join(f"<th{style}>{escape(column)}</th>" for column in self.columns)
        body = "".join(
            "<tr>"
            + "".join(f"<td{style}>{escape(cell)}</td>" for cell in row)
            + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class Rows(Table):
    """The rows that a query returns, with the secret part of hashes masked."""

    style = ""  # many are numbers

    def __init__(self, number: str | int, sql: str) -> None:
        columns, rows = query(number, sql)
        super().__init__(
            columns, [[hide_hashes(str(value)) for value in row] for row in rows]
        )


def show_rows(number: str | int, sql: str) -> None:
    """Show the rows that a query returns from a running section's database."""
    display(Rows(number, sql))
