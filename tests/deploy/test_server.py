"""Section 8: nginx, the app and PostgreSQL, set up by its files, without root."""

import http.client
import json
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import psycopg
import pytest
import requests

from classroom.errors import UserError
from classroom.own_server import nginx as nginx_module
from classroom.own_server.nginx import find_nginx
from classroom.own_server.pipeline import expect_linux, replace_files
from classroom.own_server.settings import Settings
from classroom.own_server.stack import FOLDER, MANAGER, Stack
from classroom.rehearsal import git
from classroom.rehearsal.steps import Listener, Log
from classroom.sections import ROOT, find_section
from classroom.server import Server
from classroom.server.temporary_folder import TemporaryFolder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it needs Linux")

FILES = ROOT / FOLDER
APP = find_section("07").folder
LEARN = [sys.executable, str(ROOT / "learn.py")]
MIB = 1024 * 1024


def new_log():
    return Log({}, Listener())


@pytest.fixture(scope="module", autouse=True)
def programs(needs):
    """Skip these tests where a program is missing that the server needs."""
    try:
        expect_linux()
        find_nginx()
    except UserError as error:
        needs(None, str(error))


@pytest.fixture(scope="module")
def stack(new_database):
    """The server, with nginx and section 7, in its first release."""
    with TemporaryFolder() as folder:
        clone = folder.path / "clone"
        git.clone(new_log(), ROOT, clone)
        for name in (FOLDER, APP.name):  # as they are, also before they are committed
            shutil.copytree(ROOT / name, clone / name, dirs_exist_ok=True)
        settings = Settings(folder.path, APP.name, new_database())
        with Stack(clone, settings) as stack:
            stack.start()
            stack.systemctl("start", "stores.socket")
            log = new_log()
            assert stack.run(log, "deploy.sh", "HEAD") == 0, log.lines
            stack.nginx.start()
            yield stack


