"""Addresses: the path, the view and the template share one name."""

from django.urls import URLPattern, path

from surveys.views import board, rates, release, reports

app_name = "surveys"

reading: list[URLPattern] = [
    path("rapporter/", reports.report_list, name="report_list"),
    path("rapporter/<uuid:uuid>/", reports.report_detail, name="report_detail"),
    path("rapporter/<uuid:uuid>/pdf/", reports.report_pdf, name="report_pdf"),
    path("rapporter/<uuid:uuid>/vis/", reports.report_share, name="report_share"),
    path("rapporter/<uuid:uuid>/paa-tvaers/", reports.report_compare, name="report_compare"),
    path("svarprocent/", rates.response_rates, name="response_rates"),
    path("frigivelse/", release.release_list, name="release_list"),
    path("frigivelse/<uuid:uuid>/", release.release_detail, name="release_detail"),
    path("frigivelse/<uuid:uuid>/efterproevning/", release.release_audit, name="release_audit"),
    path("tavle/<uuid:uuid>/", board.board, name="board"),
    path("tavle/fund/<uuid:uuid>/", board.finding_detail, name="finding_detail"),
    path("tavle/foto/<uuid:uuid>/", board.finding_photo, name="finding_photo"),
    path("ejendomme/", board.property_queue, name="property_queue"),
]

urlpatterns: list[URLPattern] = [*reading]
