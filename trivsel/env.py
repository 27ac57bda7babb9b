"""Strict readers for the environment: a wrong value stops the start, it does not become a default."""

from __future__ import annotations

import os
from pathlib import Path


class BadEnvironment(Exception):
    """A variable has a value that cannot be used."""


def text(name: str, default: str = "") -> str:
    """The variable, or the contents of the file that NAME_FILE points to (secrets as files)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadEnvironment(f"{name}_FILE names a file that cannot be read: {path}") from error
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name, "")
    if value in ("", "0", "1"):
        return default if value == "" else value == "1"
    raise BadEnvironment(f"{name} must be 0 or 1, not {value!r}")


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