@pytest.fixture
def api(stack):
    """A session with the app, through nginx."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


class Load:
    """Clients that send requests in a with block.

    rate: how many of them per second, together.
    failed: what went wrong, and how often; slowest: the longest time, in seconds.
    """

    def __init__(self, address, rate=20):
        self.where, self.rate = urlsplit(address), rate
        self.run = secrets.token_hex(4)
        self.statuses, self.failed, self.slowest = Counter(), Counter(), 0.0
        self._stopped = threading.Event()
        self._clock = threading.Thread(target=self._keep_time)

    def _keep_time(self):
        """Start the requests at equal intervals, however long others take."""
        begin = time.monotonic()
        with ThreadPoolExecutor(400) as clients:
            for number in range(1_000_000):
                pause = begin + number / self.rate - time.monotonic()
                if self._stopped.wait(max(pause, 0)):
                    return
                clients.submit(self._send, number)

    def _send(self, number):
        """Register a user, in every tenth request; in the others, read the stores."""
        method, path, body = "GET", "/stores", None
        if number % 10 == 0:
            user = {"username": f"load {self.run} {number}", "password": "open-sesame"}
            method, path, body = "POST", "/register", json.dumps(user)
        began = time.monotonic()
        try:
            server = http.client.HTTPConnection(self.where.netloc, timeout=30)
            server.request(method, path, body, {"Content-Type": "application/json"})
            status = server.getresponse().status
            server.close()
            self.statuses[status] += 1
            if status not in (200, 201):
                self.failed[status] += 1
        except OSError as error:
            self.failed[repr(error)] += 1
        self.slowest = max(self.slowest, time.monotonic() - began)

    def __enter__(self):
        self._clock.start()
        return self

    def __exit__(self, *error):
        self._stopped.set()
        self._clock.join()


def send(stack, request):
    """Send the bytes of a request to nginx; return the status, headers and body."""
    with socket.create_connection(("127.0.0.1", stack.settings.port), 20) as client:
        client.sendall(request)
        response = http.client.HTTPResponse(client)
        response.begin()
        return response.status, response.headers, response.read()


def version(stack):
    """Return the version of the app that responds."""
    url = f"{stack.settings.address}/openapi.json"
    return requests.get(url, timeout=10).json()["info"]["version"]


def commit(stack, file, pattern, replacement):
    """Change a file of section 7 in the clone, and commit the change."""

    def change(folder):
        text = (folder / file).read_text("utf-8")
        changed = re.sub(pattern, replacement, text, count=1, flags=re.MULTILINE)
        assert changed != text
        (folder / file).write_text(changed, "utf-8")

    git.commit(new_log(), stack.files.parent, APP.name, change)


HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
LONG = b"x" * 9000


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"NOT HTTP\r\n\r\n", 400),
        (b"GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /swagger-ui/none.js HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /stores-error HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"POST /swagger-ui/index.css HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"TRACE /stores HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", 413),
        (b"GET /" + LONG + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + LONG + b"\r\n\r\n", 431),
    ],
    ids=lambda value: value[:24].decode() if isinstance(value, bytes) else str(value),
)
def test_errors_of_nginx_are_json(stack, request_bytes, status):
    found, headers, body = send(stack, request_bytes)

    assert found == status
    assert headers["Content-Type"] == "application/json"
    assert list(json.loads(body)) == ["message"]
    assert headers["X-Request-ID"]
    assert bool(headers["Allow"]) == (status == 405)


def test_app_that_is_stopped_is_a_502_with_retry_after(stack, api):
    stack.systemctl("stop", "stores.socket", "stores.service")
    down = api.get(f"{stack.settings.address}/stores")
    stack.systemctl("start", "stores.socket")  # the next connection starts the service
    up = api.get(f"{stack.settings.address}/stores")

    assert down.status_code == 502
    assert list(down.json()) == ["message"]
    assert int(down.headers["Retry-After"]) > 0
    assert up.status_code == 200


def test_too_many_requests_are_a_429_with_retry_after(stack):
    usual, stack.settings.rate = stack.settings.rate, "1r/s"
    stack.write_site()
    stack.nginx.reload()

    try:
        wait_for(lambda: send(stack, HEALTH)[0] == 429)
        status, headers, body = send(stack, HEALTH)
    finally:
        stack.settings.rate = usual
        stack.write_site()
        stack.nginx.reload()

    assert status == 429
    assert list(json.loads(body)) == ["message"]
    assert headers["Retry-After"] == "1"
    wait_for(lambda: send(stack, HEALTH)[0] == 200)


def test_reload_returns_when_the_old_workers_have_exited(stack):
    old = stack.nginx.workers()

    stack.nginx.reload()

    new = stack.nginx.workers()
    assert len(new) == 1
    assert new != old


def wait_for(condition):
    """Wait until a condition holds; fail if that takes too long."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline


def test_request_id_is_in_the_log_and_the_query_is_not(stack, api):
    given = "an-id-of-the-client-0001"
    address = stack.settings.address
    reply = api.get(f"{address}/items?q=secret", headers={"X-Request-ID": given})

    log = stack.nginx.folder / "access.log"
    wait_for(lambda: given in log.read_text("utf-8"))  # it is logged after the response
    [line] = [line for line in log.read_text("utf-8").splitlines() if given in line]
    assert reply.headers["X-Request-ID"] == given
    assert re.search(r" 127\.0\.0\.1 GET /items \d{3} \d+ \d\.\d+s$", line)


def test_nginx_itself_serves_the_files_of_swagger_ui(stack, api):
    reply = api.get(f"{stack.settings.address}/swagger-ui/swagger-ui.css")

    assert reply.headers["Content-Type"] == "text/css"
    assert reply.headers["Accept-Ranges"] == "bytes"
    assert "/swagger-ui/swagger-ui.css" not in stack.journal()


