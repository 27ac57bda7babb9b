"""HR's import pages: who gets in, what a file does on its way, and what is never kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from organisation.imports import uploads
from organisation.models import AuditEntry, ColumnMapping, Import, ManualCorrection, Person, StoredFile, Unit
from tests.factories import Town
from tests.organisation.importing import exported, put, workbook

pytestmark = pytest.mark.django_db

As = Callable[[Person | None], Client]
OUTSIDE = ["employee", "leader", "amr", "head", "med_municipality", "property", "dpo", "former_leader"]


def url(name: str, *args: Any) -> str:
    return reverse(f"organisation:{name}", args=args)


def send(client: Client, data: bytes, name: str = "organisation.xlsx", **extra: Any) -> Any:
    return client.post(url("import_new"), {"files": SimpleUploadedFile(name, data)}, **extra)


@pytest.fixture
def immediately(django_capture_on_commit_callbacks: Any) -> Any:
    return lambda: django_capture_on_commit_callbacks(execute=True)


def entry_of(client: Client, immediately: Any, sheets: Any) -> Import:
    with immediately():
        response = send(client, workbook(sheets))
    assert response.status_code == 302
    return Import.objects.latest("pk")


def test_hr_only(town: Town, as_person: As, immediately: Any) -> None:
    hr = as_person(town.person["hr"])
    entry = entry_of(hr, immediately, exported())
    pages = [
        url(name)
        for name in (
            "import_list",
            "import_new",
            "import_columns",
            "import_template",
            "import_export",
            "correction_list",
        )
    ]
    pages += [url(name, entry.uuid) for name in ("import_detail", "import_progress", "import_problems")]
    pages.append(url("import_changes", entry.uuid) + "?art=units&handling=added")
    posts = [url(name, entry.uuid) for name in ("import_apply", "import_undo", "import_discard")]
    for page in pages:
        assert hr.get(page).status_code == 200, page
        assert as_person(None).get(page).status_code == 302, page
        for key in OUTSIDE:
            assert as_person(town.person[key]).get(page).status_code == 404, (page, key)
    for post in posts:
        assert as_person(None).post(post).status_code == 302
        assert hr.get(post).status_code == 405
        for key in OUTSIDE:
            assert as_person(town.person[key]).post(post).status_code == 404, (post, key)
    assert send(as_person(town.person["leader"]), b"x").status_code == 404
    assert hr.post(url("import_os2mo")).status_code == 404, "not set up here"


def test_upload_preview_apply_undo_as_hr_does_it(town: Town, as_person: As, immediately: Any) -> None:
    hr = as_person(town.person["hr"])
    sheets = exported()
    put(sheets, "units", town.unit["nord"].number, "name", "Afsnit Sol")
    entry = entry_of(hr, immediately, sheets)
    page = hr.get(url("import_detail", entry.uuid)).content.decode()
    assert "Intet er ændret endnu" in page
    names = hr.get(url("import_changes", entry.uuid) + "?art=units&handling=changed").content.decode()
    assert "navn: Afsnit Nord bliver til Afsnit Sol" in names
    with immediately():
        hr.post(url("import_apply", entry.uuid))
    assert Unit.objects.get(pk=town.unit["nord"].pk).name == "Afsnit Sol"
    page = hr.get(url("import_detail", entry.uuid)).content.decode()
    assert "Importen er indlæst" in page
    assert "Fortryd importen" in page
    hr.post(url("import_undo", entry.uuid))
    assert Unit.objects.get(pk=town.unit["nord"].pk).name == "Afsnit Nord"
    assert "Importen er fortrudt" in hr.get(url("import_detail", entry.uuid)).content.decode()
    verbs = set(AuditEntry.objects.filter(actor=town.person["hr"]).values_list("verb", flat=True))
    assert {"import_received", "import_queued", "import_applied", "import_undone"} <= verbs


def test_rows_with_errors_are_skipped_only_when_hr_says_so(town: Town, as_person: As, immediately: Any) -> None:
    hr = as_person(town.person["hr"])
    sheets = exported()
    put(sheets, "units", town.unit["nord"].number, "name", "Afsnit Sol")
    put(sheets, "persons", town.person["tr"].number or "", "email", "ikke en adresse")
    entry = entry_of(hr, immediately, sheets)
    page = hr.get(url("import_detail", entry.uuid)).content.decode()
    assert "1 fejl" in page
    assert "ikke en adresse" in page
    with immediately():
        response = hr.post(url("import_apply", entry.uuid), follow=True)
    assert "Der er rækker med fejl" in response.content.decode()
    assert Unit.objects.get(pk=town.unit["nord"].pk).name == "Afsnit Nord"
    listed = hr.get(url("import_problems", entry.uuid))
    assert listed.content.decode("utf-8-sig").splitlines()[1].startswith("organisation.xlsx;personer;")
    with immediately():
        hr.post(url("import_apply", entry.uuid), {"skip": "on"})
    assert Unit.objects.get(pk=town.unit["nord"].pk).name == "Afsnit Sol"
    assert Person.objects.get(pk=town.person["tr"].pk).email == town.person["tr"].email


def test_a_discarded_upload_leaves_nothing(town: Town, as_person: As, immediately: Any) -> None:
    hr = as_person(town.person["hr"])
    entry = entry_of(hr, immediately, exported())
    assert StoredFile.objects.exists()
    hr.post(url("import_discard", entry.uuid))
    assert not StoredFile.objects.exists()
    assert hr.get(url("import_detail", entry.uuid)).status_code == 200


def test_a_bad_file_says_what_to_do_and_leaves_nothing(town: Town, as_person: As) -> None:
    hr = as_person(town.person["hr"])
    response = send(hr, b"PK\x03\x04 broken")
    assert response.status_code == 422
    assert "beskadiget" in response.content.decode()
    assert not Import.objects.exists()
    assert not StoredFile.objects.exists()


def test_the_upload_asks_for_the_token(town: Town) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(town.person["hr"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert send(client, b"x").status_code == 403
    client.get(url("import_new"))
    token = client.cookies["csrftoken"].value
    response = client.post(
        url("import_new"), {"csrfmiddlewaretoken": token, "files": SimpleUploadedFile("a.xlsx", workbook(exported()))}
    )
    assert response.status_code == 302


def test_a_file_of_200_mb_is_read_past_and_not_into_memory(
    town: Town, as_person: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is lowered instead of the file raised; what counts is that nothing beyond it is held."""
    monkeypatch.setattr(uploads, "LIMIT", 200_000)
    held = 0
    take = uploads.LimitedUpload.receive_data_chunk

    def watched(self: uploads.LimitedUpload, raw_data: bytes, start: int) -> None:
        nonlocal held
        try:
            take(self, raw_data, start)
        finally:
            held = max(held, self.buffer.getbuffer().nbytes)

    monkeypatch.setattr(uploads.LimitedUpload, "receive_data_chunk", watched)
    response = send(as_person(town.person["hr"]), b"x" * 3_000_000, "stor.csv")
    assert response.status_code == 422
    assert "mere end 60 MB" in response.content.decode()
    assert held <= 200_000


