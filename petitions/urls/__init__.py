"""Addresses of petitions: intake before the order pages, since /petitions/new/ is no order number."""

from django.urls import include, path

urlpatterns = [
    path("", include("petitions.urls.intake")),
    path("", include("petitions.urls.staff")),
    path("", include("petitions.urls.public")),
]
