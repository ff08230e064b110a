"""Addresses that programs ask: settings.PROGRAM_PATHS."""

from django.urls import include, path

from petitions.api import hotline_orders

urlpatterns = [
    path("api/v1/hotline/", include([path("orders/", hotline_orders, name="hotline-orders")])),
    path("open311/v2/", include("petitions.urls.open311")),
]
