"""Addresses of HR's organisation pages, below hr/: the path, the view and the template share one name."""

from django.urls import URLPattern, path

from organisation.views import imports, levels, missing, roles, units

app_name = "organisation"

importing: list[URLPattern] = [
    path("import/", imports.import_list, name="import_list"),
    path("import/ny/", imports.import_new, name="import_new"),
    path("import/os2mo/", imports.import_os2mo, name="import_os2mo"),
    path("import/kolonner/", imports.import_columns, name="import_columns"),
    path("import/skabelon/", imports.import_template, name="import_template"),
    path("import/organisationen/", imports.import_export, name="import_export"),
    path("import/rettelser/", imports.correction_list, name="correction_list"),
    path("import/<uuid:uuid>/", imports.import_detail, name="import_detail"),
    path("import/<uuid:uuid>/fremdrift/", imports.import_progress, name="import_progress"),
    path("import/<uuid:uuid>/aendringer/", imports.import_changes, name="import_changes"),
    path("import/<uuid:uuid>/fejl/", imports.import_problems, name="import_problems"),
    path("import/<uuid:uuid>/kolonner/", imports.import_mapping, name="import_mapping"),
    path("import/<uuid:uuid>/indlaes/", imports.import_apply, name="import_apply"),
    path("import/<uuid:uuid>/fortryd/", imports.import_undo, name="import_undo"),
    path("import/<uuid:uuid>/kasser/", imports.import_discard, name="import_discard"),
]

organising: list[URLPattern] = [
    path("organisation/", units.unit_list, name="unit_list"),
    path("organisation/forslag/enheder/", units.unit_suggest, name="unit_suggest"),
    path("organisation/forslag/personer/", roles.person_suggest, name="person_suggest"),
    path("organisation/mangler/", missing.missing_list, name="missing_list"),
    path("organisation/mangler/<slug:key>/", missing.missing_detail, name="missing_detail"),
    path("organisation/niveauer/", levels.level_list, name="level_list"),
    path("organisation/udvalg/<uuid:uuid>/", levels.committee_edit, name="committee_edit"),
    path("organisation/roller/", roles.role_list, name="role_list"),
    path("organisation/roller/ny/", roles.role_create, name="role_create"),
    path("organisation/roller/<int:pk>/slut/", roles.role_end, name="role_end"),
    path("organisation/roller/<int:pk>/overdrag/", roles.role_hand_over, name="role_hand_over"),
    path("organisation/aendring/<uuid:uuid>/fortryd/", units.change_undo, name="change_undo"),
    path("organisation/<uuid:uuid>/", units.unit_detail, name="unit_detail"),
    path("organisation/<uuid:uuid>/ny/", units.unit_create, name="unit_create"),
    path("organisation/<uuid:uuid>/ret/", units.unit_edit, name="unit_edit"),
    path("organisation/<uuid:uuid>/flyt/", units.unit_move, name="unit_move"),
    path("organisation/<uuid:uuid>/laeg-sammen/", units.unit_merge, name="unit_merge"),
    path("organisation/<uuid:uuid>/del/", units.unit_split, name="unit_split"),
    path("organisation/<uuid:uuid>/luk/", units.unit_close, name="unit_close"),
    path("organisation/<uuid:uuid>/foer/", units.unit_succession, name="unit_succession"),
]

urlpatterns: list[URLPattern] = [*importing, *organising]
