"""What the operating system must supply: installed by apt where the command runs as root, else named in a sentence."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess

from .place import ROOT, say

# Debian's names of the libraries; the Dockerfile reads the same file.
PDF_PACKAGES = ROOT / "bin" / "support" / "system-packages.txt"
PDF_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0", "libfontconfig.so.1")


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


def pdf_libraries_ensure() -> bool:
    """Pango and what belongs to it. Without them everything but the PDFs works."""
    if _loadable():
        return True
    packages = PDF_PACKAGES.read_text().split()
    if apt_install(packages) and _loadable():
        return True
    say(f"PDFs need libraries that are missing here: install {' '.join(packages)}. Everything else works without.")
    return False


def _loadable() -> bool:
    try:
        for name in PDF_LIBRARIES:
            ctypes.CDLL(name)
    except OSError:
        return False
    return True