def test_uploads_are_never_written_to_disk(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a file on disk")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    request = rf.post("/", {"files": SimpleUploadedFile("a.csv", b"x" * 5_000_000)})
    request.upload_handlers = [uploads.LimitedUpload(request)]
    assert request.FILES["files"].size == 5_000_000


EXTRACT = (
    "Tjenestenummer;Medarbejdernr;Fornavn;Efternavn;Forvaltning;Institution;Afdelingsnavn;Stilling;"
    "Beskæftigelsesdecimal;Ansættelsesdato;Fratrædelsesdato;Leder\r\n"
    "9001;7001;Åse;Nygård;Teknik og Miljø;Vejvæsenet;Hold Vest;Vejmand;1,0000;01-02-2020;31-12-9999;\r\n"
    "9002;7002;Bo;Lund;Teknik og Miljø;Vejvæsenet;Hold Vest;Formand;0,8649;01-02-2020;31-12-9999;ja\r\n"
)


def test_a_payroll_extract_asks_for_its_columns_once(town: Town, as_person: As, immediately: Any) -> None:
    hr = as_person(town.person["hr"])
    with immediately():
        send(hr, EXTRACT.encode("cp1252"), "udtraek.csv")
    entry = Import.objects.get()
    assert entry.state == Import.State.MAPPING
    page = hr.get(url("import_detail", entry.uuid), follow=True)
    assert page.redirect_chain[0][0] == url("import_mapping", entry.uuid)
    initial = page.context["form"].initial
    assert initial["employment"] == "Tjenestenummer"
    assert initial["workplace"] == "Institution"
    refused = hr.post(url("import_mapping", entry.uuid), initial | {"starts": "", "person": initial["employment"]})
    assert "Vælg kolonnen med ansat fra." in refused.content.decode()
    assert "er valgt to gange" in refused.content.decode()
    with immediately():
        hr.post(url("import_mapping", entry.uuid), initial)
    entry.refresh_from_db()
    assert entry.state == Import.State.READY
    assert entry.counts["kinds"]["persons"] == {"added": 2}
    assert ColumnMapping.objects.count() == 1
    with immediately():
        send(hr, EXTRACT.encode(), "udtraek-2.csv")
    assert Import.objects.latest("pk").state == Import.State.READY, "the same headings are known"


def test_corrections_are_listed_and_can_be_let_go(town: Town, as_person: As) -> None:
    from organisation.imports.corrections import correction_record

    hr = as_person(town.person["hr"])
    correction_record(subject=town.unit["nord"], field="name", by=town.person["hr"])
    assert "Afsnit Nord" in hr.get(url("correction_list")).content.decode()
    hr.post(url("correction_list"), {"rettelse": ManualCorrection.objects.get().pk})
    assert not ManualCorrection.objects.exists()


def test_progress_is_polled_and_ends_with_a_fresh_page(town: Town, as_person: As, immediately: Any) -> None:
    hr = as_person(town.person["hr"])
    entry = entry_of(hr, immediately, exported())
    Import.objects.filter(pk=entry.pk).update(state=Import.State.QUEUED)
    assert 'hx-trigger="every 2s"' in hr.get(url("import_progress", entry.uuid)).content.decode()
    Import.objects.filter(pk=entry.pk).update(state=Import.State.APPLIED)
    assert hr.get(url("import_progress", entry.uuid))["HX-Refresh"] == "true"


def test_a_large_undo_runs_in_the_background_and_says_why_not(
    town: Town, as_person: As, immediately: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from organisation.imports import services

    monkeypatch.setattr(services, "AT_ONCE", 0)
    hr = as_person(town.person["hr"])
    sheets = exported()
    put(sheets, "units", town.unit["nord"].number, "name", "Afsnit Sol")
    entry = entry_of(hr, immediately, sheets)
    with immediately():
        hr.post(url("import_apply", entry.uuid))
    Unit.objects.filter(pk=town.unit["nord"].pk).update(name="Noget tredje")
    with immediately():
        assert "ved at blive fortrudt" in hr.post(url("import_undo", entry.uuid), follow=True).content.decode()
    assert "er ændret igen siden" in hr.get(url("import_detail", entry.uuid)).content.decode()
    Unit.objects.filter(pk=town.unit["nord"].pk).update(name="Afsnit Sol")
    with immediately():
        hr.post(url("import_undo", entry.uuid))
    assert Unit.objects.get(pk=town.unit["nord"].pk).name == "Afsnit Nord"
