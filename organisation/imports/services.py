"""An import from upload to undo: each step a service that HR's pages and the tasks call."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from organisation import clock
from organisation.audit import audit
from organisation.imports import os2mo, payroll
from organisation.imports.apply import apply_changes
from organisation.imports.compare import preview_of
from organisation.imports.preview import Preview
from organisation.imports.reading import packed, tables_of, unpacked
from organisation.imports.refusal import FileRefused
from organisation.imports.rows import Table
from organisation.imports.undo import CannotUndo, undo_changes
from organisation.models import Import, Person, StoredFile

KEPT_DAYS = 30
AT_ONCE = 5_000  # changes that are undone while HR waits
STUCK_AFTER = timedelta(minutes=15)
WAITING = (Import.State.MAPPING, Import.State.READING, Import.State.READY, Import.State.QUEUED)


class CannotApply(Exception):
    """The import is not in a state to be applied. The text says why."""


# --- files -----------------------------------------------------------------------------------------------------


def _kept(data: bytes) -> StoredFile:
    return StoredFile.objects.create(content_type="application/zlib", data=data, stored_on=clock.today())


def _json(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode(), 1)


def stored_json(file: StoredFile | None) -> Any:
    """What a kept file holds, or None when it has been removed."""
    return json.loads(zlib.decompress(bytes(file.data))) if file is not None else None


def _drop_files(entry: Import, *names: str) -> None:
    files = [getattr(entry, f"{name}_id") for name in names]
    for name in names:
        setattr(entry, name, None)
    entry.save(update_fields=list(names))
    StoredFile.objects.filter(pk__in=[pk for pk in files if pk]).delete()


# --- upload and preview ----------------------------------------------------------------------------------------


@transaction.atomic
def import_receive(*, files: Iterable[tuple[str, bytes]], by: Person) -> Import:
    """Read uploaded files and begin an import. Raises FileRefused. A payroll extract asks for its columns first."""
    tables = tables_of(files)
    flat = not any(table.kind for table in tables)
    if flat and len(tables) > 1:
        raise FileRefused(
            _(
                "Ingen af arkene hedder enheder, personer, ansættelser, roller, udvalg eller bygninger. "
                "Et lønudtræk skal være ét ark."
            )
        )
    source = Import.Source.PAYROLL if flat else Import.Source.FILES
    return import_begin(tables=tables, source=source, by=by)


@transaction.atomic
def import_begin(*, tables: list[Table], source: str, by: Person) -> Import:
    """Keep the tables and queue the preview. Earlier imports that nobody applied are put away."""
    for earlier in Import.objects.filter(state__in=(Import.State.MAPPING, Import.State.READY, Import.State.READING)):
        _put_away(earlier)
    entry = Import.objects.create(source=source, by=by, at=clock.now(), tables=_kept(packed(tables)))
    if source == Import.Source.PAYROLL and payroll.remembered(tables[0].headings) is None:
        Import.objects.filter(pk=entry.pk).update(state=Import.State.MAPPING)
        entry.state = Import.State.MAPPING
    else:
        _queue_reading(entry)
    audit("import_received", entry, actor=by, source=source, rows=sum(len(table.rows) for table in tables))
    return entry


@transaction.atomic
def import_fetch(*, by: Person) -> Import:
    """Begin an import from OS2mo: the worker fetches it before it works out the preview."""
    for earlier in Import.objects.filter(state__in=(Import.State.MAPPING, Import.State.READY, Import.State.READING)):
        _put_away(earlier)
    entry = Import.objects.create(source=Import.Source.OS2MO, by=by, at=clock.now())
    _queue_reading(entry)
    audit("import_received", entry, actor=by, source=Import.Source.OS2MO)
    return entry


def _queue_reading(entry: Import) -> None:
    from organisation.tasks import import_read

    transaction.on_commit(partial(import_read.delay, entry.pk))


def import_tables(entry: Import) -> list[Table]:
    """The tables in the internal format: a payroll extract is turned into it by its remembered columns."""
    if entry.tables is None:
        raise CannotApply(_("Importen er for gammel. Hent filen igen."))
    tables = unpacked(bytes(entry.tables.data))
    if entry.source == Import.Source.PAYROLL:
        columns = payroll.remembered(tables[0].headings)
        return payroll.tables_from(tables[0], columns or {})
    return tables


@transaction.atomic
def import_map(*, entry: Import, columns: dict[str, str], by: Person) -> None:
    """Remember which column is what, and queue the preview."""
    assert entry.tables is not None
    payroll.remember(unpacked(bytes(entry.tables.data))[0].headings, columns, by=by)
    Import.objects.filter(pk=entry.pk).update(state=Import.State.READING)
    audit("import_columns_chosen", entry, actor=by)
    _queue_reading(entry)


def import_preview(entry_id: int) -> int:
    """Work out what an import would change. Runs twice without harm. Returns how many changes it found."""
    entry = Import.objects.filter(pk=entry_id, state=Import.State.READING).select_related("tables").first()
    if entry is None:
        return 0
    if entry.source == Import.Source.OS2MO and entry.tables is None and not _fetched(entry):
        return 0
    preview = preview_of(import_tables(entry))
    with transaction.atomic():
        if not Import.objects.select_for_update().filter(pk=entry_id, state=Import.State.READING).exists():
            return 0
        _keep_preview(entry, preview)
    return len(preview.changes)


def _fetched(entry: Import) -> bool:
    """Fetch from OS2mo and keep the tables. False when it does not answer: the page says so."""
    try:
        tables = os2mo.tables_from_os2mo(os2mo.ask)
    except os2mo.NoAnswer as error:
        Import.objects.filter(pk=entry.pk).update(state=Import.State.REFUSED, refused=str(error)[:300])
        return False
    entry.tables = _kept(packed(tables))
    entry.save(update_fields=["tables"])
    return True


def _keep_preview(entry: Import, preview: Preview, *, refused: str = "") -> None:
    old = entry.preview_id
    entry.preview = _kept(_json(preview_content(preview)))
    entry.counts = {
        "kinds": preview.counted(),
        "problems": len(preview.problems),
        "blocks": sum(problem.blocks for problem in preview.problems),
        "skipped": preview.skipped,
        "past": preview.past,
        "kept": len(preview.kept),
        "lost_roles": sum(not role.moved for role in preview.lost_roles),
        "moved_holders": sum(role.moved for role in preview.lost_roles),
        "small_units": len(preview.small_units),
    }
    entry.fingerprint = preview.fingerprint()
    entry.state = Import.State.READY
    entry.refused = refused
    entry.save(update_fields=["preview", "counts", "fingerprint", "state", "refused"])
    if old:
        StoredFile.objects.filter(pk=old).delete()


def preview_content(preview: Preview) -> dict[str, Any]:
    """The preview as plain values, in the order the page shows them."""
    return {
        "changes": [
            [c.kind, c.action, c.key, c.name, [[f, c.old.get(f), v] for f, v in c.new.items()] if c.old else []]
            for c in preview.changes
        ],
        "problems": [
            [p.place.file, p.place.sheet, p.place.row, p.column, p.value, p.text, p.code, p.blocks]
            for p in preview.problems
        ],
        "kept": [[k.kind, k.name, k.field, k.ours, k.theirs] for k in preview.kept],
        "lost_roles": [[r.person, r.role, r.scope, r.moved] for r in preview.lost_roles],
        "small_units": [[u.name, u.before, u.after, u.new] for u in preview.small_units],
        "unused": preview.unused[:200],
    }


# --- apply -----------------------------------------------------------------------------------------------------


@transaction.atomic
def import_queue(*, entry: Import, by: Person, skip_wrong_rows: bool = False) -> None:
    """HR has seen the preview and says yes. Raises CannotApply."""
    entry = Import.objects.select_for_update().get(pk=entry.pk)
    if entry.state != Import.State.READY:
        raise CannotApply(_("Importen er allerede i gang eller kasseret."))
    if entry.counts.get("blocks"):
        raise CannotApply(_("Der er fejl i enhederne eller kolonnerne. Ret dem i filen, og hent den igen."))
    if entry.counts.get("problems") and not skip_wrong_rows:
        raise CannotApply(_("Der er rækker med fejl. Ret dem i filen, eller vælg at springe dem over."))
    entry.state, entry.skip_wrong_rows, entry.applied_by, entry.refused = Import.State.QUEUED, skip_wrong_rows, by, ""
    entry.save(update_fields=["state", "skip_wrong_rows", "applied_by", "refused"])
    audit("import_queued", entry, actor=by, skip_wrong_rows=skip_wrong_rows)
    from organisation.tasks import import_apply

    transaction.on_commit(partial(import_apply.delay, entry.pk))


def import_write(entry_id: int) -> int:
    """Apply a queued import: all of it or nothing. Runs twice without harm. Returns how many changes were written."""
    try:
        with transaction.atomic():
            return _write(entry_id)
    except (IntegrityError, FileRefused, CannotApply):
        Import.objects.filter(pk=entry_id, state=Import.State.QUEUED).update(
            state=Import.State.REFUSED,
            refused=_(
                "Databasen tog ikke imod ændringerne, og intet er ændret. Hent filen igen, og se forhåndsvisningen."
            ),
        )
        raise
    finally:
        cache.delete(_progress_key(entry_id))


def _write(entry_id: int) -> int:
    entry = Import.objects.select_for_update().get(pk=entry_id)
    if entry.state != Import.State.QUEUED:
        return 0
    preview = preview_of(import_tables(entry))
    if preview.fingerprint() != entry.fingerprint or preview.blocked:
        _keep_preview(
            entry,
            preview,
            refused=_("Organisationen er ændret, siden I så forhåndsvisningen. Intet er indlæst. Se den igennem igen."),
        )
        return 0
    reverse = apply_changes(preview, partial(_progress, entry_id))
    entry.reverse = _kept(_json(reverse.as_dict()))
    entry.state, entry.applied_at = Import.State.APPLIED, clock.now()
    entry.save(update_fields=["reverse", "state", "applied_at"])
    # Earlier imports cannot be undone past this one: what their undo needs goes now.
    for earlier in Import.objects.filter(reverse__isnull=False).exclude(pk=entry.pk):
        _drop_files(earlier, "reverse")
    _drop_files(entry, "tables")
    audit("import_applied", entry, actor=entry.applied_by, changes=len(preview.changes))
    return len(preview.changes)


def _progress_key(entry_id: int) -> str:
    return f"import-progress:{entry_id}"


def _progress(entry_id: int, done: int, total: int) -> None:
    # In the cache: the database shows nothing of a transaction that is still open.
    cache.set(_progress_key(entry_id), (done, total), 3600)


def progress_of(entry: Import) -> tuple[int, int]:
    """(written, all) of an import that is being applied."""
    found: tuple[int, int] | None = cache.get(_progress_key(entry.pk))
    return found or (
        0,
        sum(n for kind in entry.counts.get("kinds", {}).values() for a, n in kind.items() if a != "unchanged"),
    )


# --- undo, discard, sweep --------------------------------------------------------------------------------------


@transaction.atomic
def import_undo(*, entry: Import, by: Person) -> None:
    """Put everything back as it was before the import. Raises CannotUndo with the reason, and changes nothing."""
    entry = Import.objects.select_for_update().get(pk=entry.pk)
    if entry.state != Import.State.APPLIED or entry.applied_at is None:
        raise CannotUndo(_("Importen er ikke indlæst."))
    if Import.objects.filter(state=Import.State.APPLIED, applied_at__gt=entry.applied_at).exists():
        raise CannotUndo(_("Der er indlæst en nyere import. Fortryd den først."))
    if entry.reverse is None:
        raise CannotUndo(_("Importen er mere end 30 dage gammel, eller en nyere import er indlæst siden."))
    undo_changes(stored_json(entry.reverse), applied_at=entry.applied_at)
    entry.state, entry.undone_at, entry.refused = Import.State.UNDONE, clock.now(), ""
    entry.save(update_fields=["state", "undone_at", "refused"])
    _drop_files(entry, "reverse", "tables", "preview")
    audit("import_undone", entry, actor=by)


def import_take_back(*, entry: Import, by: Person) -> bool:
    """Undo now, or in the background when it is much. Returns whether it is done. Raises CannotUndo."""
    changes = sum(n for kind in entry.counts.get("kinds", {}).values() for a, n in kind.items() if a != "unchanged")
    if changes <= AT_ONCE:
        import_undo(entry=entry, by=by)
        return True
    from organisation.tasks import import_undo as undo_task

    transaction.on_commit(partial(undo_task.delay, entry.pk, by.pk))
    return False


def import_undo_queued(entry_id: int, person_id: int) -> int:
    """The background half of an undo. A reason why not is kept for the page. Returns 1 when it was undone."""
    entry = Import.objects.get(pk=entry_id)
    if entry.state != Import.State.APPLIED:
        return 0
    try:
        import_undo(entry=entry, by=Person.objects.get(pk=person_id))
    except CannotUndo as reason:
        text = _("Importen kan ikke fortrydes. %(why)s") % {"why": reason}
        Import.objects.filter(pk=entry_id).update(refused=text[:300])
        return 0
    return 1


@transaction.atomic
def import_discard(*, entry: Import, by: Person) -> None:
    """Put an import away that was never applied, with everything it kept."""
    entry = Import.objects.select_for_update().get(pk=entry.pk)
    if entry.state in (Import.State.MAPPING, Import.State.READING, Import.State.READY, Import.State.REFUSED):
        _put_away(entry)
        audit("import_discarded", entry, actor=by)


def _put_away(entry: Import) -> None:
    entry.state = Import.State.DISCARDED
    entry.save(update_fields=["state"])
    _drop_files(entry, "tables", "preview", "reverse")


def imports_forget() -> int:
    """Remove the cells and names that imports kept for 30 days. Returns of how many imports."""
    old = Import.objects.filter(at__lt=clock.now() - timedelta(days=KEPT_DAYS)).filter(
        Q(tables__isnull=False) | Q(preview__isnull=False) | Q(reverse__isnull=False)
    )
    done = 0
    for entry in old:
        with transaction.atomic():
            if entry.state in WAITING:
                entry.state = Import.State.DISCARDED
                entry.save(update_fields=["state"])
            _drop_files(entry, "tables", "preview", "reverse")
        done += 1
    return done


def imports_sweep() -> int:
    """Take up the imports that lost their worker. Returns how many."""
    from organisation.tasks import import_apply, import_read

    now = clock.now()
    done = 0
    for entry in Import.objects.filter(state=Import.State.READING, at__lt=now - STUCK_AFTER):
        import_read.delay(entry.pk)
        done += 1
    for entry in Import.objects.filter(state=Import.State.QUEUED, at__lt=now - STUCK_AFTER):
        import_apply.delay(entry.pk)
        done += 1
    return done
