"""Addresses of the wall and the household files."""

from django.urls import path

from residents.views import household, visits, wall

urlpatterns = [
    path("wall/", wall.wall, name="wall"),
    path("wall/b/<int:pk>/", wall.wall_building, name="wall-building"),
    path("households/<int:pk>/", household.household_panel, name="household-panel"),
    path("visits/", visits.visit_round, name="visit-round"),
    path("households/<int:pk>/visit/", visits.visit_new, name="visit-new"),
    path("households/<int:pk>/reveal/<int:resident>/", household.household_reveal, name="household-reveal"),
]
