"""Addresses of the wall and the household files."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
