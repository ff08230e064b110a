"""Addresses of Open311 GeoReport v2; each ends in the format of the answer."""

from django.urls import re_path

from petitions.open311 import views

FORMAT = r"\.(?P<fmt>json|xml)$"

urlpatterns = [
    re_path(rf"^discovery{FORMAT}", views.discovery, name="open311-discovery"),
    re_path(rf"^services{FORMAT}", views.service_list, name="open311-services"),
    re_path(rf"^services/(?P<code>[-\w]+){FORMAT}", views.service_definition, name="open311-service"),
    re_path(rf"^requests{FORMAT}", views.requests, name="open311-requests"),
    re_path(rf"^requests/(?P<number>[-\w]+){FORMAT}", views.request_detail, name="open311-request"),
    re_path(rf"^tokens/(?P<number>[-\w]+){FORMAT}", views.token, name="open311-token"),
]
