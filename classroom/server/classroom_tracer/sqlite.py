"""Record the statements that are sent through the module sqlite3.

The functions of that module are written in C, and cannot be traced.
"""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

from .recorder import current


def record(statement: str, parameters: object, send: Callable[[], Any]) -> Any:
    """Send a statement, and record it if this thread handles a followed request."""
    recorder = getattr(current, "recorder", None)
    if recorder is None:
        return send()
    start = time.perf_counter()
    try:
        return send()
    finally:
        recorder.add_sql(statement, parameters, time.perf_counter() - start)


class Cursor(sqlite3.Cursor):
    """A cursor whose statements are recorded."""

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        """Execute a statement."""
        return record(sql, parameters, lambda: sqlite3.Cursor.execute(self, sql, parameters))

    def executemany(self, sql: str, parameters: Any, /) -> Any:
        """Execute a statement once for each of several parameters."""
        rows = list(parameters)
        return record(sql, rows, lambda: sqlite3.Cursor.executemany(self, sql, rows))

    def executescript(self, script: str, /) -> Any:
        """Execute several statements."""
        return record(script, (), lambda: sqlite3.Cursor.executescript(self, script))


class Connection(sqlite3.Connection):
    """A connection whose statements are recorded."""

    def cursor(self, factory: Any = Cursor) -> Any:
        """Return a new cursor; execute() and the like of a connection use one, too."""
        return super().cursor(factory)

    def commit(self) -> None:
        """Store the changes of a transaction."""
        self._end("COMMIT", super().commit)

    def rollback(self) -> None:
        """Undo the changes of a transaction."""
        self._end("ROLLBACK", super().rollback)

    def __exit__(self, *error: Any) -> Any:
        """End the transaction of a with block."""
        statement = "ROLLBACK" if error[0] else "COMMIT"
        return self._end(statement, lambda: sqlite3.Connection.__exit__(self, *error))

    def _end(self, statement: str, end: Callable[[], Any]) -> Any:
        """End a transaction, if there is one."""
        return record(statement, (), end) if self.in_transaction else end()


def install() -> None:
    """Let connections of sqlite3 record their statements.

    SQLAlchemy opens its connections in another way, and is traced.
    """
    connect = sqlite3.connect

    def connect_and_record(*arguments: Any, **options: Any) -> sqlite3.Connection:
        """Open a connection."""
        return connect(*arguments, **{"factory": Connection} | options)

    sqlite3.connect = connect_and_record  # type: ignore[assignment]
