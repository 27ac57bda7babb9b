"""The shipped questionnaire: complete, loaded once, and counted as the specification says."""

from __future__ import annotations

import pytest

from surveys.master.apv2026 import MASTER
from surveys.models import Item, Questionnaire, Topic
from surveys.planner import Item as PlannerItem
from surveys.planner import Town, Unit
from surveys.questionnaires import (
    Form,
    categories_of,
    document_bytes,
    document_of,
    fact_items,
    form_for,
    is_empty,
    questionnaire_load,
)


@pytest.fixture
def form(db: None) -> Form:
    return form_for(questionnaire_load(MASTER).pk)


def test_it_holds_every_question_once(db: None) -> None:
    questionnaire_load(MASTER)
    # 33 is the follow-up of 32 and has no number of its own on the form.
    numbers = sorted(Item.objects.exclude(number=None).values_list("number", flat=True))
    assert numbers == [*range(1, 33), *range(34, 45)]
    assert Item.objects.filter(key="sf_conditions", parent__key="sf_work_contributed").exists()


def test_loading_twice_changes_nothing(db: None) -> None:
    first = questionnaire_load(MASTER)
    again = questionnaire_load(MASTER)
    assert first == again
    assert Questionnaire.objects.count() == 1
    assert Topic.objects.count() == 7


def test_every_text_is_in_both_languages(db: None) -> None:
    questionnaire_load(MASTER)
    for item in Item.objects.select_related("scale"):
        assert item.text["da"]
        assert item.text["en"]
        assert item.text["da"] != item.text["en"]
        for option in item.scale.options + item.scale.aside:
            assert option["label"]["da"]
            assert option["label"]["en"]


def test_free_text_is_off(form: Form) -> None:
    assert [topic.key for topic in form.anonymous] == ["ps", "kb", "mt", "ka", "sf"]
    with pytest.raises(ValueError, match="unknown question"):
        categories_of(form, document_of({"a_dialogue_wish": "hej"}))


def test_points_are_reversed_so_that_100_is_best(form: Form) -> None:
    facts = {fact.key: fact for fact in fact_items(form)}
    assert facts["kb_breaks"].values == (0, 25, 50, 75, 100)
    assert facts["kb_too_much"].values == (100, 75, 50, 25, 0)
    assert categories_of(form, document_of({"kb_too_much": "5"})) == [("kb_too_much", 4), ("kb_too_much.dk", 1)]


def test_dont_know_counts_in_an_item_of_its_own(form: Form) -> None:
    assert categories_of(form, document_of({"kb_breaks": "dk"})) == [("kb_breaks.dk", 0)]
    facts = {fact.key: fact for fact in fact_items(form)}
    assert facts["kb_breaks.dk"].whole_only
    assert facts["kb_breaks.dk"].kind == "event"
    assert facts["ka_threats.pna"].whole_only


def test_multiple_choice_counts_one_item_per_option(form: Form) -> None:
    found = dict(categories_of(form, document_of({"ka_threats": "yes", "ka_threats_who": ["citizen", "relative"]})))
    assert found["ka_threats"] == 0
    assert found["ka_threats_who.citizen"] == 0
    assert found["ka_threats_who.relative"] == 0
    assert found["ka_threats_who.leader"] == 1
    assert found["ka_threats_who.pna"] == 1


def test_not_wanting_to_answer_a_multiple_choice_counts_in_no_option(form: Form) -> None:
    found = categories_of(form, document_of({"ka_threats": "yes", "ka_threats_who": ["pna"]}))
    assert found == [("ka_threats", 0), ("ka_threats.pna", 1), ("ka_threats_who.pna", 0)]


