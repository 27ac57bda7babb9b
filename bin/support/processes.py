"""One child process: in a group of its own, tied to the life of its parent, stopped with the signal it likes."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Child:
    """`account`: the user it runs as where the command runs as root. `forced` ends it when `stop_seconds` are over."""

    name: str
    argv: list[str]
    log: Path
    pid_file: Path
    cwd: Path
    env: dict[str, str] = field(default_factory=dict)
    account: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    forced: signal.Signals = signal.SIGKILL
    stop_seconds: float = 10
    ready: Callable[[], bool] = lambda: True
    process: subprocess.Popen | None = None

    def start(self) -> None:
        account = {"user": self.account, "group": account_group(), "extra_groups": []} if self.account else {}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                cwd=self.cwd,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone: it knows the order of stopping
                preexec_fn=tie_to_parent(self.stop_signal),
                **account,
            )
        self.pid_file.write_text(str(self.process.pid))

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.alive():
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Asks, waits, then insists: afterwards no process of the group is left."""
        if self.process is None:
            return
        self.ask_to_stop()
        wait_until(lambda: not self.alive(), self.stop_seconds)
        self.clear_group()
        self.pid_file.unlink(missing_ok=True)

    def clear_group(self) -> None:
        """Ends what a killed child left behind: a web server's workers would keep the port."""
        if self.process is None:
            return
        for signum in (self.forced, signal.SIGKILL):
            if not group_members(self.process.pid):
                break
            _signal_group(self.process.pid, signum)
            wait_until(lambda: not self.alive() and not group_members(self.process.pid), 5)

    def log_tail(self, lines: int = 8) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def account_group() -> int:
    return pwd.getpwnam("nobody").pw_gid


def tie_to_parent(signum: int):
    """For `preexec_fn`: the kernel sends `signum` when the parent dies, also by kill -9. Runs after the change of user,
    which would undo it. Other systems than Linux have no such call; there the next start ends what is left."""
    parent = os.getpid()

    def tie() -> None:
        if _libc is None:
            return
        _libc.prctl(PR_SET_PDEATHSIG, int(signum))
        if os.getppid() != parent:
            os._exit(1)

    return tie


def wait_until(holds, seconds: float, *, step: float = 0.05) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True


def group_members(group: int) -> list[int]:
    """Living processes of a process group. Zombies do not count: where process 1 reaps nothing they stay for ever."""
    return [pid for pid, its_group, _command in _processes() if its_group == group]


def leftovers_end(pid_files: list[Path], marks: list[str], say) -> None:
    """Ends what an earlier start left behind, if the command line shows that it is ours: a pid may be anybody's."""
    processes = _processes()
    groups: dict[int, Path] = {}
    for pid_file in pid_files:
        try:
            group = int(pid_file.read_text())
        except ValueError:
            group = 0
        members = [entry for entry in processes if entry[1] == group and group > 1]
        if any(mark in command for _pid, _group, command in members for mark in marks):
            groups[group] = pid_file
        else:
            pid_file.unlink(missing_ok=True)
    if not groups:
        return
    say("Waiting for the processes of the last start to end")
    for group, pid_file in groups.items():
        _signal_group(group, signal.SIGINT if pid_file.stem.startswith("postgres") else signal.SIGTERM)
    wait_until(lambda: not any(group_members(group) for group in groups), 10)
    for group, pid_file in groups.items():
        if group_members(group):
            _signal_group(group, signal.SIGQUIT if pid_file.stem.startswith("postgres") else signal.SIGKILL)
            wait_until(lambda group=group: not group_members(group), 5)
        pid_file.unlink(missing_ok=True)


def _signal_group(group: int, signum: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signum)


def _processes() -> list[tuple[int, int, str]]:
    """(pid, process group, program and command line) of every living process that can be seen."""
    if not Path("/proc/self/stat").exists():
        listing = subprocess.run(["ps", "-axo", "pid=,pgid=,stat=,command="], capture_output=True, text=True).stdout
        rows = (line.split(None, 3) for line in listing.splitlines())
        return [(int(row[0]), int(row[1]), row[3]) for row in rows if len(row) == 4 and not row[2].startswith("Z")]
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # "pid (program) state parent group …": the program's name may hold blanks and brackets.
            state, _parent, group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            if state == "Z":
                continue
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        try:
            program = os.readlink(folder / "exe")
        except OSError:
            program = ""
        found.append((int(folder.name), int(group), f"{program} {command}"))
    return found
