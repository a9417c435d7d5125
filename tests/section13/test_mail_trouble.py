"""Mail in trouble: a server that is down or rejects mail, a worker that is killed."""

import asyncio
import email
import re
import sqlite3
import threading
from contextlib import closing, suppress
from email import policy

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy.exc import OperationalError

from classroom.sections import find_section
from classroom.server import Server
from classroom.server.launch import start_module
from classroom.server.ports import find_free_port

FOLDER = find_section("13").folder
PASSWORD = "correct horse"
# Of two processes, one may look for mail while the other one has claimed it.
FAST = {"MAIL_RETRY_DELAY": 0.2, "MAIL_CHECK_INTERVAL": 0.1, "MAIL_CLAIM": 2}


class Smtp:
    """An SMTP server that can be stopped, wait before it takes a mail, or reject it."""

    def __init__(self):
        self.port = find_free_port()
        self.tried, self.kept = [], []
        self.reply = None
        self.may_reply = threading.Event()
        self.may_reply.set()
        self.controller = None

    def start(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self):
        if self.controller:
            self.controller.stop()
        self.controller = None

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.tried.append(message)
        while not self.may_reply.is_set():
            await asyncio.sleep(0.02)
        if self.reply is None:
            self.kept.append(message)
        return self.reply or "250 OK"


class Site:
    """The server of the section, and what sends its mail."""

    def __init__(self, redis=None):
        self.smtp = Smtp()
        settings = FAST | {"MAIL_PORT": self.smtp.port}
        variables = {"REDIS_URL": redis.url} if redis else {}
        self.server = Server(FOLDER, settings=settings, variables=variables).start()
        self.redis, self.worker = redis, None
        self.log = self.server.temporary_folder / "worker.log"
        if redis:
            self.start_worker()

    def start_worker(self):
        command = ["flask", "worker"]
        environment = self.server.environment
        self.worker = start_module(command, FOLDER, environment, self.log)

    def kill_sender(self):
        """Kill what sends the mail, as a power cut would."""
        (self.worker or self.server).kill()

    def start_sender(self):
        """Start it again."""
        if self.worker:
            self.start_worker()
            return
        self.server.start()
        with self.server.api() as api:  # the thread starts with the first request
            api.get("/api/health")

    def register(self, address):
        """Register a user, which sends a mail; return the status."""
        with self.server.api() as api:
            new = {"name": "María", "email": address, "password": PASSWORD}
            return api.post("/api/users", json=new).status_code

    def outbox(self, address):
        """Return the status of the mail to an address, and how often it was tried."""
        query = "SELECT status, tries FROM mails WHERE email = ?"
        with closing(sqlite3.connect(self.server.database)) as database:
            [row] = database.execute(query, [address]).fetchall()
        return row

    def stop(self):
        """End all processes."""
        if self.worker:
            self.worker.stop()
        self.server.stop()
        self.smtp.may_reply.set()
        self.smtp.stop()


@pytest.fixture(scope="module", params=["thread", "worker"])
def site(request):
    """The server, with a thread that sends its mail, or with Redis and a worker."""
    is_worker = request.param == "worker"
    redis = request.getfixturevalue("redis_server") if is_worker else None
    site = Site(redis)
    yield site
    site.stop()


@pytest.fixture
def smtp(site):
    """Its SMTP server, which is not started yet, and has no mail."""
    site.smtp.tried.clear()
    site.smtp.kept.clear()
    yield site.smtp
    site.smtp.reply = None
    site.smtp.may_reply.set()
    site.smtp.stop()


def test_mail_waits_while_the_smtp_server_is_down(site, smtp, wait_until, new_email):
    addresses = [new_email() for _ in range(3)]
    statuses = [site.register(address) for address in addresses]
    wait_until(lambda: all(site.outbox(each)[1] > 1 for each in addresses))
    smtp.start()
    wait_until(lambda: all(site.outbox(each)[0] == "sent" for each in addresses))

    assert statuses == [202] * 3
    assert sorted(message["To"] for message in smtp.kept) == sorted(addresses)
    assert len({message["Message-ID"] for message in smtp.kept}) == 3


