"""Envelopes live in a database of their own; everything else in the other."""

from __future__ import annotations

from typing import Any

URN_MODELS = {("surveys", "envelope")}


class UrnRouter:
    def _is_urn(self, app_label: str, model_name: str | None) -> bool:
        return (app_label, (model_name or "").lower()) in URN_MODELS

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "urn" if self._is_urn(model._meta.app_label, model._meta.model_name) else "default"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return self.db_for_read(model, **hints)

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        # Through the object and not its type: request.user is a lazy wrapper of another type.
        return self.db_for_read(obj1) == self.db_for_read(obj2)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        """The urn gets the envelope table and Django's own migration record, nothing else."""
        return self._is_urn(app_label, model_name) == (db == "urn")
