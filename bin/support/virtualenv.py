"""Makes .venv and keeps it equal to the hashed requirements files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

from .place import PYTHON, ROOT, VENV, GiveUp, digest, locked, owner_name, say
from .system import apt_install

MADE = VENV / "trivsel-installed.json"  # {requirements file: its hash}; written last
HALF_MADE = VENV / "trivsel-installing"


def virtualenv_ensure(requirements: str) -> None:
    """After this, PYTHON has everything in requirements/<requirements>.txt. Does nothing when it had it before."""
    source = ROOT / "requirements" / f"{requirements}.txt"
    wanted = digest(source)
    if _installed().get(requirements) == wanted:
        return
    if VENV.exists() and not os.access(VENV, os.W_OK):
        raise GiveUp(
            f"{VENV} belongs to the user {owner_name(VENV)} and is out of date: remove it, or run as that user."
        )
    with locked(ROOT):
        installed = _installed()
        if installed.get(requirements) == wanted:
            return
        if HALF_MADE.exists() or not _python_works():
            shutil.rmtree(VENV, ignore_errors=True)
            installed = {}
            say("Making the Python environment (.venv)")
            _make()
        HALF_MADE.touch()
        say(f"Installing requirements/{requirements}.txt")
        _install("uv.txt", with_uv=False)
        _install(source.name, with_uv=True)
        HALF_MADE.unlink()
        being_written = MADE.with_suffix(".new")
        being_written.write_text(json.dumps(installed | {requirements: wanted}))
        being_written.replace(MADE)


def _installed() -> dict[str, str]:
    if HALF_MADE.exists() or not PYTHON.exists():
        return {}
    try:
        return json.loads(MADE.read_text())
    except (OSError, ValueError):
        return {}


def _python_works() -> bool:
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode == 0


def _make() -> None:
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    # Debian leaves ensurepip out of its python3 package.
    if apt_install([f"python3.{sys.version_info.minor}-venv"]):
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
        if made.returncode == 0:
            return
        shutil.rmtree(VENV, ignore_errors=True)
    bare = subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], capture_output=True, text=True)
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]
    if bare.returncode or subprocess.run(pip, capture_output=True).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise GiveUp(
            "This Python can make no environment of its own (the module ensurepip is missing): "
            f"install python3.{sys.version_info.minor}-venv and start again."
        )


def _install(name: str, *, with_uv: bool) -> None:
    source = str(ROOT / "requirements" / name)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", source]
    uv = [
        str(VENV / "bin" / "uv"),
        "pip",
        "install",
        "--quiet",
        "--python",
        str(PYTHON),
        "--require-hashes",
        "-r",
        source,
    ]
    if with_uv and (VENV / "bin" / "uv").exists() and subprocess.run(uv, cwd=ROOT).returncode == 0:
        return
    # pip does the same as uv, five times as slowly: for the platforms that have no wheel of uv.
    if subprocess.run(pip, cwd=ROOT).returncode and name != "uv.txt":
        raise GiveUp(f"The packages in requirements/{name} could not be installed: the lines above say why.")
