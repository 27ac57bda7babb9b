"""The independent auditor on exported facts: what could somebody with every figure work out?"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.auditor import ExportError, audit

# What `export_release` writes beside FACTS.json: earlier editions, short surveys, imported measurements. Changes since
# a measurement can only be tried together with its figures.
WITH_IT = re.compile(r"-(main|pulse|imported)-\d+(-[0-9a-f]{8})?-\d+")


def files_of(given: list[Path]) -> list[Path]:
    """The files named, and those that were exported together with each of them."""
    found = list(given)
    for path in given:
        beside = sorted(path.parent.glob(f"*{path.suffix}")) if path.parent.is_dir() else []
        found += [
            other
            for other in beside
            if other.stem.startswith(path.stem)
            and WITH_IT.fullmatch(other.stem.removeprefix(path.stem))
            and other not in found
        ]
    return found


class Command(BaseCommand):
    help = (
        "Try to work out figures about fewer than k answers from FACTS.json (several files: releases of a wave, or "
        "waves joined by trends; what export_release wrote beside a file is read with it). Exit code 0: nothing "
        "found; 1: violations, each printed with its derivation; 2: a file could not be read."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("facts", metavar="FACTS.json", type=Path, nargs="+")
        parser.add_argument(
            "--no-unanimity", action="store_true", help="the release does not promise that no group is of one answer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        exports = []
        for path in files_of(options["facts"]):
            try:
                text = path.read_bytes()
                exports.append(json.loads(text))
            except OSError as error:
                raise CommandError(f"{path}: {error.strerror}", returncode=2) from error
            except (json.JSONDecodeError, UnicodeDecodeError) as error:
                raise CommandError(f"{path}: no JSON: {error}", returncode=2) from error
            self.stdout.write(f"{path}: sha256 {hashlib.sha256(text).hexdigest()}")
        try:
            found = audit(exports, unanimity=not options["no_unanimity"])
        except ExportError as error:
            raise CommandError(str(error), returncode=2) from error
        for violation in found:
            if violation.known:
                self.stdout.write(f"known from imported reports: {violation.sentence()}")
        violations = [violation for violation in found if not violation.known]
        for violation in violations:
            self.stdout.write(f"VIOLATION {violation.sentence()}")
        if violations:
            self.stdout.write(f"Red: {len(violations)} things can be worked out that must not be known.")
            sys.exit(1)
        self.stdout.write("Green: nothing can be worked out about fewer answers than promised.")
