"""Start and stop a temporary PostgreSQL server."""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

from classroom.errors import ServerStartError
from classroom.server.ports import HOST, find_free_port
from classroom.server.postgres_programs import (
    copy_programs,
    find_account,
    find_programs,
    may_enter,
)
from classroom.server.process import ManagedProcess
from classroom.server.temporary_folder import TemporaryFolder
from classroom.server.temporary_server import TemporaryServer

READY = "database system is ready to accept connections"
NAME = "app"  # the user that apps connect as, and the first database
CONNECTIONS = 20  # at most, for this user, as in Heroku's smallest plan
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # TCP only
    "max_connections": CONNECTIONS + 10,  # the rest is for administration
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Faster, and safe unless the whole machine crashes: what is committed survives a
    # restart of the server, and a crash of an app.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class Postgres(TemporaryServer):
    """A PostgreSQL server on 127.0.0.1 with an empty database.

    url: the URL of the database, with the password, in the form that Heroku uses:
        postgres://user:password@127.0.0.1:port/name. It is empty before start().
    port: the port that it listens on; the same until stop() deletes the data.
    """

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self.port = 0
        self._password = secrets.token_urlsafe()
        self._programs = Path()

    def start(self) -> Self:
        """Start the server, with its data if it was halted; return once it responds.

        Raises ServerStartError, with its last lines of output, if it ends instead, and
        UserError if PostgreSQL is not installed.
        """
        try:
            if self._folder is None:
                self._create()
            else:
                self._launch()
        except BaseException:  # a Ctrl-C, too
            self.stop()
            raise
        return self

    def _create(self) -> None:
        """Make a new server, with a user and a database."""
        programs = find_programs()
        self._folder = make_temporary_folder()
        self._programs = programs
        if not may_enter(programs):
            self._programs = copy_programs(programs, self.temporary_folder)
        self._make_data()
        self._launch_at_a_free_port()
        self._execute(
            "CREATE ROLE {} LOGIN CONNECTION LIMIT {} PASSWORD {}",
            sql.Identifier(NAME),
            sql.Literal(CONNECTIONS),
            sql.Literal(self._password),
        )
        self.url = self.new_database(NAME)

    def _make_data(self) -> None:
        """Run initdb the same way everywhere: text is UTF-8 and sorts by its bytes."""
        password = self.temporary_folder / "password"
        password.write_text(self._password, encoding="ascii")
        os.chown(password, *find_account())
        options = ["--no-sync", "--auth=scram-sha-256", f"--pwfile={password}"]
        options += ["--encoding=UTF8", "--locale=C"]
        process = self._run("initdb", "-D", "data", "-U", "postgres", *options)
        status = process.wait()
        self.halt()
        password.unlink()
        if status != 0:
            raise ServerStartError(Path("PostgreSQL"), self.output(), ended=True)

    def _launch_at_a_free_port(self) -> None:
        """Start the server on a free port."""
        for attempts in reversed(range(5)):
            self.port = find_free_port()
            try:
                return self._launch()
            except ServerStartError as error:  # another process took it
                if not attempts or "could not bind" not in str(error):
                    raise
                self.halt()

    def _launch(self) -> None:
        """Start the server on its port, and wait until it accepts connections."""
        settings = SETTINGS | {"port": self.port}
        options = [f"--{name}={value}" for name, value in settings.items()]
        process = self._run("postgres", "-D", "data", *options)
        if not process.wait_until(lambda: READY in self.output(), self.TIMEOUT):
            ended = not process.is_running
            raise ServerStartError(Path("PostgreSQL"), self.output(), ended)

    def _run(self, program: str, *arguments: str) -> ManagedProcess:
        """Start one of the programs, and write its output into a file."""
        # The reader's own settings for PostgreSQL, such as PGDATA, are left out.
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        self.process = ManagedProcess(
            [str(self._programs / program), *arguments],
            folder=self.temporary_folder,
            environment=kept | {"LC_ALL": "C"},  # its messages are in English
            output=self.log,
        )
        return self.process

    def _execute(self, query: str, *values: sql.Composable) -> None:
        """Run a statement as superuser."""
        statement = sql.SQL(query).format(*values)
        with psycopg.connect(
            host=HOST,
            port=self.port,
            user="postgres",
            password=self._password,
            dbname="postgres",
            autocommit=True,
        ) as connection:
            connection.execute(statement)

    def new_database(self, name: str) -> str:
        """Create another empty database with the same owner; return its URL.

        name: its name: letters, digits and underscores.

        Raises psycopg.errors.DuplicateDatabase if the name is in use.
        """
        names = sql.Identifier(name), sql.Identifier(NAME)
        self._execute("CREATE DATABASE {} OWNER {}", *names)
        return f"postgres://{NAME}:{self._password}@{HOST}:{self.port}/{name}"

    def stop(self) -> None:
        """End the process, wait until it is gone, and delete the data."""
        super().stop()
        self.url = ""


def make_temporary_folder() -> TemporaryFolder:
    """Make a temporary folder that belongs to the server's account."""
    place = Path(tempfile.gettempdir())
    folder = TemporaryFolder(place if may_enter(place) else Path("/tmp"))
    os.chown(folder.path, *find_account())
    return folder
