"""A PostgreSQL server of our own, in a temporary folder and on loopback."""

import os
import shutil
import socket
import subprocess
import uuid
from pathlib import Path

import psycopg


def find_binaries() -> Path | None:
    """The folder with initdb and pg_ctl, from the path or from Debian's place."""
    found = shutil.which("initdb")
    candidates = [Path(found).parent] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in candidates if (folder / "pg_ctl").exists()), None)


def free_port() -> int:
    """A port nobody listens on at present."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class PostgresServer:
    """Starts, stops and restarts; its data stays."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries, self._folder, self.port = binaries, folder, free_port()
        # initdb refuses to be root; Debian's package brings a user for it.
        self._prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._prefix:
            folder.chmod(0o755)
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", str(folder / "db"), "-A", "trust", "-U", "piying", "-N")

    def start(self) -> None:
        # What processes lose that are killed is to be seen, not what a power cut would lose: to sync hundreds of
        # databases at each start takes minutes where others use the disk.
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self._folder} -c max_connections=200 -c fsync=off"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._folder / "db"), "-w", "-t", "180", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self._folder / "db"), "-w", "-m", mode, "stop")

    def new_database(self) -> str:
        """A fresh database's URL."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self._url(name).replace("postgresql://", "postgresql+psycopg://")

    def _url(self, database: str) -> str:
        return f"postgresql://piying@127.0.0.1:{self.port}/{database}"

    def _run(self, tool: str, *arguments: str) -> None:
        command = [*self._prefix, str(self._binaries / tool), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder)
