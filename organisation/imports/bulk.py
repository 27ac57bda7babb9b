"""Many rows in one statement: what `bulk_update` does with a CASE per row takes minutes for a municipality."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection, models

BATCH = 5000


def update_many(model: type[models.Model], rows: Iterable[tuple[int, dict[str, Any]]]) -> int:
    """Set the given columns of the given rows. One statement for each set of columns and 5,000 rows."""
    groups: dict[tuple[str, ...], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for pk, values in rows:
        if values:
            groups[tuple(sorted(values))].append((pk, values))
    done = 0
    for columns, group in groups.items():
        for start in range(0, len(group), BATCH):
            done += _update(model, columns, group[start : start + BATCH])
    return done


def _update(model: type[models.Model], columns: tuple[str, ...], group: list[tuple[int, dict[str, Any]]]) -> int:
    by_column = {field.column: field for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(column)} = new.{quote(column)}" for column in columns)
    # rel_db_type of a foreign key and db_type of the others: varchar(60), numeric(5, 2), date, bigint.
    arrays = ", ".join(f"%s::{by_column[column].db_type(connection)}[]" for column in columns)
    names = ", ".join(quote(column) for column in columns)
    table = quote(model._meta.db_table)
    # Names come from the model's own fields; every value is a parameter.
    sql = f"UPDATE {table} SET {sets} FROM unnest(%s::bigint[], {arrays}) AS new(id, {names}) WHERE {table}.id = new.id"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [[pk for pk, _ in group], *([values[column] for _, values in group] for column in columns)])
        return cursor.rowcount


def insert_many(model: type[models.Model], rows: list[Any]) -> None:
    """Write new rows with COPY, and give each its id. Constraints and triggers hold as for any insert."""
    if not rows:
        return
    quote = connection.ops.quote_name
    fields = model._meta.concrete_fields
    names = ", ".join(quote(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, len(rows)],
        )
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
        with cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([getattr(row, field.attname) for field in fields])


def delete_many(table: str, pks: list[int]) -> None:
    """Delete rows without Django's cascades: what still points at them makes Postgres refuse the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)} WHERE id = ANY(%s)", [pks])  # noqa: S608
