"""Addresses of petitions: intake before the order pages, since /petitions/new/ is no order number."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/hotline/", include("petitions.urls.api")),
    path("open311/v2/", include("petitions.urls.open311")),
    path("", include("petitions.urls.intake")),
    path("", include("petitions.urls.staff")),
    path("", include("petitions.urls.public")),
]
