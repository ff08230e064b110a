"""Addresses of the interfaces."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from community_portal.interfaces.rest import councils, petitions, places, residents
from community_portal.interfaces.rest.schema import api_schema
from community_portal.interfaces.views import tokens

router = SimpleRouter()
for name, view in {
    "petitions": petitions.Petitions,
    "households": residents.Households,
    "residents": residents.Residents,
    "visits": residents.Visits,
    "visits-due": residents.VisitsDue,
    "communities": places.Communities,
    "grids": places.Grids,
    "buildings": places.Buildings,
    "organisations": places.Organisations,
    "councils": councils.Councils,
    "topics": councils.Topics,
    "meetings": councils.Meetings,
    "resolutions": councils.Resolutions,
    "publications": councils.Publications,
}.items():
    router.register(name, view, f"api-{name}")

urlpatterns = [
    path("api/schema/", api_schema, name="api-schema"),
    path("api/docs/", tokens.api_docs, name="api-docs"),
    path("api/v1/", include(router.urls)),
    path("interfaces/", tokens.tokens, name="interfaces"),
    path("interfaces/tokens/<int:pk>/revoke/", tokens.token_end, name="token-revoke"),
]
