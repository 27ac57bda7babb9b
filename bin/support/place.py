"""Where things are, and how the commands speak: one sentence a line, and one sentence when they give up."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = Path(os.environ.get("TRIVSEL_VAR") or ROOT / "var").resolve()


class GiveUp(Exception):
    """Says in one sentence why the command cannot go on, and what would help."""


def say(text: str) -> None:
    print(text, flush=True)


def main(command) -> None:
    """Runs a command; a GiveUp becomes one sentence on standard error and exit code 1."""
    try:
        sys.exit(command())
    except GiveUp as reason:
        print(f"{reason}", file=sys.stderr, flush=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def owner_name(path: Path) -> str:
    uid = path.stat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def var_open(var: Path = VAR) -> Path:
    """Makes the data folder, closed to others. Never takes over somebody else's."""
    if var.exists() and var.stat().st_uid != os.geteuid():
        raise GiveUp(
            f"The folder {var} was made by the user {owner_name(var)}: run this as that user, "
            "or set TRIVSEL_VAR to another folder."
        )
    try:
        var.mkdir(parents=True, exist_ok=True)
        var.chmod(0o700)
        for name in ("run", "log", "secrets"):
            (var / name).mkdir(mode=0o700, exist_ok=True)
    except PermissionError as error:
        raise GiveUp(f"{error.filename} cannot be written by you: set TRIVSEL_VAR to a folder that can.") from error
    return var


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time in here; the kernel lets go of the lock when its holder dies."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def digest(*paths: Path) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()