def test_slow_clients_do_not_block_others_behind_nginx(stack, api):
    def open_slow_clients(clients, port):
        for _ in range(50):
            client = socket.create_connection(("127.0.0.1", port))
            clients.enter_context(client).sendall(b"GET /health HTTP/1.1\r\nX-Sl")

    with ExitStack() as clients:
        open_slow_clients(clients, stack.settings.port)
        behind_nginx = [api.get(f"{stack.settings.address}/health") for _ in range(20)]

    with Server(APP, workers=1) as bare, ExitStack() as clients:
        open_slow_clients(clients, urlsplit(bare.address).port)
        with pytest.raises(requests.Timeout):
            api.get(f"{bare.address}/health", timeout=2)

    assert [reply.status_code for reply in behind_nginx] == [200] * 20


def test_deployment_fails_no_request(stack):
    commit(stack, "config.py", '"section 7"', '"the next"')

    with Load(stack.settings.address, rate=50) as load:
        log = new_log()
        status = stack.run(log, "deploy.sh", "HEAD")

    assert status == 0, log.lines
    assert version(stack) == "the next"
    assert load.failed == {}
    assert load.statuses[200] > 100
    assert load.statuses[201] > 10


@pytest.mark.parametrize(
    ("file", "pattern", "replacement", "ready_seconds"),
    [
        pytest.param("app.py", r"\A", "import not_there\n", 30, id="no start"),
        pytest.param(
            "app.py",
            r"^    return app$",
            "    app.before_request(lambda: 1 / 0)\n    return app",
            5,
            id="never ready",
        ),
        pytest.param(
            "gunicorn.conf.py",
            r"^import os$",
            'import os\nassert "NOTIFY_SOCKET" not in os.environ',
            30,
            id="no start as a service",
        ),
    ],
)
def test_bad_release_is_rolled_back_and_fails_no_request(
    stack, file, pattern, replacement, ready_seconds, monkeypatch
):
    monkeypatch.setattr(stack.settings, "ready_seconds", ready_seconds)
    releases = stack.settings.folder / "srv" / "releases"
    before = version(stack), sorted(releases.iterdir())
    commit(stack, file, pattern, replacement)

    with Load(stack.settings.address) as load:
        log = new_log()
        status = stack.run(log, "deploy.sh", "HEAD")

    git.git(new_log(), stack.files.parent, "reset", "--quiet", "--hard", "HEAD~1")
    assert status != 0
    assert any(line.endswith("The one before it continues.") for line in log.lines)
    assert (version(stack), sorted(releases.iterdir())) == before
    assert load.failed == {}


def test_same_commit_is_deployed_once(stack):
    releases = stack.settings.folder / "srv" / "releases"
    stack.run(new_log(), "deploy.sh", "HEAD")
    before, log = sorted(releases.iterdir()), new_log()

    assert stack.run(log, "deploy.sh", "HEAD") == 0

    assert "is already running" in log.lines[-1]
    assert sorted(releases.iterdir()) == before


