"""bin/run as somebody in front of a terminal meets it: killed, stopped, started twice, started in a wrong place."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings

RUN = settings.BASE_DIR / "bin" / "run"
CHILDREN = ("postgres-default", "postgres-urn", "valkey", "worker", "beat", "closer", "web")
# What the issue promises for a child that is killed.
BACK_WITHIN = 15.0

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(var: Path) -> dict[str, str]:
    """The tests' own servers are not the ones of the command under test."""
    ours = ("TRIVSEL_", "DATABASE_URL", "URN_DATABASE_URL", "REDIS_URL", "DJANGO_", "PORT")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {"TRIVSEL_VAR": str(var)}


class Installation:
    """One folder of data, and the bin/run that works on it."""

    def __init__(self, var: Path) -> None:
        self.var, self.port = var, free_port()
        self.words = var.with_name("words")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        argv = [str(RUN), "--port", str(self.port), "--employees", "60"]
        started = time.time()
        with self.words.open("wb") as words:
            self.process = subprocess.Popen(
                argv, env=clean_environment(self.var), stdout=words, stderr=words, stdin=subprocess.DEVNULL
            )
        # By heartbeats of this start: those of the one before may still be young.
        assert self.well_within(180, since=started), self.words.read_text()

    def health(self) -> tuple[int, dict[str, dict[str, object]]]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=3) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, {}
        except (OSError, ValueError):
            return 0, {}

    def well_within(self, seconds: float, *, since: float | None = None) -> bool:
        """All is well, by heartbeats that were sent after `since`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status, parts = self.health()
            youngest_allowed = time.time() - (since or 0)
            if status == 200 and all(float(str(parts[name]["age"])) < youngest_allowed for name in ("worker", "beat")):
                return True
            if self.process is not None and self.process.poll() is not None:
                return False
            time.sleep(0.2)
        return False

    def pid(self, name: str) -> int:
        return int((self.var / "run" / f"{name}.pid").read_text())

    def stop(self, signum: int = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(signum)
        return self.process.wait(60)

    def urls(self) -> dict[str, str]:
        from support.servers import servers_describe, sockets_known

        named = {name: os.environ.pop(name, None) for name in ("DATABASE_URL", "URN_DATABASE_URL", "REDIS_URL")}
        try:
            return servers_describe(self.var, sockets=sockets_known(self.var)).environment()
        finally:
            os.environ.update({name: value for name, value in named.items() if value is not None})


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="trivsel-run-"))
    found = Installation(folder / "var")
    try:
        found.start()
        yield found
    finally:
        if found.process is not None and found.process.poll() is None:
            found.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("name", CHILDREN)
def test_a_killed_child_is_back_and_all_is_well_again(installation: Installation, name: str) -> None:
    before, killed_at = installation.pid(name), time.time()
    os.kill(before, signal.SIGKILL)
    # Meant for a machine that does nothing else. Where more programs want the processors than there are, each second
    # of work takes that many times longer.
    patience = BACK_WITHIN * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert installation.well_within(patience, since=killed_at + 0.5), installation.words.read_text()
    assert installation.pid(name) != before


def test_a_killed_supervisor_takes_all_with_it_and_the_next_start_has_lost_nothing(installation: Installation) -> None:
    assert installation.process is not None
    urls = installation.urls()
    for name in ("DATABASE_URL", "URN_DATABASE_URL"):
        with psycopg.connect(urls[name], autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS acknowledged (at double precision)")
            connection.execute("INSERT INTO acknowledged VALUES (%s)", [time.time()])
            kept = connection.execute("SELECT count(*) FROM acknowledged").fetchone()
    with redis.Redis.from_url(urls["REDIS_URL"]) as broker:
        broker.rpush("acknowledged", b"x")
        queued = broker.llen("acknowledged")

    installation.process.kill()
    installation.process.wait(10)
    installation.start()

    urls = installation.urls()
    for name in ("DATABASE_URL", "URN_DATABASE_URL"):
        with psycopg.connect(urls[name]) as connection:
            assert connection.execute("SELECT count(*) FROM acknowledged").fetchone() == kept
    with redis.Redis.from_url(urls["REDIS_URL"]) as broker:
        assert broker.llen("acknowledged") == queued


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_no_process(installation: Installation, signum: int) -> None:
    from support.processes import group_members

    groups = [installation.pid(name) for name in CHILDREN]
    assert all(group_members(group) for group in groups)
    assert installation.stop(signum) == 0, installation.words.read_text()
    assert [group for group in groups if group_members(group)] == []
    assert not list((installation.var / "run").glob("*.pid"))
    assert "ended" not in installation.words.read_text().rpartition("Stopping")[2]
    installation.start()


def test_no_secret_is_printed_or_readable_by_others(installation: Installation) -> None:
    assert installation.var.stat().st_mode & 0o077 == 0
    secrets = [path.read_text() for path in (installation.var / "secrets").iterdir()]
    assert len(set(secrets)) == 3  # two databases and Django, each its own
    logs = [installation.words, *(installation.var / "log").glob("*.log")]
    for log in logs:
        text = log.read_text(errors="replace")
        assert not any(secret in text for secret in secrets), log
    for path in (installation.var / "secrets").iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_a_second_run_on_the_same_data_says_so(installation: Installation) -> None:
    second = subprocess.run(
        [str(RUN), "--port", str(free_port())], env=clean_environment(installation.var), capture_output=True, text=True
    )
    assert second.returncode == 1
    assert "running already" in second.stderr
    assert second.stderr.count("\n") == 1


def test_manage_uses_the_servers_of_the_running_one(installation: Installation) -> None:
    manage = [str(settings.BASE_DIR / "bin" / "manage"), "check", "--database", "default", "--database", "urn"]
    done = subprocess.run(manage, env=clean_environment(installation.var), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = subprocess.run(
            [str(RUN), "--port", str(port)], env=clean_environment(tmp_path / "var"), capture_output=True, text=True
        )
    assert run.returncode == 1
    assert run.stderr.startswith(f"Port {port} cannot be used")
    assert run.stderr.count("\n") == 1


def test_one_database_without_the_other_is_one_sentence(tmp_path: Path) -> None:
    env = clean_environment(tmp_path / "var") | {"DATABASE_URL": "postgres://x@localhost/x"}
    run = subprocess.run([str(RUN), "--port", str(free_port())], env=env, capture_output=True, text=True)
    assert run.returncode == 1
    assert "both DATABASE_URL and URN_DATABASE_URL" in run.stderr
