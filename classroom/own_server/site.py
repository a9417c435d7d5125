"""A site: nginx with the files of a folder, in front of a section's server."""

import importlib.util
import os
import re
from pathlib import Path
from typing import Self

from classroom.errors import UserError
from classroom.own_server.nginx import Nginx
from classroom.server import Server
from classroom.server.client import Api
from classroom.server.ports import HOST, find_free_port
from classroom.server.temporary_folder import TemporaryFolder

FILES = "nginx"  # the folder with the files of nginx, in section 8 and in one's own

# An error in its files, as nginx prints it: with or without a time and a process id.
EMERGENCY = re.compile(r"\[emerg\] (?:\d+#\d+: )?(.+)")


class Site:
    """nginx in front of a section's server, from start() to stop().

    folder: the files of nginx are in its folder nginx/; site.conf must be there.
    app: the server, which listens at a Unix socket.
    """

    MAIN = "site.conf"  # the file that must be there

    def __init__(self, folder: Path, app: Server) -> None:
        self.folder = folder
        self.app = app
        self.address = f"http://{HOST}:{find_free_port()}"
        self._temporary: TemporaryFolder | None = None
        self._nginx: Nginx | None = None
        self._files: dict[str, str] = {}  # those that nginx has read

    def start(self) -> Self:
        """Start nginx with the files as they are now.

        Raises UserError, with the line of the error, if nginx cannot read them.
        """
        if self._temporary is None:
            self._temporary = TemporaryFolder()
            self.logs.mkdir()
            link_static_files(self.root / "current" / "public")
        files = self._render()
        self._write(files)
        self.halt()
        self._nginx = Nginx(self.logs)
        try:
            self._nginx.start()
        except UserError as error:
            self._nginx = None
            raise UserError(self._shorten(str(error))) from None
        self._files = files
        return self

    @property
    def root(self) -> Path:
        """The folder that is /srv/stores on a server."""
        assert self._temporary is not None
        return self._temporary.path / "srv"

    @property
    def logs(self) -> Path:
        """The folder with the logs, and with the files that nginx reads."""
        assert self._temporary is not None
        return self._temporary.path / "nginx"

    @property
    def is_current(self) -> bool:
        """Whether nginx runs with the files as they are now."""
        return self._nginx is not None and self._render() == self._files

    def _render(self) -> dict[str, str]:
        """Return the files of nginx, with @NAME@ replaced by a setting."""
        files = self._read_files()
        if "site.conf" not in files:
            raise UserError(f"There is no {FILES}/{self.MAIN} in {self.folder.name}.")
        for name, value in self._settings().items():
            files = {f: text.replace(f"@{name}@", value) for f, text in files.items()}
        return files

    def _read_files(self) -> dict[str, str]:
        """Return the files that nginx needs, as they are in the folder."""
        # What nginx includes must be there. One's own site may be a single file.
        return {"stores.conf": "", **read_conf_files(self.folder)}

    def _settings(self) -> dict[str, str]:
        """Return the settings: those of settings.sh in section 8 that nginx needs."""
        return {
            "LISTEN": self.address.removeprefix("http://"),
            "DOMAIN": "_",
            "SOCKET": str(self.app.socket),
            "APP_ROOT": str(self.root),
            "LOGS": str(self.logs),
            "API_CONF": str(self.logs / "api.conf"),
            "RATE": "10r/s",
            "BURST": "50",
        }

    def _write(self, files: dict[str, str]) -> None:
        """Write the files that nginx reads, and delete those that are gone."""
        for old in self.logs.glob("*.conf"):
            old.unlink()
        for name, text in files.items():
            (self.logs / name).write_text(text, "utf-8")

    def _shorten(self, message: str) -> str:
        """Return the errors that nginx has found, without times and folders."""
        found = EMERGENCY.findall(message.replace(f"{self.logs}{os.sep}", ""))
        return "\n".join(f"nginx: {error}" for error in dict.fromkeys(found)) or message

    def api(self) -> Api:
        """Return a new session that talks to nginx."""
        return Api(self.address)

    def halt(self) -> None:
        """End nginx, and keep its logs."""
        if self._nginx is not None:
            self._nginx.stop()
            self._nginx = None

    def stop(self) -> None:
        """End nginx, and delete its logs."""
        self.halt()
        if self._temporary is not None:
            self._temporary.delete()
            self._temporary = None

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *error: object) -> None:
        self.stop()


def read_conf_files(folder: Path) -> dict[str, str]:
    """Return the files of nginx in a folder, by their names."""
    files = sorted((folder / FILES).glob("*.conf"))
    return {file.name: file.read_text("utf-8") for file in files}


def link_static_files(public: Path) -> None:
    """Make the folder of the files that nginx serves itself, as deploy.sh does."""
    package = importlib.util.find_spec("flask_swagger_ui")
    assert package is not None and package.origin is not None
    public.mkdir(parents=True)
    (public / "swagger-ui").symlink_to(Path(package.origin).parent / "dist")
