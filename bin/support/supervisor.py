"""The one foreground process of bin/run: starts the children in order, restarts the dead, stops in reverse."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

from .place import PYTHON, ROOT, GiveUp, say
from .processes import Child, tie_to_parent
from .servers import child_started

APPLICATION = ("web", "worker", "beat", "closer")  # end side by side, before the servers
LOOK_EVERY = 0.2  # seconds
PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)  # before the first, second … start again of a child that keeps dying
CALM = 30.0  # seconds of life after which a child counts as well again


class Supervisor:
    """`stopping` is set by Ctrl-C, SIGTERM or a closed terminal; whoever waits here looks at it."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = False
        self._deaths: dict[str, int] = {}
        self._again_at: dict[str, float] = {}
        self._started_at: dict[str, float] = {}

    def listen(self) -> None:
        # Set also where a shell without job control started us with SIGINT ignored.
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._asked_to_stop)

    def _asked_to_stop(self, _signum, _frame) -> None:
        self.stopping = True

    def add(self, child: Child, *, wait: bool) -> None:
        if self.stopping:
            return
        self.children.append(child)
        if wait:
            child_started(child)
        else:
            child.start()
        self._started_at[child.name] = time.monotonic()

    def once(self, argv: list[str], env: dict[str, str]) -> None:
        """Runs a command to its end, its words on our screen, while the children are looked after."""
        process = subprocess.Popen(
            argv,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=tie_to_parent(signal.SIGTERM),
        )
        while process.poll() is None:
            self.look()
            if self.stopping:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
            time.sleep(LOOK_EVERY / 4)
        if process.returncode and not self.stopping:
            raise GiveUp("The application could not be prepared: the lines above say why.")

    def wait_for(self, holds, *, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not self.stopping:
            self.look()
            if holds():
                return True
            if time.monotonic() > end:
                return False
            time.sleep(LOOK_EVERY)
        return False

    def watch(self) -> None:
        while not self.stopping:
            self.look()
            time.sleep(LOOK_EVERY)

    def look(self) -> None:
        """Starts again whatever has died. A child that keeps dying is started less and less often, never given up."""
        now = time.monotonic()
        for child in self.children:
            if child.alive() or self.stopping:
                continue
            if child.name not in self._again_at:
                lived = now - self._started_at.get(child.name, now)
                deaths = 0 if lived > CALM else self._deaths.get(child.name, 0)
                self._deaths[child.name] = deaths + 1
                self._again_at[child.name] = now + PAUSES[min(deaths, len(PAUSES) - 1)]
                say(
                    f"{child.name} ended (code {child.process.returncode}) and is started again. Its words: {child.log}"
                )
                child.clear_group()
            if now >= self._again_at[child.name]:
                del self._again_at[child.name]
                child.start()
                self._started_at[child.name] = time.monotonic()

    def stop(self) -> None:
        """The reverse order: who uses a server ends before the server. A second Ctrl-C changes nothing: it is at most
        a matter of seconds, and a killed Postgres has to recover."""
        for child in self.children:
            if child.name in APPLICATION:
                child.ask_to_stop()
        for child in reversed(self.children):
            child.stop()
        self.children = []


def application_children(*, env: dict[str, str], var: Path, host: str, port: int) -> list[Child]:
    """Web, worker, beat and closer, in this order. The worker is given time to finish what it has begun."""
    granian = "--interface wsgi --workers 2 --blocking-threads 4 --no-ws --respawn-failed-workers"
    granian += " --workers-kill-timeout 5 --log-level warning trivsel.wsgi:application"
    worker = "-A trivsel.celery:app worker --loglevel INFO --concurrency 2 --without-gossip --without-mingle"
    beat = "-A trivsel.celery:app beat --loglevel WARNING --pidfile= --schedule"
    commands = {
        "web": ["granian", "--host", host, "--port", str(port), *granian.split()],
        "worker": ["celery", *worker.split()],
        "beat": ["celery", *beat.split(), str(var / "run" / "beat-schedule")],
        "closer": ["django", "closer", "--settings", "trivsel.settings"],
    }
    return [
        Child(
            name=name,
            argv=[str(PYTHON), "-m", *command],
            log=var / "log" / f"{name}.log",
            pid_file=var / "run" / f"{name}.pid",
            cwd=ROOT,
            # The pool of database connections belongs to the threads of the web server only.
            env=env | {"TRIVSEL_DB_POOL": "1" if name == "web" else "0", "PYTHONUNBUFFERED": "1"},
            stop_seconds=15 if name == "worker" else 8,
        )
        for name, command in commands.items()
    ]
