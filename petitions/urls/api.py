"""Addresses of the API."""

from django.urls import path

from petitions.api import HotlineOrders

urlpatterns = [path("hotline/orders/", HotlineOrders.as_view(), name="hotline-orders")]
