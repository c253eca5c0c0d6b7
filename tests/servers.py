"""A PostgreSQL server for tests, under an unprivileged user, reached by a socket file: no port, no password."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from tests.need import need

HASTE = ("fsync", "synchronous_commit", "full_page_writes")


class Postgres:
    """A running server. Databases are made by copying a template, which takes some 30 ms."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, database: str) -> str:
        """Return the address of a database, as `DATABASE_URL` takes it."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template0") -> str:
        """Make a database as a copy of another without connections; return its address."""
        self._run("CREATE DATABASE {} TEMPLATE {}", database, template)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, closing its connections."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def left_alone(self) -> None:
        """Wait until there are no other connections: the work of a killed client is then committed or rolled back."""
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            while connection.execute(others).fetchone() != (0,):
                time.sleep(0.05)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """Start a server in a new folder under /tmp, and stop and remove it afterwards, even if this process is killed.

    `durable` makes a commit wait for the disk, as in production; without it the tests are faster.
    """
    initdb, postgres = need("initdb"), need("postgres")
    folder = Path(tempfile.mkdtemp(prefix="govern-pg-"))  # Short: a socket's path is at most 107 bytes.
    as_user = ["setpriv", "--pdeathsig=INT"]
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    make = [initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run([*as_user, *make], check=True, **quiet)
    settings = dict.fromkeys(HASTE, "on" if durable else "off")
    if not durable:
        settings["autovacuum"] = "off"  # Autovacuum writes at any time, and would overtake transactions.
    settings |= {"max_connections": "200", "listen_addresses": "", "unix_socket_directories": str(folder)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen([*as_user, postgres, "-D", str(data), *options], **quiet)
    try:
        yield _when_ready(Postgres(folder), server)
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _when_ready(postgres: Postgres, server: subprocess.Popen[bytes]) -> Postgres:
    for _ in range(200):
        with suppress(psycopg.OperationalError), psycopg.connect(postgres.url("postgres")):
            return postgres
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")
