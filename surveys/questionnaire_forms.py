"""Forms of HR's questionnaire editor. Texts have one field a language: `text_da`, `text_en`, …"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys import questionnaire_edit as edit
from surveys import questionnaire_scales as scales
from surveys.languages import RIGHT_TO_LEFT
from surveys.models import Approval, Comparability, Item, Questionnaire, Scale, Topic

SIDE_BY_SIDE = ("da", "en")  # always shown; the further languages have a page of their own


class WordsForm(forms.Form):
    """A form with texts in several languages."""

    def words_fields(self, name: str, label: Any, words: dict[str, str], *, required: bool, rows: int = 2) -> None:
        for code, language in (("da", _("dansk")), ("en", _("engelsk"))):
            self.fields[f"{name}_{code}"] = forms.CharField(
                label=f"{label} ({language})",
                initial=words.get(code, ""),
                required=required and code == "da",
                max_length=1000,
                widget=forms.TextInput(attrs={"lang": code})
                if rows == 1
                else forms.Textarea(attrs={"rows": rows, "lang": code}),
            )

    def words(self, name: str, before: dict[str, str]) -> dict[str, str]:
        """The texts as they now are: the two languages of the form, and the further ones as they were."""
        found = {code: text for code, text in before.items() if code not in SIDE_BY_SIDE}
        given = {code: self.cleaned_data.get(f"{name}_{code}", "").strip() for code in SIDE_BY_SIDE}
        return {code: text for code, text in {**given, **found}.items() if text}


class TopicForm(WordsForm):
    def __init__(self, *args: Any, topic: Topic, **more: Any) -> None:
        super().__init__(*args, **more)
        self.topic = topic
        self.words_fields("title", _("Titel"), topic.title, required=True, rows=1)
        self.words_fields("short", _("Kort navn i rapporten"), topic.short, required=False, rows=1)
        self.words_fields("intro", _("Indledning"), topic.intro, required=False, rows=4)
        if topic.section == Topic.Section.ANONYMOUS:
            self.fields["threshold"] = forms.IntegerField(
                label=_("Mindst så mange besvarelser"),
                initial=topic.threshold,
                min_value=5,
                max_value=100,
                help_text=_(
                    "Grænsen for, hvornår emnets tal vises. Den kan hæves, men aldrig komme under 5. Den låses, når "
                    "målingen åbner."
                ),
                error_messages={"min_value": _("Grænsen kan hæves, men aldrig komme under 5 besvarelser.")},
            )

    def fields_of_topic(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            name: self.words(name, getattr(self.topic, name)) for name in ("title", "short", "intro")
        }
        if "threshold" in self.fields:
            found["threshold"] = self.cleaned_data["threshold"]
        return found


class ItemForm(WordsForm):
    SAME, ANOTHER = "same", "another"

    def __init__(self, *args: Any, item: Item, **more: Any) -> None:
        super().__init__(*args, **more)
        self.item = item
        self.words_fields("text", _("Spørgsmål"), item.text, required=True, rows=3)
        self.words_fields("help", _("Forklaring i almindelige ord"), item.help, required=False, rows=2)
        if self.may_be_another:
            self.fields["meaning"] = forms.ChoiceField(
                label=_("Er det stadig det samme, der spørges om?"),
                required=False,
                widget=forms.RadioSelect,
                choices=[
                    (self.SAME, _("Ja, kun ordene er andre. Spørgsmålet kan stadig sammenlignes med tidligere.")),
                    (self.ANOTHER, _("Nej, meningen er en anden. Spørgsmålet begynder forfra uden sammenligning.")),
                ],
            )

    @property
    def may_be_another(self) -> bool:
        """What is asked about a physical problem has its place in the report: only its words can change."""
        return self.item.parent_id is None or self.item.topic.section == Topic.Section.ANONYMOUS

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        danish = found.get("text_da", "").strip()
        reworded = danish and danish != self.item.text.get("da")
        if reworded and self.may_be_another and not found.get("meaning"):
            self.add_error("meaning", _("Sig, om det stadig er det samme, der spørges om."))
        return found


class ScaleForm(WordsForm):
    """The answers of a scale, in the order shown; those that stand off the line come last."""

    SAME, ANOTHER = ItemForm.SAME, ItemForm.ANOTHER

    def __init__(self, *args: Any, scale: Scale, **more: Any) -> None:
        super().__init__(*args, **more)
        self.options = [*scale.options, *scale.aside]
        for n, option in enumerate(self.options, start=1):
            self.words_fields(f"answer{n}", _("Svar %(n)d") % {"n": n}, option["label"], required=True, rows=1)
        if scales.may_mean_another(scale):
            self.fields["meaning"] = forms.ChoiceField(
                label=_("Betyder svarene stadig det samme?"),
                required=False,
                widget=forms.RadioSelect,
                choices=[
                    (self.SAME, _("Ja, kun ordene er andre. Spørgsmålene kan stadig sammenlignes med tidligere.")),
                    (self.ANOTHER, _("Nej, de betyder noget andet. Spørgsmålene begynder forfra uden sammenligning.")),
                ],
            )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        danish = [found.get(f"answer{n}_da", "").strip() for n in range(1, len(self.options) + 1)]
        if all(danish) and len(set(danish)) < len(danish):
            self.add_error(None, _("To svar har den samme tekst."))
        reworded = danish != [option["label"].get("da") for option in self.options]
        if reworded and "meaning" in self.fields and not found.get("meaning"):
            self.add_error("meaning", _("Sig, om svarene stadig betyder det samme."))
        return found

    @property
    def another(self) -> bool:
        return self.cleaned_data.get("meaning") == self.ANOTHER

    def labels(self) -> dict[str, dict[str, str]]:
        return {
            option["key"]: self.words(f"answer{n}", option["label"]) for n, option in enumerate(self.options, start=1)
        }


class ScaleChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        labels = [option["label"].get("da", option["key"]) for option in obj.options]
        return " · ".join(labels)


class LocalItemForm(WordsForm):
    def __init__(self, *args: Any, topic: Topic, **more: Any) -> None:
        super().__init__(*args, **more)
        self.words_fields("text", _("Spørgsmål"), {}, required=True, rows=3)
        self.words_fields("help", _("Forklaring i almindelige ord"), {}, required=False)
        self.fields["scale"] = ScaleChoice(
            label=_("Svarmuligheder"),
            queryset=edit.scales_for_local(topic.questionnaire),
            widget=forms.RadioSelect,
            empty_label=None,
        )
        self.fields["reverse"] = forms.BooleanField(
            label=_("Det sidste svar er det dårligste"),
            required=False,
            help_text=_("Så vendes pointene om, så 100 altid er bedst. Gælder kun skalaer med point."),
        )


class ApprovalForm(forms.ModelForm):
    file = forms.FileField(
        label=_("Referatet som PDF"), required=False, help_text=_("Højst 10 MB. Kan læses af HR og KommuneMED.")
    )

    class Meta:
        model = Approval
        fields = ["committee", "approved_by", "approved_on", "minutes"]
        widgets = {"approved_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "approved_by": _("Hvem sagde ja på udvalgets vegne, fx forperson og næstforperson."),
            "minutes": _("Punktet i referatet, eller hvor det ligger."),
        }


class LanguageForm(forms.Form):
    code = forms.RegexField(
        label=_("Sprogets kode"),
        regex=r"^[a-z]{2,3}$",
        help_text=_("To eller tre bogstaver, fx tr for tyrkisk og so for somali."),
        error_messages={"invalid": _("Koden er to eller tre små bogstaver, fx tr.")},
    )
    name = forms.CharField(
        label=_("Sprogets navn på sproget selv"), max_length=40, help_text=_("Fx Türkçe eller Soomaali.")
    )


class TextsForm(forms.Form):
    """Every text of one language beside the Danish one. Rows: (place, Danish, English, bound field)."""

    def __init__(self, *args: Any, texts: list[tuple[str, dict[str, str]]], code: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.texts = texts
        direction = "rtl" if code in RIGHT_TO_LEFT else "ltr"
        for place, words in texts:
            long = len(words["da"]) > 60
            attrs = {"lang": code, "dir": direction, **({"rows": 3} if long else {})}
            self.fields[place] = forms.CharField(
                label=words["da"],
                initial=words.get(code, ""),
                required=False,
                max_length=2000,
                widget=(forms.Textarea if long else forms.TextInput)(attrs=attrs),
            )

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"place": place, "da": words["da"], "en": words.get("en", ""), "field": self[place]}
            for place, words in self.texts
        ]


class LinkForm(forms.Form):
    key = forms.ChoiceField(label=_("I dette spørgeskema"))
    earlier_key = forms.RegexField(
        label=_("I den tidligere måling"),
        regex=r"^[a-z][a-z0-9_]{0,47}$",
        help_text=_("Emnets eller spørgsmålets navn i den tidligere måling, fx ti23."),
        error_messages={"invalid": _("Navnet har små bogstaver, tal og understreg, fx ti23.")},
        widget=forms.TextInput(attrs={"list": "earlier", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("Kan de sammenlignes?"), choices=Comparability.Kind.choices)
    note_da = forms.CharField(label=_("Begrundelse (dansk)"), required=False, max_length=300)
    note_en = forms.CharField(label=_("Begrundelse (engelsk)"), required=False, max_length=300)

    def __init__(self, *args: Any, questionnaire: Questionnaire, **more: Any) -> None:
        super().__init__(*args, **more)
        topics = [(topic.key, topic.title.get("da", topic.key)) for topic in questionnaire.topics.order_by("order")]
        items = [
            (item.key, f"{item.number}. {item.text.get('da', item.key)[:80]}")
            for item in questionnaire.items.filter(parent=None).order_by("topic__order", "order")
            if item.number and item.topic_id
        ]
        self.fields["key"].choices = [(_("Emner"), topics), (_("Spørgsmål"), items)]  # type: ignore[attr-defined]
