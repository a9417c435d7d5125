"""The SQL that the requests of a check take."""

from requests import Response

from classroom.display.sql import read_statements
from classroom.server import Server
from classroom.server.client import Api
from classroom.server.follow import read_recording

# The setting with which a server logs its SQL.
LOG_SQL = {"SQLALCHEMY_ECHO": True}


def count_statements(server: Server, api: Api, method: str, path: str) -> int:
    """Send a request, and return how many statements it took."""
    before = len(server.output())
    api.request(method, path)
    printed = server.output()[before:]
    return sum(sql != "COMMIT" for sql in read_statements(printed))


def read_sql(server: Server, api: Api, path: str) -> str:
    """Send a GET, and return the SQL that it took, in lower case."""
    before = len(server.output())
    api.get(path)
    return "\n".join(read_statements(server.output()[before:])).lower()


def count_commits(reply: Response) -> int:
    """Return how many transactions were stored for a request that was followed."""
    steps = read_recording(reply)["steps"]
    return sum(step.get("statement") == "COMMIT" for step in steps)