def read_rows(url):
    """Return every row of every table of a database."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        )
        return {
            table: sorted(connection.execute(f'SELECT * FROM "{table}"').fetchall())
            for (table,) in tables.fetchall()
        }


def test_backup_is_restored_into_an_empty_database(stack, api, new_database):
    address = stack.settings.address
    user = {"username": "maria", "password": "open-sesame"}
    api.post(f"{address}/register", json=user)
    token = api.post(f"{address}/login", json=user).json()["access_token"]
    api.headers["Authorization"] = f"Bearer {token}"
    store = api.post(f"{address}/store/Kärnten").json()
    api.post(f"{address}/item/chair", json={"price": 15.99, "store_id": store["id"]})
    rows, empty = read_rows(stack.settings.database), new_database()

    assert stack.run(new_log(), "backup.sh") == 0
    [backup] = (stack.settings.folder / "backups").glob("*.dump")
    environment = stack.settings.environment_file
    before = environment.read_text("utf-8")
    environment.write_text(before.replace(stack.settings.database, empty), "utf-8")
    log = new_log()
    status = stack.run(log, "restore.sh", str(backup))
    responses = api.get(f"{address}/item/chair")
    environment.write_text(before, "utf-8")
    stack.systemctl("restart", "stores.service")

    assert status == 0, log.lines
    assert len(rows["items"]) == 1
    assert read_rows(empty) == rows
    assert responses.json()["price"] == 15.99


def test_only_the_newest_backups_are_kept(stack):
    backups = stack.settings.folder / "backups"
    for day in range(10, 30):
        (backups / f"202001{day}-030000.dump").touch()

    assert stack.run(new_log(), "backup.sh") == 0

    names = sorted(path.name for path in backups.iterdir())
    assert len(names) == 14
    assert names[0] > "20200116"


def test_units_are_valid_and_confined(stack, needs, tmp_path):
    needs(shutil.which("systemd-analyze"), "no systemd-analyze: it comes with systemd")
    verify = ["systemd-analyze", "verify", "--man=no"]
    security = ["systemd-analyze", "security", "--offline=yes", "--threshold=30"]
    for unit in stack.units.glob("stores*.[st]*"):
        text = unit.read_text("utf-8")  # uWSGI is only installed where it is used
        text = text.replace("/.venv/bin/uwsgi ", "/.venv/bin/gunicorn ")
        (tmp_path / unit.name).write_text(text, "utf-8")
    units = [str(path) for path in tmp_path.iterdir()]
    services = [unit for unit in units if re.search(r"(stores|uwsgi)\.service$", unit)]

    valid = subprocess.run([*verify, *units], capture_output=True, encoding="utf-8")
    assert valid.returncode == 0, valid.stderr
    for service in services:
        confined = subprocess.run([*security, service], capture_output=True, text=True)
        assert confined.returncode == 0, confined.stdout


def test_scripts_are_clean(needs):
    needs(shutil.which("shellcheck"), "no shellcheck: 'sudo apt install shellcheck'")
    scripts = sorted(path.name for path in FILES.glob("*.sh"))

    result = subprocess.run(
        ["shellcheck", "--external-sources", *scripts],
        cwd=FILES,
        capture_output=True,
        encoding="utf-8",
    )

    assert len(scripts) > 4
    assert result.returncode == 0, result.stdout


def test_missing_nginx_is_one_sentence(monkeypatch):
    monkeypatch.setattr(nginx_module, "WHEEL", "no_such_package")
    monkeypatch.setattr(nginx_module.shutil, "which", lambda name, path: None)

    with pytest.raises(UserError, match="^nginx is not installed: .*apt install nginx"):
        find_nginx()


def test_service_manager_ends_also_where_ctrl_c_is_ignored(tmp_path):
    unit = f"[Socket]\nListenStream={tmp_path}/x.sock\nService=x.service\n"
    (tmp_path / "x.socket").write_text(unit)
    command = [sys.executable, "-I", "-S", str(MANAGER), str(tmp_path)]
    background = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        manager = subprocess.Popen(command)
    finally:
        signal.signal(signal.SIGINT, background)
    try:
        wait_for((tmp_path / "control").exists)
        manager.send_signal(signal.SIGINT)

        assert manager.wait(timeout=20) == 0
    finally:
        manager.kill()


def test_own_files_replace_those_of_the_section(tmp_path):
    own, folder = tmp_path / "own", tmp_path / "clone"
    for made, names in (own, ["app.py", "mine.py"]), (folder, ["app.py", "items.py"]):
        made.mkdir()
        for name in names:
            (made / name).write_text(made.name)
    (own / "__pycache__").mkdir()

    replace_files(own, folder)

    assert sorted(path.name for path in folder.iterdir()) == ["app.py", "mine.py"]
    assert (folder / "app.py").read_text() == "own"


def test_rehearsal_keeps_the_promises_with_gunicorn_and_with_uwsgi(
    database_server, rehearse_in_terminal
):
    # A proxy is most likely to break what is promised about odd requests.
    output = rehearse_in_terminal("08", "-k error", DATABASE_URL=database_server.url)

    assert output.count(" promises kept, 0 not.") == 2
