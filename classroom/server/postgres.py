"""Start and stop a PostgreSQL server of one's own, to be thrown away afterwards."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import psycopg
from psycopg import sql

from classroom.errors import ServerStartError
from classroom.server.launch import EXIT_WITH_PARENT
from classroom.server.postgres_programs import (
    copy_programs,
    find_account,
    find_programs,
    may_enter,
)

HOST = "127.0.0.1"
READY = "database system is ready to accept connections"
NAME = "app"  # of the user that apps connect as, and of the first database
CONNECTIONS = 20  # that this user may have, as in Heroku's smallest plan
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # no other way in
    "max_connections": CONNECTIONS + 10,  # some are left to look in when apps fill it
    "timezone": "UTC",
    "log_timezone": "UTC",
    # It need not survive a power cut. What is committed is there after the server
    # was stopped and started, and however an app ends.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


def find_free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Postgres:
    """A PostgreSQL server on 127.0.0.1 with an empty database.

    It ends with stop(), at the end of a with block, or when this process ends.
    Its data is in a temporary folder, which stop() deletes.

    url: where the database is, with the password, as Heroku writes it:
        postgres://user:password@127.0.0.1:port/name. It is empty before start().
    port: where the server listens; the same for as long as there is data.
    """

    PATIENCE = 30.0  # seconds that the server may take to start

    def __init__(self) -> None:
        self.url = ""
        self.port = 0
        self._password = secrets.token_urlsafe()
        self._programs = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def start(self) -> Self:
        """Start the server, with its data if it was halted; return once it answers.

        Raises ServerStartError, with its last lines of output, if it ends instead, and
        UserError if there are no programs to start.
        """
        try:
            if self._scratch is None:
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
        self._scratch = make_scratch()
        self._programs = programs
        if not may_enter(programs):
            self._programs = copy_programs(programs, self.scratch)
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
        """Run initdb, alike on every machine: text is UTF-8 and sorts by its bytes."""
        password = self.scratch / "password"
        password.write_text(self._password, encoding="ascii")
        os.chown(password, *find_account())
        how = ["--no-sync", "--auth=scram-sha-256", f"--pwfile={password}"]
        text = ["--encoding=UTF8", "--locale=C"]
        self._run("initdb", "-D", "data", "-U", "postgres", *how, *text)
        assert self._process is not None
        status = self._process.wait()
        self.halt()
        password.unlink()
        if status != 0:
            raise ServerStartError(Path("PostgreSQL"), self.output(), ended=True)

    def _launch_at_a_free_port(self) -> None:
        """Start the server at any port."""
        for chances in reversed(range(5)):
            self.port = find_free_port()
            try:
                return self._launch()
            except ServerStartError as error:  # somebody may have been quicker
                if not chances or "could not bind" not in str(error):
                    raise
                self.halt()

    def _launch(self) -> None:
        """Start the server at its port, and wait until it accepts connections."""
        settings = SETTINGS | {"port": self.port}
        options = [f"--{name}={value}" for name, value in settings.items()]
        self._run("postgres", "-D", "data", *options)
        assert self._process is not None
        give_up = time.monotonic() + self.PATIENCE
        while READY not in self.output():
            ended = self._process.poll() is not None
            if ended or time.monotonic() > give_up:
                raise ServerStartError(Path("PostgreSQL"), self.output(), ended)
            time.sleep(0.02)

    def _run(self, program: str, *arguments: str) -> None:
        """Start one of the programs, with what it prints going into a file."""
        # The reader's own settings for PostgreSQL, such as PGDATA, are left out.
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        command = [str(self._programs / program), *arguments]
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(EXIT_WITH_PARENT), *command],
                cwd=self.scratch,
                env=kept | {"LC_ALL": "C"},  # its messages are in English
                stdin=subprocess.PIPE,  # kept open: see exit_with_parent.py
                stdout=output,
                stderr=subprocess.STDOUT,
                # Interrupting a notebook must not interrupt its server.
                start_new_session=True,
            )

    def _execute(self, query: str, *values: sql.Composable) -> None:
        """Run a statement as the one who may do everything."""
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
        """Create another empty database, of the same user; return its url.

        name: what to call it: letters, digits and underscores.

        Raises psycopg.errors.DuplicateDatabase if there is one.
        """
        names = sql.Identifier(name), sql.Identifier(NAME)
        self._execute("CREATE DATABASE {} OWNER {}", *names)
        return f"postgres://{NAME}:{self._password}@{HOST}:{self.port}/{name}"

    @property
    def scratch(self) -> Path:
        """The temporary folder of the server, while it has one."""
        assert self._scratch is not None
        return Path(self._scratch.name)

    @property
    def log(self) -> Path:
        """The file with what the server has printed since it was last started."""
        return self.scratch / "server.log"

    def output(self) -> str:
        """Return what the server has printed since it was last started."""
        return self.log.read_text("utf-8", "replace")

    def halt(self) -> None:
        """Stop the server, which ends every connection, and keep its data."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()  # exit_with_parent.py then asks it to end
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            for server in psutil.Process(self._process.pid).children():
                server.kill()
            self._process.wait()
        self._process = None

    def stop(self) -> None:
        """Stop the server, wait until it is gone, and delete its data."""
        self.halt()
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None
        self.url = ""

    def __enter__(self) -> Self:
        return self if self._process else self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def make_scratch() -> tempfile.TemporaryDirectory[str]:
    """Make a temporary folder that belongs to the server's account."""
    place = tempfile.gettempdir()
    scratch = tempfile.TemporaryDirectory(
        prefix="classroom-",
        dir=place if may_enter(Path(place)) else "/tmp",
        ignore_cleanup_errors=True,
    )
    os.chown(scratch.name, *find_account())
    return scratch
