"""What the repository must not hold, and what its pinned files must."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
LOCK_FILES = [ROOT / "package-lock.json", ROOT / "bin" / "support" / "browser" / "package-lock.json"]


@pytest.mark.parametrize("path", [*REQUIREMENTS, *LOCK_FILES], ids=lambda path: path.name)
def test_no_registry_address_is_pinned(path: Path) -> None:
    text = path.read_text()
    assert "resolved" not in text
    addresses = set(re.findall(r"https?://[\w.-]+", text))
    # npm copies the packages' own "please support us" addresses.
    assert all("registry" not in address and "pypi" not in address for address in addresses), addresses


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_has_a_hash(path: Path) -> None:
    text = path.read_text()
    pins = re.findall(r"^[\w.\[\]-]+==", text, flags=re.MULTILINE)
    with_hash = re.findall(r"^[\w.\[\]-]+==.*\\\n +--hash=sha256:[0-9a-f]{64}", text, flags=re.MULTILINE)
    assert 0 < len(pins) == len(with_hash)


@pytest.mark.parametrize("path", LOCK_FILES, ids=lambda path: str(path.parent.name))
def test_every_npm_package_has_a_hash(path: Path) -> None:
    packages = json.loads(path.read_text())["packages"]
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_ci_calls_the_test_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == ["set -eu", 'cd "$(dirname "$0")/.."', "exec bin/test"]


def test_the_checks_name_every_package_of_ours() -> None:
    test = (ROOT / "bin" / "test").read_text()
    named = set(re.findall(r'"(\w+)"', re.search(r"PACKAGES = \[(.*?)\]", test).group(1)))  # type: ignore[union-attr]
    assert named == {path.parent.name for path in ROOT.glob("*/apps.py")}
