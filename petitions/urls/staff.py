"""Addresses: what staff work with."""

from django.urls import path

from petitions.views import acts, beside, bulk, escalations, order, orders, routing, subject, workbench

urlpatterns = [
    path("workbench/", workbench.workbench, name="workbench"),
    path("workbench/notices/read/", workbench.notices_read, name="notices-read"),
    path("escalations/", escalations.escalations, name="escalations"),
    path("privacy/subject/", subject.subject_answer, name="subject-answer"),
    path("routing/", routing.routing, name="routing"),
    path("petitions/", orders.petition_list, name="petition-list"),
    path("petitions/bulk/", bulk.petition_bulk, name="petition-bulk"),
    path("petitions/bulk/<int:pk>/", bulk.bulk_detail, name="bulk-detail"),
    path("petitions/<str:number>/", order.petition_detail, name="petition-detail"),
    path("petitions/<str:number>/reveal/", order.petition_reveal, name="petition-reveal"),
    path("petitions/<str:number>/place/", acts.petition_place, name="petition-place"),
    path("petitions/<str:number>/parts/<int:pk>/<slug:verb>/", beside.part_act, name="petition-part"),
    path("petitions/<str:number>/decide/<int:pk>/", beside.decide, name="petition-decide"),
    path("petitions/<str:number>/<slug:verb>/", acts.petition_act, name="petition-act"),
]
