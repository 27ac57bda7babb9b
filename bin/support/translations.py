"""Compiles locale/*/LC_MESSAGES/*.po to .mo where the .po is newer. Babel writes them: no gettext is needed."""

from __future__ import annotations

import subprocess
import sys

from .place import PYTHON, ROOT, GiveUp, say


def translations_ensure() -> None:
    """Compiles in .venv what is out of date; asks first by file times alone, since most starts have nothing to do."""
    stale = [
        po
        for po in sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po"))
        if not po.with_suffix(".mo").exists() or po.with_suffix(".mo").stat().st_mtime < po.stat().st_mtime
    ]
    if stale:
        say("Compiling the translations")
    for po in stale:
        if subprocess.run([str(PYTHON), "-m", "support.translations", str(po)], cwd=ROOT / "bin").returncode:
            raise GiveUp(f"{po.relative_to(ROOT)} could not be compiled: the lines above say why.")


def compile_file(path: str) -> int:
    """Writes the .mo beside the .po. Returns the number of entries whose placeholders do not match their source."""
    import os
    from pathlib import Path

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = Path(path)
    with source.open("rb") as file:
        catalog = read_po(file)
    wrong = 0
    for message, errors in catalog.check():
        for error in errors:
            print(f"{path}: {message.id!r}: {error}", file=sys.stderr)
            wrong += 1
    being_written = source.with_name(f"{source.name}.{os.getpid()}")
    with being_written.open("wb") as file:
        write_mo(file, catalog)  # leaves fuzzy entries out, as msgfmt does
    being_written.replace(source.with_suffix(".mo"))
    return wrong


if __name__ == "__main__":
    sys.exit(1 if sum(compile_file(path) for path in sys.argv[1:]) else 0)
