"""Addresses of the wall and the household files."""

from django.urls import path

from residents.views import colours, exports, file, household, imports, map, quality, search, signs, visits, wall

urlpatterns = [
    path("wall/", wall.wall, name="wall"),
    path("wall/b/<int:pk>/", wall.wall_building, name="wall-building"),
    path("wall/map/", map.community_map, name="map"),
    path("wall/map/<slug:code>/edit/", map.map_edit, name="map-edit"),
    path("wall/colours/<slug:code>/", colours.colours, name="colours"),
    path("wall/colours/<int:pk>-<int:version>.css", colours.colours_css, name="colours-css"),
    path("residents/", search.resident_search, name="resident-search"),
    path("exports/new/<slug:kind>/", exports.export_new, name="export-new"),
    path("exports/<int:pk>/", exports.export_detail, name="export-detail"),
    path("exports/<int:pk>/file/", exports.export_file, name="export-file"),
    path("households/import/", imports.household_import, name="household-import"),
    path("households/import/<int:pk>/", imports.household_import_detail, name="household-import-detail"),
    path("households/import/<int:pk>/columns/", imports.household_import_columns, name="household-import-columns"),
    path("households/import/<int:pk>/bad-rows/", imports.household_import_bad_rows, name="household-import-bad-rows"),
    path("households/import/<int:pk>/do/<slug:verb>/", imports.household_import_act, name="household-import-act"),
    path("households/<int:pk>/", household.household_panel, name="household-panel"),
    path("visits/", visits.visit_round, name="visit-round"),
    path("visits/overview/", visits.visit_overview, name="visit-overview"),
    path("visits/together/", visits.visit_together, name="visit-together"),
    path("households/<int:pk>/visit/", visits.visit_new, name="visit-new"),
    path("households/<int:pk>/visit/plan/", visits.visit_plan, name="visit-plan"),
    path("households/<int:pk>/visit/photos/<int:photo>/", visits.visit_photo, name="visit-photo"),
    path("signs/", signs.sign_round, name="sign-round"),
    path("signs/record/", signs.sign_record, name="sign-record"),
    path("w/<str:key>/", signs.watcher, name="watcher"),
    path("households/<int:pk>/watch/", signs.household_watch, name="household-watch"),
    path("households/<int:pk>/reveal/<int:resident>/", household.household_reveal, name="household-reveal"),
    path("households/<int:pk>/file/", file.household_file, name="household-file"),
    path("households/<int:pk>/file/<slug:task>/", file.household_act, name="household-act"),
    path("households/<int:pk>/owner/", file.household_owner, name="household-owner"),
    path("households/<int:pk>/papers/<int:document>/", file.household_paper, name="household-paper"),
    path("data-quality/", quality.data_quality, name="data-quality"),
    path("data-quality/<int:pk>/", quality.fault_mended, name="fault-mended"),
    path("coming/", quality.coming, name="coming"),
]
