"""Addresses of registering and importing by staff."""

from django.urls import path

from petitions.views import imports, intake

urlpatterns = [
    path("petitions/new/", intake.petition_new, name="petition-new"),
    path("petitions/new/caller/", intake.petition_caller, name="petition-caller"),
    path("petitions/new/fill/", intake.petition_fill, name="petition-fill"),
    path("petitions/new/preview/", intake.petition_preview, name="petition-preview"),
    path("petitions/import/", imports.petition_import, name="petition-import"),
    path("petitions/import/<int:pk>/", imports.import_detail, name="import-detail"),
    path("petitions/import/<int:pk>/bad-rows/", imports.import_bad_rows, name="import-bad-rows"),
]
