"""HR's editor: versions, order, wording, own questions, languages, approval, comparison; and the lock of opening."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation.models import AuditEntry, Campaign, Notice, Person
from surveys import questionnaire_edit as edit
from surveys.master.apv2026 import MASTER
from surveys.master.pulses import PULSES
from surveys.models import Comparability, Item, Questionnaire, Scale, Topic, Wave
from surveys.opening import CannotOpenYet, wave_open, waves_open
from surveys.questionnaire_approval import approval_record, hr_warn, standing_of
from surveys.questionnaire_checks import largest_document, problems_of
from surveys.questionnaire_data import content_digest, questionnaire_dump
from surveys.questionnaires import LARGEST_DOCUMENT, form_for, questionnaire_load
from surveys.tasklist import tasks_of
from tests.factories import Town
from tests.world import make_wave

At = Callable[[str], None]
As = Callable[[Person | None], Client]


@pytest.fixture
def apv(db: None) -> Questionnaire:
    return questionnaire_load(MASTER)


@pytest.fixture
def hr(town: Town) -> Person:
    return town.person["hr"]


@pytest.fixture
def client(hr: Person, as_person: As) -> Client:
    return as_person(hr)


def url(name: str, questionnaire: Questionnaire, *more: Any) -> str:
    return reverse(f"surveys:{name}", args=[questionnaire.key, questionnaire.version, *more])


def approve(questionnaire: Questionnaire, by: Person | None = None) -> None:
    approval_record(
        questionnaire=questionnaire, committee="KommuneMED", approved_by="Forpersonen", approved_on="2026-02-25",
        minutes="Punkt 4", file=None, by=by,
    )  # fmt: skip


# --- versions and the lock ----------------------------------------------------------------------------------------


def test_a_new_version_is_equal_and_the_old_one_stays(apv: Questionnaire, hr: Person, client: Client) -> None:
    before = questionnaire_dump(apv)
    response = client.post(url("questionnaire_copy", apv))
    made = Questionnaire.objects.get(key="apv", version=2)
    assert response.url == url("questionnaire_edit", made)  # type: ignore[attr-defined]
    assert {**questionnaire_dump(made), "version": 1} == before
    assert made.copied_from == apv
    edit.topic_change(topic=made.topics.get(key="ps"), by=hr, switched_on=False)
    assert questionnaire_dump(apv) == before
    assert "ps" not in [topic.key for topic in form_for(made.pk).topics]


@pytest.mark.parametrize(
    "change",
    [
        lambda q: Topic.objects.filter(questionnaire=q, key="ps").update(threshold=9),
        lambda q: Topic.objects.filter(questionnaire=q, key="ps").update(section="B", scored=False),
        lambda q: Topic.objects.create(questionnaire=q, key="ny", section="A", order=9, title={"da": "Ny"}),
        lambda q: Item.objects.filter(questionnaire=q, key="ps_disagree").update(text={"da": "Noget andet"}),
        lambda q: Item.objects.filter(questionnaire=q, key="ps_disagree").delete(),
        lambda q: Scale.objects.filter(questionnaire=q, key="agree5").update(options=[]),
        lambda q: Scale.objects.filter(questionnaire=q, key="photo").delete(),
        lambda q: Questionnaire.objects.filter(pk=q.pk).update(title={"da": "Andet"}),
        lambda q: Questionnaire.objects.filter(pk=q.pk).update(locked=False),
        lambda q: Questionnaire.objects.filter(pk=q.pk).update(version=7),
        lambda q: Item.objects.filter(questionnaire=q).update(version=2),
    ],
)
def test_nothing_of_a_locked_one_changes_not_even_from_the_shell(
    apv: Questionnaire, change: Callable[[Questionnaire], Any]
) -> None:
    Questionnaire.objects.filter(pk=apv.pk).update(locked=True)
    before = questionnaire_dump(apv)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(apv)
    apv.refresh_from_db()
    assert questionnaire_dump(apv) == before


def test_a_row_cannot_be_moved_out_of_a_locked_one(apv: Questionnaire) -> None:
    made = edit.version_create(source=apv, by=None)
    Questionnaire.objects.filter(pk=apv.pk).update(locked=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Topic.objects.filter(questionnaire=apv, key="ps").update(questionnaire=made)


def test_a_language_can_still_be_approved_while_it_is_locked(apv: Questionnaire, client: Client) -> None:
    Questionnaire.objects.filter(pk=apv.pk).update(locked=True)
    client.post(url("language_review", apv, "pl"), {"godkend": "1", "reviewer": "Anna Nowak"})
    apv.refresh_from_db()
    polish = next(row for row in apv.languages if row["code"] == "pl")
    assert polish["reviewed"]
    assert polish["reviewed_by"] == "Anna Nowak"


def test_the_editor_says_so_when_it_is_locked(apv: Questionnaire, hr: Person, client: Client) -> None:
    Questionnaire.objects.filter(pk=apv.pk).update(locked=True)
    page = client.get(url("questionnaire_edit", apv)).content.decode()
    assert "Låst" in page
    assert "Slå fra" not in page
    assert client.post(url("item_edit", apv, "ps_disagree"), {"text_da": "x", "meaning": "same"}).status_code == 403
    client.post(url("topic_switch", apv, "ps"), {"til": "0"})
    assert Topic.objects.get(questionnaire=apv, key="ps").switched_on
    with pytest.raises(edit.Locked):
        edit.item_move(item=Item.objects.get(questionnaire=apv, key="ps_disagree"), up=True, by=hr)


def test_an_item_cannot_mix_two_questionnaires(apv: Questionnaire) -> None:
    made = edit.version_create(source=apv, by=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Item.objects.filter(questionnaire=made, key="ps_disagree").update(scale=apv.scales.get(key="agree5"))


def test_a_draft_nothing_rests_on_can_be_thrown_away(apv: Questionnaire, client: Client, campaign: Campaign) -> None:
    wave = make_wave(campaign)
    made = edit.version_create(source=apv, by=None)
    client.post(url("questionnaire_use", made))
    wave.refresh_from_db()
    assert wave.questionnaire == made
    client.post(url("questionnaire_delete", made))
    assert Questionnaire.objects.filter(pk=made.pk).exists()
    client.post(url("questionnaire_use", apv))
    client.post(url("questionnaire_delete", made))
    assert not Questionnaire.objects.filter(pk=made.pk).exists()


# --- order --------------------------------------------------------------------------------------------------------


def test_topics_and_questions_move_and_are_numbered_anew(apv: Questionnaire, client: Client) -> None:
    client.post(url("topic_move", apv, "kb"), {"vej": "op"})
    form = form_for(apv.pk)
    assert [topic.key for topic in form.anonymous][:3] == ["kb", "ps", "mt"]
    assert [item.number for item in form.anonymous[0].items] == list(range(1, 9))
    client.post(url("item_move", apv, "kb_breaks"), {"vej": "op"})
    assert [item.key for item in form_for(apv.pk).anonymous[0].items][:2] == ["kb_breaks", "kb_too_much"]
    client.post(url("item_move", apv, "kb_breaks"), {"vej": "op"})  # the first cannot go further
    assert form_for(apv.pk).anonymous[0].items[0].key == "kb_breaks"
    answer = client.post(url("item_move", apv, "kb_breaks"), {"vej": "ned"}, headers={"hx-request": "true"})
    assert answer.content.decode().lstrip().startswith('<div id="topics">')
    assert "HX-Request" in answer.headers["Vary"]


def test_a_follow_up_moves_among_its_own(apv: Questionnaire, hr: Person) -> None:
    item = Item.objects.get(questionnaire=apv, key="ka_threats_who")
    assert edit.item_move(item=item, up=True, by=hr)
    first = Item.objects.filter(questionnaire=apv, parent__key="ka_threats").order_by("order").first()
    assert first == item


def test_a_topic_is_switched_off_and_its_threshold_never_goes_below_five(apv: Questionnaire, client: Client) -> None:
    client.post(url("topic_switch", apv, "mt"), {"til": "0"})
    assert "mt" not in [topic.key for topic in form_for(apv.pk).topics]
    fields = {"title_da": "Krænkende adfærd", "title_en": "Offensive behaviour", "short_da": "", "intro_da": "x"}
    low = client.post(url("topic_edit", apv, "ka"), {**fields, "threshold": "4"})
    assert low.status_code == 422
    assert "aldrig komme under 5" in low.content.decode()
    client.post(url("topic_edit", apv, "ka"), {**fields, "threshold": "8"})
    assert Topic.objects.get(questionnaire=apv, key="ka").threshold == 8
    with pytest.raises(IntegrityError), transaction.atomic():
        Topic.objects.filter(questionnaire=apv, key="ka").update(threshold=4)


# --- wording ------------------------------------------------------------------------------------------------------


def test_other_words_are_a_new_version_of_the_key(apv: Questionnaire, client: Client, hr: Person) -> None:
    edit.texts_set(questionnaire=apv, code="pl", texts={"ps_disagree.text": "Można mieć inne zdanie."}, by=hr)
    made = edit.version_create(source=apv, by=None)
    page = url("item_edit", made, "ps_disagree")
    texts = {"text_da": "Man kan være uenig med flertallet hos os og blive hørt.", "text_en": "One can disagree here."}
    unsaid = client.post(page, texts)
    assert unsaid.status_code == 422  # which of the two it is must be said
    client.post(page, {**texts, "meaning": "same"})
    client.post(page, {**texts, "text_da": "Man kan være uenig hos os.", "meaning": "same"})
    item = Item.objects.get(questionnaire=made, key="ps_disagree")
    assert (item.version, item.text["da"]) == (2, "Man kan være uenig hos os.")
    assert item.text["pl"] == "Można mieć inne zdanie."  # the further languages are kept, and doubted
    made.refresh_from_db()
    assert {row["code"] for row in made.languages if row.get("reviewed")} == {"da"}
    again = edit.version_create(source=made, by=None)
    assert Item.objects.get(questionnaire=again, key="ps_disagree").version == 2
    original = Item.objects.get(questionnaire=apv, key="ps_disagree").text["da"]
    client.post(page, {"text_da": original, "meaning": "same"})
    assert Item.objects.get(questionnaire=made, key="ps_disagree").version == 1


def test_another_meaning_is_a_new_key_without_a_past(apv: Questionnaire, client: Client) -> None:
    Comparability.objects.filter(questionnaire=apv, key="ka_threats").update(approved_by="HR")
    texts = {"text_da": "Har en borger truet dig?", "text_en": "Has a citizen threatened you?", "meaning": "another"}
    client.post(url("item_edit", apv, "ka_threats"), texts)
    keys = set(Item.objects.filter(questionnaire=apv).values_list("key", flat=True))
    assert {"ka_threats_2", "ka_threats_2_freq", "ka_threats_2_handled"} <= keys
    assert not any(key == "ka_threats" or key.startswith("ka_threats_w") for key in keys)
    assert not Comparability.objects.filter(questionnaire=apv, key="ka_threats").exists()
    assert problems_of(questionnaire_dump(apv)) == []


def test_five_questions_of_our_own_at_most(apv: Questionnaire, client: Client, hr: Person) -> None:
    scale = apv.scales.get(key="freq5")
    page = url("item_create", apv, "kb")
    for n in range(5):
        fields = {"text_da": f"Eget {n}?", "text_en": f"Own {n}?", "scale": scale.pk, "reverse": "on"}
        assert client.post(page, fields).status_code == 302
    own = Item.objects.filter(questionnaire=apv, key__startswith="lokal_")
    assert sorted(own.values_list("key", flat=True)) == [f"lokal_{n}" for n in range(1, 6)]
    assert not own.filter(scored=True).exists()
    assert [item.key for item in form_for(apv.pk).anonymous[1].items][-1] == "lokal_5"
    topic = apv.topics.get(key="ps")
    with pytest.raises(ValidationError):
        edit.local_item_add(topic=topic, text={"da": "6?"}, help={}, scale=scale, reverse=False, by=hr)
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.create(questionnaire=apv, topic=topic, key="lokal_6", order=99, text={"da": "6?"}, scale=scale)
    assert "højst tilføje fem" in client.get(page).content.decode()
    client.post(url("item_remove", apv, "lokal_2"))
    assert edit.local_keys_free(apv) == ["lokal_2"]
    assert client.post(url("item_remove", apv, "ps_disagree")).status_code == 403
    foreign = url("item_create", apv, "kb")
    assert client.post(foreign, {"text_da": "Syg?", "scale": apv.scales.get(key="sf_work").pk}).status_code == 422


# --- languages ----------------------------------------------------------------------------------------------------


def test_a_language_is_added_translated_and_approved(apv: Questionnaire, client: Client) -> None:
    assert client.post(url("questionnaire_languages", apv), {"code": "TR!", "name": "Türkçe"}).status_code == 422
    client.post(url("questionnaire_languages", apv), {"code": "tr", "name": "Türkçe"})
    assert client.post(url("questionnaire_languages", apv), {"code": "tr", "name": "Türkçe"}).status_code == 422
    page = client.get(url("questionnaire_texts", apv, "tr")).content.decode()
    assert 'name="ps_disagree.text"' in page
    assert 'name="agree5.1"' in page
    client.post(url("questionnaire_texts", apv, "tr"), {"agree5.1": "Kesinlikle katılmıyorum", "ps.title": "Birimim"})
    assert apv.scales.get(key="agree5").options[0]["label"]["tr"] == "Kesinlikle katılmıyorum"
    assert apv.topics.get(key="ps").title == {**MASTER["topics"][0]["title"], **apv.topics.get(key="ps").title}
    client.post(url("language_review", apv, "tr"), {"godkend": "1"})
    assert form_for(apv.pk).language("tr") == "tr"
    client.post(url("questionnaire_texts", apv, "tr"), {"agree5.1": "Katılmıyorum", "ps.title": "Birimim"})
    assert form_for(apv.pk).language("tr") == "da"  # a changed text must be read again
    assert client.get(url("questionnaire_texts", apv, "da")).status_code == 404


# --- preview and print --------------------------------------------------------------------------------------------


def test_the_telephone_shows_the_real_form_to_hr_only_and_sends_nothing(
    apv: Questionnaire, client: Client, town: Town, as_person: As
) -> None:
    frame = client.get(url("questionnaire_form", apv))
    assert frame.status_code == 200
    assert "ps_disagree" in frame.content.decode()
    assert "frame-ancestors 'self'" in frame.headers["Content-Security-Policy"]
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert client.post(url("questionnaire_form", apv), {"ps_disagree": "1"}).status_code == 405
    page = client.get(url("questionnaire_phone", apv))
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert as_person(town.person["leader"]).get(url("questionnaire_form", apv)).status_code == 404


def test_the_telephone_shows_the_border_and_the_physical_part_in_the_words_of_each_setting(
    apv: Questionnaire, client: Client
) -> None:
    def part(**asked: str) -> str:
        return client.get(url("questionnaire_form", apv), asked).content.decode()

    assert "De fysiske rammer er ikke anonyme" in part(**{"del": "graense"})
    named = part(**{"del": "graense", "navn": "named", "noegle": "trustees"})
    assert "Dit navn står på, så de kan spørge ind" in named
    assert "to af tre nøgleholdere" in named
    assert "Nøglen ligger på kommunens server" in part(**{"del": "graense", "noegle": "automatic"})
    physical = part(**{"del": "fysisk", "navn": "optional"})
    assert "fa_climate" in physical
    assert "I må gerne vide, at det er mig" in physical
    assert "I må gerne vide, at det er mig" not in part(**{"del": "fysisk", "navn": "unit"})
    for page in (part(), named, physical):
        assert "Intet bliver sendt" in page
        assert 'method="post"' not in page
    for page in (part(), named):
        assert "sprog=da&amp;del=fysisk" in page  # the way on
    phone = client.get(url("questionnaire_phone", apv), {"del": "fysisk", "navn": "unit"}).content.decode()
    assert "del=fysisk&amp;navn=unit" in phone


def test_a_short_survey_shows_its_last_page_and_no_physical_part(hr: Person, client: Client) -> None:
    pulse = questionnaire_load(next(iter(PULSES.values())))
    page = client.get(url("questionnaire_form", pulse), {"del": "graense"}).content.decode()
    assert "Tak, dit svar er sendt" in page
    assert "del=fysisk" not in page
    page = client.get(url("questionnaire_form", pulse), {"del": "fysisk"}).content.decode()
    assert "data-preview" in page


def test_print_and_pdf_are_for_hr_and_kommunemed(apv: Questionnaire, town: Town, as_person: As) -> None:
    member = as_person(town.person["med_municipality"])
    page = member.get(url("questionnaire_print", apv)).content.decode()
    assert "Til godkendelse i KommuneMED" in page
    assert "Hvem går det ud over?" in page
    assert member.get(url("questionnaire_edit", apv)).status_code == 404
    pdf = member.get(url("questionnaire_pdf", apv) + "?sprog=uk")
    assert pdf.content.startswith(b"%PDF-")


# --- KommuneMED's approval ----------------------------------------------------------------------------------------


def test_the_approval_covers_what_was_approved_and_nothing_else(
    apv: Questionnaire, client: Client, hr: Person, town: Town, as_person: As
) -> None:
    page = url("questionnaire_approval", apv)
    fields = {
        "committee": "KommuneMED", "approved_by": "Forperson og næstforperson", "approved_on": "2026-02-25",
        "minutes": "Punkt 4",
    }  # fmt: skip
    wrong = client.post(page, {**fields, "file": SimpleUploadedFile("r.docx", b"PK")})
    assert wrong.status_code == 422
    client.post(page, {**fields, "file": SimpleUploadedFile("r.pdf", b"%PDF-1.7 referat")})
    standing = standing_of(apv)
    assert standing.ready
    assert standing.approval is not None
    assert standing.approval.recorded_by == hr
    minutes = url("questionnaire_minutes", apv, standing.approval.pk)
    assert as_person(town.person["med_municipality"]).get(minutes).content == b"%PDF-1.7 referat"
    assert as_person(town.person["head"]).get(minutes).status_code == 404
    edit.texts_set(questionnaire=apv, code="pl", texts={"ps.title": "Inaczej"}, by=hr)
    assert standing_of(apv).approved  # a translation is reviewed for itself
    assert content_digest(questionnaire_dump(apv)) == content_digest(
        questionnaire_dump(edit.version_create(source=apv, by=hr))
    )
    edit.topic_change(topic=apv.topics.get(key="ka"), by=hr, threshold=8)
    assert standing_of(apv).changed
    assert "Ændret siden godkendelsen" in client.get(url("questionnaire_edit", apv)).content.decode()


def test_hr_hears_in_good_time_and_nobody_waits_for_a_forgotten_tick(
    town: Town, campaign: Campaign, at: At, hr: Person
) -> None:
    at("2026-01-05 09:00")
    wave = make_wave(campaign)
    assert [task.title for task in tasks_of(hr)] == []
    at("2026-03-25 09:00")
    assert [task.title for task in tasks_of(hr)] == ["Gør spørgeskemaet klar"]
    member = town.person["med_municipality"]
    assert [task.title for task in tasks_of(member)] == ["Læs spørgeskemaet, før I godkender det i KommuneMED"]
    assert tasks_of(town.person["med_department"]) == []
    assert hr_warn() > 0
    assert hr_warn() == 0
    assert "ikke skrevet ind" in Notice.objects.get(person=hr).body
    approve(wave.questionnaire)
    assert tasks_of(hr) == tasks_of(member) == []
    at("2026-04-01 09:00")
    assert hr_warn() == 0


def test_it_opens_without_approval_but_not_with_errors(town: Town, campaign: Campaign, at: At) -> None:
    at("2026-04-08 08:00")
    wave = make_wave(campaign)
    Item.objects.filter(questionnaire=wave.questionnaire, key="ps_disagree").update(text={"en": "Only English"})
    with pytest.raises(CannotOpenYet, match=r"ps_disagree\.text"):
        wave_open(wave)
    campaign.refresh_from_db()
    assert campaign.frozen_at is None
    Item.objects.filter(questionnaire=wave.questionnaire, key="ps_disagree").update(text={"da": "På dansk"})
    assert waves_open() == 1
    assert Questionnaire.objects.get(pk=wave.questionnaire_id).locked
    wave.refresh_from_db()
    other = edit.version_create(source=wave.questionnaire, by=None)
    assert not edit.wave_use(wave=wave, questionnaire=other, by=town.person["hr"])


# --- what is wrong ------------------------------------------------------------------------------------------------


def test_the_master_has_no_problem_and_fits_the_envelope() -> None:
    assert problems_of(MASTER) == []
    assert 2000 < len(largest_document(MASTER)) <= LARGEST_DOCUMENT


def spoilt(change: Callable[[Any], Any]) -> list[tuple[str, str]]:
    from copy import deepcopy

    data = deepcopy(MASTER)
    change(data)
    return [(problem.place, problem.text) for problem in problems_of(data)]


def physical(data: Any) -> Any:
    return next(topic for topic in data["topics"] if topic["section"] == "B")["items"][0]


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (lambda d: d["topics"][0]["items"][0]["text"].pop("da"), "ps_voice_concern.text", "mangler dansk"),
        (lambda d: d["topics"][0]["title"].pop("da"), "ps.title", "dansk titel"),
        (lambda d: d["scales"]["agree5"]["options"][0]["label"].pop("da"), "agree5.1", "mangler dansk"),
        (lambda d: d["topics"][1]["items"][0].update(key="ps_disagree"), "ps_disagree", "brugt 2 gange"),
        (lambda d: d["topics"][3]["items"][1]["follow_ups"][0].update(shown_for=["maybe"]), "ka_threats_freq", "maybe"),
        (lambda d: d["topics"][3]["items"][1]["follow_ups"][0].update(shown_for=[]), "ka_threats_freq", "åbner det"),
        (lambda d: d["topics"][0]["items"][0].update(scale="agree9"), "ps_voice_concern", "findes ikke"),
        (lambda d: d["topics"][0].update(threshold=4), "ps", "under 5"),
        (lambda d: [t.update(switched_on=False) for t in d["topics"] if t["section"] == "A"], "", "anonyme del"),
        (lambda d: d["topics"][0]["items"][0].update(key="sprog"), "sprog", "systemet selv"),
        (lambda d: d["topics"][0]["items"][0].update(key="Ps-1"), "Ps-1", "små bogstaver"),
        (lambda d: d["topics"][0]["items"][0].update(key="lokal_6"), "lokal", "højst tilføje fem"),
        (lambda d: d["topics"][0]["items"][0].update(scale="phys"), "ps_voice_concern", "ikke-anonyme"),
        (lambda d: d["topics"][0]["items"][0].update(scale="text"), "ps", "sin egen kuvert"),
        (lambda d: d["scales"]["agree5"]["options"][1].update(key="1"), "agree5", "to gange"),
        (lambda d: d["scales"]["agree5"]["options"][1].pop("points"), "agree5", "point fra 0"),
        (lambda d: d["scales"]["sf_work"]["options"].pop(), "sf_work", "særlig måde"),
        (lambda d: d["topics"][0].update(items=[]), "ps", "ingen spørgsmål"),
        (lambda d: physical(d)["follow_ups"][0].update(key="fa_climate_who"), "fa_climate_who", "fa_climate_where"),
        (lambda d: physical(d)["follow_ups"][2].update(scale="text"), "fa_climate_affects", "disse navne"),
        (lambda d: d["scales"]["fa_known"]["options"][0].update(key="yes"), "fa_climate_known", "Kendes ikke: yes"),
    ],
)
def test_what_keeps_it_from_opening(change: Callable[[Any], Any], place: str, words: str) -> None:
    found = spoilt(change)
    assert any(at == place and words in text for at, text in found), found


def test_too_long_for_the_envelope() -> None:
    options = [{"key": f"a_very_long_name_of_an_option_{n}", "label": {"da": "x"}} for n in range(200)]
    found = spoilt(lambda data: data["scales"]["ka_who"].update(options=options))
    assert any("kuverten" in text for _place, text in found)


# --- earlier figures ----------------------------------------------------------------------------------------------


def test_a_comparison_is_approved_by_name_and_a_changed_one_anew(
    apv: Questionnaire, client: Client, hr: Person
) -> None:
    page = url("comparison_list", apv)
    client.post(url("comparison_review", apv, "mt_overall"), {"godkend": "1"})
    link = Comparability.objects.get(questionnaire=apv, key="mt_overall")
    assert link.approved_by == hr.name
    assert link.approved_on is not None
    fields = {"key": "mt_overall", "earlier_key": "ti23", "kind": "item", "note_da": "Samme ord."}
    client.post(page, fields)
    assert Comparability.objects.get(pk=link.pk).approved_by == hr.name  # only the note changed
    client.post(page, {**fields, "earlier_key": "ti23_1"})
    assert Comparability.objects.get(pk=link.pk).approved_by == ""
    client.post(url("comparison_review", apv, "ps"), {"godkend": "1"})  # nothing to compare
    assert Comparability.objects.get(questionnaire=apv, key="ps").approved_by == ""
    assert client.post(page, {**fields, "key": "nowhere"}).status_code == 422
    assert AuditEntry.objects.filter(verb="comparison_approved", actor=hr).count() == 1


def test_pages_ask_the_same_number_of_questions_whatever_the_size(
    apv: Questionnaire, client: Client, hr: Person
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(url("questionnaire_edit", apv))
        return sum("clockshift" not in query["sql"] for query in captured.captured_queries)

    asked()  # the first page of a session asks for more
    before = asked()
    scale = apv.scales.get(key="freq5")
    for n in range(5):
        topic = apv.topics.get(key=("ps", "kb", "mt", "ka", "sf")[n])
        edit.local_item_add(topic=topic, text={"da": f"{n}?"}, help={}, scale=scale, reverse=False, by=hr)
    assert asked() == before


def test_wave_state_is_what_decides(apv: Questionnaire, campaign: Campaign, client: Client) -> None:
    wave = make_wave(campaign)
    page = client.get(reverse("surveys:questionnaire_list")).content.decode()
    assert "Bruges i målingen" in page
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED)
    made = edit.version_create(source=apv, by=None)
    client.post(url("questionnaire_use", made))
    wave.refresh_from_db()
    assert wave.questionnaire == apv
    with pytest.raises(DatabaseError), transaction.atomic():
        Wave.objects.filter(pk=wave.pk).update(questionnaire=made)
