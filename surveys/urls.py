"""Addresses: the path, the view and the template share one name."""

from django.urls import URLPattern, path

from surveys.questionnaire_urls import questionnaire_pages
from surveys.urls_doors import ways_in
from surveys.views import (
    answering,
    board,
    earlier,
    guidance,
    invitees,
    key_holders,
    pages,
    physical,
    placements,
    pulses,
    rates,
    receipts,
    release,
    release_files,
    release_rules,
    reports,
    rereleases,
    tablet,
)

app_name = "surveys"

reading: list[URLPattern] = [
    path("rapporter/", reports.report_list, name="report_list"),
    path("rapporter/<uuid:uuid>/", reports.report_detail, name="report_detail"),
    path("rapporter/<uuid:uuid>/pdf/", reports.report_pdf, name="report_pdf"),
    path("rapporter/<uuid:uuid>/opslag/", reports.report_notice, name="report_notice"),
    path("rapporter/<uuid:uuid>/dias/", reports.report_slides, name="report_slides"),
    path("rapporter/<uuid:uuid>/regneark/", reports.report_sheet, name="report_sheet"),
    path("rapporter/<uuid:uuid>/vis/", reports.report_share, name="report_share"),
    path("rapporter/<uuid:uuid>/paa-tvaers/", reports.report_compare, name="report_compare"),
    path("rapporter/<uuid:uuid>/roed-traad/", reports.report_care, name="report_care"),
    path("rapporter/<uuid:uuid>/spoergsmaal/", reports.report_item, name="report_item"),
    path("rapporter/<uuid:uuid>/niveauer/", reports.report_levels, name="report_levels"),
    path("svarprocent/", rates.response_rates, name="response_rates"),
    path("frigivelse/", release.release_list, name="release_list"),
    path("frigivelse/maaling/<uuid:uuid>/tael-igen/", release.wave_count_again, name="wave_count_again"),
    path("frigivelse/<uuid:uuid>/", release.release_detail, name="release_detail"),
    path("frigivelse/<uuid:uuid>/efterproevning/", release.release_audit, name="release_audit"),
    path("frigivelse/<uuid:uuid>/efterproevning/pdf/", release.release_audit_pdf, name="release_audit_pdf"),
    path("frigivelse/<uuid:uuid>/ny-udgave/", rereleases.release_again, name="release_again"),
    path("frigivelse/<uuid:uuid>/filer/", release_files.release_files, name="release_files"),
    path("tavle/<uuid:uuid>/", board.board, name="board"),
    path("tavle/fund/<uuid:uuid>/", board.finding_detail, name="finding_detail"),
    path("tavle/foto/<uuid:uuid>/", board.finding_photo, name="finding_photo"),
    path("ejendomme/", board.property_queue, name="property_queue"),
]

# A link's secret is sixteen characters, so none of the words below can be one.
answering_pages: list[URLPattern] = [
    path("svar/", answering.answer_start, name="answer_start"),
    path("svar/kuvert/", answering.answer_envelope, name="answer_envelope"),
    path("svar/tak/", answering.answer_done, name="answer_done"),
    path("svar/melding/", answering.answer_follow, name="answer_follow"),
    path("svar/kvittering/", receipts.receipt_lists, name="receipt_lists"),
    path("svar/kvittering/<str:first>/", receipts.receipt_list, name="receipt_list"),
    path("svar/kvittering/<str:first>/koder/", receipts.receipt_codes, name="receipt_codes"),
    path("svar/tablet/", tablet.tablet, name="tablet"),
    path("svar/<str:code>/", answering.answer, name="answer"),
    path("svar/<str:code>/fysisk/", physical.answer_physical, name="answer_physical"),
    path("svar/<str:code>/enhed/", placements.wrong_unit, name="wrong_unit"),
]

employee_pages: list[URLPattern] = [
    path("sadan-er-du-anonym/", pages.anonymity, name="anonymity"),
    path("spoergsmaal-og-svar/", pages.faq, name="faq"),
    path("spoergeskemaet/", pages.questionnaire_detail, name="questionnaire_detail"),
]

before_opening: list[URLPattern] = [
    path("hr/inviterede/", invitees.invitees, name="invitees"),
    path("hr/inviterede/samlerapport/<uuid:uuid>/", invitees.report_group_create, name="report_group_create"),
    path(
        "hr/inviterede/samlerapport/<uuid:uuid>/oploes/", invitees.report_group_dissolve, name="report_group_dissolve"
    ),
    path("hr/inviterede/undtagelser/", placements.placement_exceptions, name="placement_exceptions"),
    path("hr/inviterede/undtagelser/ny/", placements.late_joiner, name="late_joiner"),
    path("hr/inviterede/undtagelser/<uuid:uuid>/", placements.wrong_unit_decide, name="wrong_unit_decide"),
    path("hr/proev-frigivelsen/", invitees.dry_run, name="dry_run"),
    path("hr/tidligere-maalinger/", earlier.earlier_list, name="earlier_list"),
    path("hr/tidligere-maalinger/skabelon/", earlier.earlier_template, name="earlier_template"),
    path("hr/tidligere-maalinger/<uuid:uuid>/", earlier.earlier_preview, name="earlier_preview"),
    path("hr/tidligere-maalinger/<uuid:uuid>/ud-af-brug/", earlier.earlier_withdraw, name="earlier_withdraw"),
    path("hr/regler-for-frigivelsen/", release_rules.release_rules, name="release_rules"),
]

short_surveys: list[URLPattern] = [
    path("hr/korte-maalinger/", pulses.pulse_list, name="pulse_list"),
    path("hr/korte-maalinger/ny/", pulses.pulse_create, name="pulse_create"),
    path("hr/korte-maalinger/<uuid:uuid>/aflys/", pulses.pulse_cancel, name="pulse_cancel"),
    path("korte-maalinger/<uuid:uuid>/", pulses.pulse_detail, name="pulse_detail"),
]

keys: list[URLPattern] = [
    path("hr/noegleholdere/", key_holders.key_holders, name="key_holders"),
    path("hr/noegleholdere/moede/", key_holders.key_sitting, name="key_sitting"),
    path("hr/noegleholdere/proeve/", key_holders.rehearsal_start, name="rehearsal_start"),
    path("hr/noegleholdere/ret/", key_holders.repair_start, name="repair_start"),
    path("noegle/<uuid:uuid>/", key_holders.share_hand_in, name="share_hand_in"),
]

report_content: list[URLPattern] = [
    path("hr/retningslinje/", guidance.guideline_edit, name="guideline_edit"),
    path("hr/indikatorer/", guidance.indicator_list, name="indicator_list"),
    path("hr/indikatorer/ny/", guidance.indicator_create, name="indicator_create"),
    path("hr/indikatorer/<int:pk>/", guidance.indicator_edit, name="indicator_edit"),
    path("hr/indikatorer/<int:pk>/slet/", guidance.indicator_delete, name="indicator_delete"),
]

# Where people answer comes first: each of an answer's requests looks through this list.
urlpatterns: list[URLPattern] = [
    *answering_pages,
    *report_content,
    *before_opening,
    *questionnaire_pages,
    *ways_in,
    *keys,
    *short_surveys,
    *employee_pages,
    *reading,
]
