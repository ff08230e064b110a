"""Addresses: what staff work with."""

from django.urls import path, re_path

from petitions.views import (
    acts,
    beside,
    bulk,
    escalations,
    figures,
    files,
    order,
    orders,
    patrols,
    routing,
    subject,
    workbench,
)

urlpatterns = [
    path("workbench/", workbench.workbench, name="workbench"),
    path("workbench/notices/read/", workbench.notices_read, name="notices-read"),
    path("workbench/mail/", workbench.mailbox, name="mailbox"),
    path("escalations/", escalations.escalations, name="escalations"),
    path("figures/", figures.figures, name="figures"),
    path("figures/orders/", figures.figure_orders, name="figure-orders"),
    path("figures/ladder/", figures.figure_ladder, name="figure-ladder"),
    re_path(r"^figures/bulletin\.(?P<form>pdf|xlsx)$", figures.figure_bulletin, name="figure-bulletin"),
    path("privacy/subject/", subject.subject_answer, name="subject-answer"),
    path("routing/", routing.routing, name="routing"),
    path("patrols/", patrols.patrol, name="patrol"),
    path("patrols/start/", patrols.patrol_begin, name="patrol-start"),
    path("patrols/find/", patrols.patrol_add, name="patrol-find"),
    path("patrols/end/", patrols.patrol_over, name="patrol-end"),
    path("patrols/log/", patrols.patrol_log, name="patrol-log"),
    path("petitions/", orders.petition_list, name="petition-list"),
    path("petitions/bulk/", bulk.petition_bulk, name="petition-bulk"),
    path("petitions/bulk/<int:pk>/", bulk.bulk_detail, name="bulk-detail"),
    path("petitions/<str:number>/", order.petition_detail, name="petition-detail"),
    path("petitions/<str:number>/reveal/", order.petition_reveal, name="petition-reveal"),
    path("petitions/<str:number>/place/", acts.petition_place, name="petition-place"),
    path("petitions/<str:number>/files/", files.petition_files, name="petition-files"),
    path("petitions/<str:number>/files/<uuid:name>/", files.petition_file, name="petition-file"),
    path("petitions/<str:number>/files/<uuid:name>/remove/", files.petition_file_remove, name="petition-file-remove"),
    path("petitions/<str:number>/parts/<int:pk>/<slug:verb>/", beside.part_act, name="petition-part"),
    path("petitions/<str:number>/decide/<int:pk>/", beside.decide, name="petition-decide"),
    path("petitions/<str:number>/<slug:verb>/", acts.petition_act, name="petition-act"),
]
