"""Addresses of the wall and the household files."""

from django.urls import path

from residents import views

urlpatterns = [
    path("wall/", views.wall, name="wall"),
    path("wall/b/<int:pk>/", views.wall_building, name="wall-building"),
    path("households/<int:pk>/", views.household_panel, name="household-panel"),
    path("households/<int:pk>/reveal/<int:resident>/", views.household_reveal, name="household-reveal"),
]
