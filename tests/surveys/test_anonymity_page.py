"""«Sådan er du anonym»: bytes of the real shape, settings and scripts as they are, and nothing about anybody."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client, override_settings
from django.urls import reverse

from organisation.models import Campaign
from surveys import anonymity, answering, sealing
from surveys.models import Wave
from surveys.models.envelope import Envelope
from surveys.questionnaires import document_of, form_for
from tests.factories import Town
from tests.surveys.answered import SURVEY
from tests.surveys.waves import open_wave, placement_of

pytestmark = pytest.mark.django_db(databases=["default", "urn"])


@pytest.fixture
def wave(town: Town, campaign: Campaign, at: Callable[[str], None]) -> Wave:
    anonymity._read.clear()
    at(SURVEY)
    return open_wave(campaign)


def test_the_example_has_the_shape_of_a_real_row(wave: Wave, town: Town) -> None:
    placement = placement_of(wave, town.person["employee"])
    answering.anonymous_send(wave=wave, placement=placement, document=document_of({"kb_breaks": "4"}))
    real, example = Envelope.objects.get(), anonymity.example_row(form_for(wave.questionnaire_id))
    assert example.length == len(bytes(real.sealed)) == sealing.SEALED_LENGTH
    assert len(bytes.fromhex(example.pseudonym)) == len(bytes(real.pseudonym))
    assert len(bytes.fromhex(example.wave)) == len(wave.uuid.bytes)
    assert bytes.fromhex(example.sealed[0])[0] == bytes(real.sealed)[0] == 4  # an uncompressed point


def test_each_example_is_new_and_none_is_stored(wave: Wave, client: Client) -> None:
    address = reverse("surveys:anonymity")
    pages = {client.get(address).content.decode() for _ in range(2)}
    assert len({re.search(r"<pre>(.*?)</pre>", page, re.S)[1] for page in pages}) == 2  # type: ignore[index]
    assert not Envelope.objects.exists()


def test_columns_and_settings_are_asked_of_the_server(wave: Wave, client: Client) -> None:
    page = client.get(reverse("surveys:anonymity")).content.decode()
    assert "<code>wave, pseudonym, unit, sealed</code>" in page
    with connections["urn"].cursor() as cursor:
        for name in anonymity.SETTINGS:
            cursor.execute(f"SHOW {name}")
            assert f"<code>{name}</code></th><td><code>{cursor.fetchone()[0]}</code>" in page


def test_a_column_more_is_shown(wave: Wave, client: Client) -> None:
    with connections["urn"].cursor() as cursor:
        cursor.execute("ALTER TABLE surveys_envelope ADD COLUMN sent_at timestamptz")
    assert "sealed, sent_at</code>" in client.get(reverse("surveys:anonymity")).content.decode()


def test_the_hash_is_of_the_file_that_is_served(wave: Wave, client: Client) -> None:
    page = client.get(reverse("surveys:anonymity")).content.decode()
    for name in anonymity.SCRIPTS:
        digest = sha256((Path(settings.BASE_DIR) / "static" / name).read_bytes()).digest()
        assert digest.hex() in page
        assert f"sha256-{base64.b64encode(digest).decode()}".replace("+", "&#x2B;") in page.replace("+", "&#x2B;")


def test_where_the_code_can_be_read(wave: Wave, client: Client) -> None:
    assert "Spørg HR" in client.get(reverse("surveys:anonymity")).content.decode()
    with override_settings(SOURCE_URL="https://kode.lindevig.example/trivsel"):
        assert (
            'href="https://kode.lindevig.example/trivsel"' in client.get(reverse("surveys:anonymity")).content.decode()
        )


def test_before_any_survey_the_page_stands_too(client: Client) -> None:
    anonymity._read.clear()
    assert client.get(reverse("surveys:anonymity")).status_code == 200
