"""Addresses of the API."""

from django.urls import path

from petitions.api import hotline_orders

urlpatterns = [path("hotline/orders/", hotline_orders, name="hotline-orders")]
