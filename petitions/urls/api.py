"""Addresses of the hotline's interface."""

from django.urls import path

from petitions.api import hotline_orders

urlpatterns = [path("orders/", hotline_orders, name="hotline-orders")]
