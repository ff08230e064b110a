"""Addresses of handovers and the duty rota."""

from django.urls import path

from grid.views import duties, handovers

urlpatterns = [
    path("duty/", duties.rota, name="rota"),
    path("duty/<str:key>.ics", duties.duty_feed, name="duty-feed"),
    path("handovers/", handovers.handover_list, name="handover-list"),
    path("handovers/<int:pk>/", handovers.handover_detail, name="handover-detail"),
]
