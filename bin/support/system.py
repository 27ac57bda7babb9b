"""What the operating system must supply: installed by apt where the command runs as root, else named in a sentence."""

from __future__ import annotations

import os
import shutil
import subprocess

from .place import say


def apt_install(packages: list[str]) -> bool:
    """True when apt has installed them. Quietly False without root or without apt."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"Installing with apt: {' '.join(packages)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode and command is install:
            say(f"apt could not: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")
            return False
    return True
