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
        execute = super().execute
        return record(sql, parameters, lambda: execute(sql, parameters))

    def executemany(self, sql: str, parameters: Any, /) -> Any:
        """Execute a statement once for each of several parameters."""
        rows, execute = list(parameters), super().executemany
        return record(sql, rows, lambda: execute(sql, rows))

    def executescript(self, script: str, /) -> Any:
        """Execute several statements."""
        execute = super().executescript
        return record(script, (), lambda: execute(script))


class Connection(sqlite3.Connection):
    """A connection whose statements are recorded."""

    def cursor(self, factory: Any = Cursor) -> Any:
        """Return a new cursor."""
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        """Execute a statement with a new cursor."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> Any:
        """Execute a statement with a new cursor, once for each row of parameters."""
        return self.cursor().executemany(sql, parameters)

    def executescript(self, script: str, /) -> Any:
        """Execute several statements with a new cursor."""
        return self.cursor().executescript(script)

    def commit(self) -> None:
        """Store the changes of a transaction."""
        self._end("COMMIT", super().commit)

    def rollback(self) -> None:
        """Undo the changes of a transaction."""
        self._end("ROLLBACK", super().rollback)

    def __exit__(self, *error: Any) -> Any:
        """End the transaction of a with block."""
        statement = "ROLLBACK" if error[0] else "COMMIT"
        end = super().__exit__
        return self._end(statement, lambda: end(*error))

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
        options.setdefault("factory", Connection)
        connection: sqlite3.Connection = connect(*arguments, **options)
        return connection

    sqlite3.connect = connect_and_record  # type: ignore[assignment]