def test_worker_killed_in_the_middle_sends_again_once(site, smtp, wait_until, email):
    smtp.start()
    smtp.may_reply.clear()
    site.register(email)
    wait_until(lambda: smtp.tried)

    site.kill_sender()
    site.start_sender()
    smtp.may_reply.set()
    wait_until(lambda: site.outbox(email)[0] == "sent")

    assert site.outbox(email) == ("sent", 2)
    assert len(smtp.kept) == 1
    first, second = smtp.tried
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_mail_that_is_rejected_does_not_stop_other_mail(
    site, smtp, wait_until, new_email
):
    rejected, delayed = new_email(), new_email()

    smtp.start()
    smtp.reply = "554 This looks like spam"
    site.register(rejected)
    wait_until(lambda: site.outbox(rejected) == ("failed", 1))
    smtp.reply = "451 Try again later"
    site.register(delayed)
    wait_until(lambda: site.outbox(delayed)[1] > 1)
    smtp.reply = None
    wait_until(lambda: site.outbox(delayed)[0] == "sent")

    assert [message["To"] for message in smtp.kept] == [delayed]


def test_redis_that_is_down_loses_no_mail(site, smtp, wait_until, email):
    if not site.worker:
        return  # it needs no Redis
    smtp.start()
    site.worker.kill()
    site.redis.halt()

    status = site.register(email)
    site.redis.start()
    site.start_worker()
    wait_until(lambda: site.outbox(email) == ("sent", 1))

    assert status == 202
    assert "Redis does not respond" in site.server.output()
    assert len(smtp.kept) == 1


def test_log_tells_which_process_sends_the_mail(server, user):
    lines = re.findall(r"INFO in worker: (.*)", server.output())

    assert lines == ["REDIS_URL is not set: this process sends the e-mails itself."]


def test_worker_without_redis_is_an_error(make_app):
    result = make_app().test_cli_runner().invoke(args=["worker"])

    assert result.exit_code == 1
    assert "REDIS_URL is not set" in result.output


def test_job_of_the_worker_has_no_time_limit(redis_server, make_app, load):
    """RQ would end it in the middle of an e-mail, which would then be sent twice."""
    app, worker = make_app(REDIS_URL=f"{redis_server.url}/1"), load("mailing.worker")
    with app.app_context():
        worker.wake()
        [job] = worker.find_queue().jobs

    assert job.timeout == -1


def test_error_of_the_database_ends_the_transaction(make_app, load, monkeypatch):
    """Otherwise, PostgreSQL would refuse all statements of the worker from then on."""
    app, models, db = make_app(), load("models"), load("db").db

    def fail(seconds):
        db.session.execute(db.text("SELECT * FROM no_such_table"))

    monkeypatch.setattr(models.MailModel, "claim", fail)
    with app.app_context():
        with pytest.raises(OperationalError):
            load("mailing.outbox").send_waiting()
        has_ended = not db.session().in_transaction()

    assert has_ended


def test_each_mail_is_claimed_by_one_process(make_app, load, at_once):
    app = make_app()
    models, db = load("models"), load("db").db
    with app.app_context():
        for number in range(8):
            models.MailModel.add_once("due", "ana@example.com", str(number))

    def claim_all(number):
        with app.app_context(), suppress(Exception):
            return [mail.id for mail in iter(lambda: models.MailModel.claim(60), None)]

    claimed = sum(at_once(3, claim_all), [])

    assert sorted(claimed) == list(range(1, 9))
    with app.app_context():
        db.session.remove()


def test_claim_that_is_not_kept_ends_by_itself(make_app, load):
    app = make_app()
    mail = load("models").MailModel
    with app.app_context():
        mail.add_once("due", "ana@example.com", "today")

        first = mail.claim(60)
        second = mail.claim(60)
        app.config["CLOCK_OFFSET"] = 61
        third = mail.claim(60)

    assert first is not None
    assert second is None
    assert third.message_id == first.message_id
