"""Addresses of HR's questionnaire editor."""

from django.urls import URLPattern, path

from surveys.views import questionnaire_care as care
from surveys.views import questionnaire_files as files
from surveys.views import questionnaires as views

ONE = "hr/spoergeskemaer/<slug:key>/<int:version>/"

questionnaire_pages: list[URLPattern] = [
    path("hr/spoergeskemaer/", views.questionnaire_list, name="questionnaire_list"),
    path("hr/spoergeskemaer/hent-ind/", files.questionnaire_import, name="questionnaire_import"),
    path(f"{ONE}xlsform/", files.questionnaire_export, name="questionnaire_export"),
    path(ONE, views.questionnaire_edit, name="questionnaire_edit"),
    path(f"{ONE}ny-version/", views.questionnaire_copy, name="questionnaire_copy"),
    path(f"{ONE}brug/", views.questionnaire_use, name="questionnaire_use"),
    path(f"{ONE}slet/", views.questionnaire_delete, name="questionnaire_delete"),
    path(f"{ONE}emne/<slug:topic>/", views.topic_edit, name="topic_edit"),
    path(f"{ONE}emne/<slug:topic>/flyt/", views.topic_move, name="topic_move"),
    path(f"{ONE}emne/<slug:topic>/til-fra/", views.topic_switch, name="topic_switch"),
    path(f"{ONE}emne/<slug:topic>/nyt-spoergsmaal/", views.item_create, name="item_create"),
    path(f"{ONE}spoergsmaal/<slug:item>/", views.item_edit, name="item_edit"),
    path(f"{ONE}spoergsmaal/<slug:item>/flyt/", views.item_move, name="item_move"),
    path(f"{ONE}spoergsmaal/<slug:item>/fjern/", views.item_remove, name="item_remove"),
    path(f"{ONE}svar/<slug:scale>/", views.scale_edit, name="scale_edit"),
    path(f"{ONE}sprog/", care.questionnaire_languages, name="questionnaire_languages"),
    path(f"{ONE}sprog/<slug:code>/", care.questionnaire_texts, name="questionnaire_texts"),
    path(f"{ONE}sprog/<slug:code>/godkend/", care.language_review, name="language_review"),
    path(f"{ONE}telefon/", care.questionnaire_phone, name="questionnaire_phone"),
    path(f"{ONE}telefon/skema/", care.questionnaire_form, name="questionnaire_form"),
    path(f"{ONE}udskrift/", care.questionnaire_print, name="questionnaire_print"),
    path(f"{ONE}udskrift/pdf/", care.questionnaire_pdf, name="questionnaire_pdf"),
    path(f"{ONE}godkendelse/", care.questionnaire_approval, name="questionnaire_approval"),
    path(f"{ONE}godkendelse/<int:pk>/referat/", care.questionnaire_minutes, name="questionnaire_minutes"),
    path(f"{ONE}sammenligning/", care.comparison_list, name="comparison_list"),
    path(f"{ONE}sammenligning/<slug:link>/", care.comparison_review, name="comparison_review"),
]