def test_follow_ups_count_only_below_the_answer_that_opens_them(form: Form) -> None:
    closed = {"ka_threats": "no", "ka_threats_freq": "daily", "ka_threats_told": ["hr"], "ka_threats_handled": "no"}
    assert {key for key, _ in categories_of(form, document_of(closed))} == {"ka_threats", "ka_threats.pna"}
    opened = {**closed, "ka_threats": "yes"}
    assert ("ka_threats_handled", 2) in categories_of(form, document_of(opened))
    silent = {
        "ka_threats": "yes",
        "ka_threats_told": ["no"],
        "ka_threats_handled": "no",
        "ka_threats_why_not": ["fear"],
    }
    found = dict(categories_of(form, document_of(silent)))
    assert "ka_threats_handled" not in found
    assert found["ka_threats_why_not.fear"] == 0


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("none", {"sf_sick_leave": 1}),
        ("no", {"sf_sick_leave": 0, "sf_work_contributed": 2}),
        ("little", {"sf_sick_leave": 0, "sf_work_contributed": 1}),
        ("much", {"sf_sick_leave": 0, "sf_work_contributed": 0}),
        ("dk", {}),
        ("pna", {}),
    ],
)
def test_sick_leave_is_two_items(form: Form, answer: str, expected: dict[str, int]) -> None:
    found = dict(categories_of(form, document_of({"sf_work_contributed": answer})))
    asides = {"sf_work_contributed.dk": int(answer != "dk"), "sf_work_contributed.pna": int(answer != "pna")}
    assert found == {**expected, **asides}


def test_an_empty_document_is_a_withdrawn_answer(form: Form) -> None:
    assert is_empty(document_of({}))
    assert categories_of(form, document_of({})) == []


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"v": 2, "a": {}},
        {"v": 1},
        {"v": 1, "a": []},
        {"v": 1, "a": {}, "name": "x"},
        {"v": 1, "a": {"nothing": "1"}},
        {"v": 1, "a": {"kb_breaks": "6"}},
        {"v": 1, "a": {"kb_breaks": 3}},
        {"v": 1, "a": {"kb_breaks": ["3"]}},
        {"v": 1, "a": {"ka_threats_who": "leader"}},
        {"v": 1, "a": {"ka_threats_who": []}},
        {"v": 1, "a": {"ka_threats_who": ["leader", "leader"]}},
        {"v": 1, "a": {"ka_threats_who": [["leader"]]}},
    ],
)
def test_a_malformed_document_is_refused(form: Form, document: object) -> None:
    with pytest.raises(ValueError):
        categories_of(form, document)


def test_a_follow_up_names_the_answer_that_opens_it(form: Form) -> None:
    of = {fact.key: fact.of for fact in fact_items(form)}
    assert of["ka_threats_why_not.fear"] == "ka_threats_told.no"
    assert str(of["ka_threats_handled"]).startswith("ka_threats_told.")
    assert of["ka_threats_freq"] == "ka_threats"
    assert (of["sf_work_contributed"], of["sf_sick_leave"]) == ("sf_sick_leave", None)


def test_what_is_counted_beside_a_question_names_it(form: Form) -> None:
    beside = {fact.key: fact.beside for fact in fact_items(form) if fact.beside}
    assert beside["kb_breaks.dk"] == "kb_breaks"
    assert str(beside["ka_threats_told.pna"]).startswith("ka_threats_told.")
    assert beside["sf_work_contributed.dk"] == "sf_sick_leave"
    assert all(fact.whole_only for fact in fact_items(form) if fact.beside)


def test_the_planner_takes_the_fact_items(form: Form) -> None:
    items = [
        PlannerItem(
            id=fact.key,
            theme=fact.theme,
            values=fact.values,
            kind=fact.kind,
            threshold=fact.threshold,
            of=fact.of,
            whole_only=fact.whole_only,
            scored=fact.scored,
            beside=fact.beside,
        )
        for fact in fact_items(form)
    ]
    town = Town(units=[Unit("1", None, 10, 10)], items=items)
    assert len(town.items) == len({item.id for item in items}) > 200


def test_every_document_has_the_same_length(form: Form) -> None:
    fullest = {
        item.key: [option.key for option in item.options] if item.kind == "many" else item.options[-1].key
        for top in form.closed_items
        for item in top.walk()
    }
    assert categories_of(form, document_of(fullest))
    assert len(document_bytes(document_of(fullest))) == len(document_bytes(document_of({})))
