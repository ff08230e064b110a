"""Every address of the portal. What programs ask comes first: a resolver tries one address after the other."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("petitions.urls.programs")),
    path("", include("community_portal.local.urls")),
    path("", include("community_portal.ui.urls")),
    path("", include("councils.ballot_urls")),
    path("", include("councils.money_urls")),
    path("", include("petitions.urls")),
    path("", include("residents.urls")),
    path("", include("grid.urls")),
    path("", include("councils.urls")),
    path("", include("community_portal.interfaces.urls")),
    path("admin/", admin.site.urls),
]
