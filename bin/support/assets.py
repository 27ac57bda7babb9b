"""Fetches the front-end packages and copies the few files that are used into static/vendor/, which git ignores."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from .node import npm_ci
from .place import ROOT, GiveUp, digest, locked, owner_name, say

VENDOR = ROOT / "static" / "vendor"
MODULES = ROOT / "node_modules"
LOCK_FILE = ROOT / "package-lock.json"
WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")
SHARES = "bin/support/shares"
ARABIC = "@expo-google-fonts/ibm-plex-sans-arabic"  # IBM's own package has woff only, which the typesetter cannot read
HPKE = 'export { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";'
LICENCES = {
    "dkfds": "dkfds/LICENSE.md",
    "hpke-core": "@hpke/core/LICENSE",
    "hpke-common": "@hpke/common/LICENSE",
    "ibm-plex-sans-arabic": f"{ARABIC}/LICENSE_FONT",
    "noble-hashes": "@noble/hashes/LICENSE",
    "qrcode-generator": "qrcode-generator/README.md",
    "slip39": "slip39/LICENSE",
}


def assets_ensure(*, tests: bool = False) -> None:
    """After this static/vendor/ belongs to the lock file; with `tests`, node_modules has what the tests load too."""
    wanted = digest(LOCK_FILE, Path(__file__), *sorted((ROOT / SHARES).glob("*.js")))
    if _made_for(VENDOR / ".made-for") == wanted and (not tests or _made_for(MODULES / ".made-for") == wanted):
        return
    for folder in (VENDOR, MODULES):
        if folder.exists() and not os.access(folder, os.W_OK):
            raise GiveUp(
                f"{folder} belongs to the user {owner_name(folder)} and is out of date: remove it, or run as that user."
            )
    VENDOR.parent.mkdir(exist_ok=True)
    with locked(VENDOR.parent):
        say("Fetching the front-end files")
        npm_ci(ROOT, *(() if tests else ("--omit=dev",)))
        being_made = VENDOR.with_name("vendor.new")
        shutil.rmtree(being_made, ignore_errors=True)
        being_made.mkdir()
        vendor_fill(being_made)
        (being_made / ".made-for").write_text(wanted)
        shutil.rmtree(VENDOR, ignore_errors=True)
        being_made.rename(VENDOR)
        if tests:
            (MODULES / ".made-for").write_text(wanted)


def _made_for(note: Path) -> str:
    return note.read_text() if note.exists() else ""


def vendor_fill(target: Path) -> None:
    design = MODULES / "dkfds" / "dist"
    (target / "fonts").mkdir()
    for weight in WEIGHTS:
        for kind in ("woff2", "ttf"):  # ttf for PDFs: woff2 would be decoded in Python for every document
            name = f"IBMPlexSans-{weight}.{kind}"
            shutil.copy(design / "fonts" / "IBMPlexSans" / "complete" / kind / name, target / "fonts" / name)
    for weight, number in zip(WEIGHTS, (400, 500, 600, 700), strict=True):  # for PDFs only: pages take the reader's own
        name = f"IBMPlexSansArabic_{number}{weight}.ttf"
        shutil.copy(MODULES / ARABIC / f"{number}{weight}" / name, target / "fonts" / f"IBMPlexSansArabic-{weight}.ttf")
    css, icons = design_css((design / "css" / "dkfds.min.css").read_text())
    (target / "dkfds.css").write_text(css)
    (target / "icons").mkdir()
    for icon in icons:
        shutil.copy(design / "img" / "svg-icons" / icon, target / "icons" / icon)
    shutil.copy(design / "img" / "all-svg-icons.svg", target / "icons.svg")
    script = (design / "js" / "dkfds.min.js").read_text()
    (target / "dkfds.min.js").write_text(_without_source_map(script))
    (target / "licences").mkdir()
    for name, path in LICENCES.items():
        shutil.copy(MODULES / path, target / "licences" / f"{name}.txt")
    bundle(target / "hpke.js", "TrivselHpke", source=HPKE)
    # slip39 was written for node: its three calls of crypto and its Buffer are answered by files beside this one.
    shims = [f"--alias:crypto=./{SHARES}/crypto.js", f"--inject:./{SHARES}/buffer.js"]
    bundle(target / "shares.js", "TrivselShares", f"{SHARES}/shares.js", *shims)


def design_css(source: str) -> tuple[str, list[str]]:
    """The design system's sheet inside the layer `vendor`, with the four woff2 of Plex as its only fonts; and the names
    of the icons that it refers to. A charset rule must stay outside of a layer, so it goes (the server says UTF-8)."""
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", _without_source_map(source))
    css = re.sub(r'@charset\s+"[^"]*";', "", css)
    css = re.sub(r"url\([\"']?\.\./img/svg-icons/([\w.-]+)[\"']?\)", r"url(icons/\1)", css)
    css = re.sub(r"url\(\.\./img/logo-[\w-]+\.png\)", "none", css)  # made-up logos of the examples
    icons = sorted(set(re.findall(r"url\(icons/([\w.-]+)\)", css)))
    foreign = set(re.findall(r"url\([^)]*\)", css)) - {f"url(icons/{icon})" for icon in icons}
    if foreign:
        raise GiveUp(f"The design system's sheet refers to files that are not copied: {sorted(foreign)}")
    faces = "".join(
        "@font-face{font-display:swap;font-family:IBM Plex Sans;font-style:normal;"
        f'font-weight:{number};src:url(fonts/IBMPlexSans-{weight}.woff2) format("woff2")}}'
        for weight, number in zip(WEIGHTS, (400, 500, 600, 700), strict=True)
    )
    return f"@layer vendor{{{faces}{css}}}\n", icons


def bundle(target: Path, name: str, *arguments: str, source: str | None = None) -> None:
    """A library as one script with one global. Calls esbuild's program itself: its npm wrapper would need node, and a
    script at installation to fetch it."""
    programs = sorted(MODULES.glob("@esbuild/*/bin/esbuild"))
    if not programs:
        raise GiveUp("npm fetched no esbuild for this machine, so the sealing script cannot be made.")
    options = ["--bundle", "--minify", "--format=iife", f"--global-name={name}", "--target=es2020"]
    done = subprocess.run(
        [str(programs[0]), *arguments, *options, "--legal-comments=none", "--log-level=warning", f"--outfile={target}"],
        input=source,
        text=True,
        cwd=ROOT,
        stdin=subprocess.DEVNULL if source is None else None,
    )
    if done.returncode:
        raise GiveUp(f"The script {target.name} could not be made: the lines above say why.")


def _without_source_map(text: str) -> str:
    return re.sub(r"(/\*|//)# sourceMappingURL=[^\n*]*(\*/)?", "", text)
