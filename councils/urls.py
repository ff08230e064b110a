"""Addresses of the councils: staff first, then what residents see."""

from django.urls import path

from councils.views import bodies, papers, public, topics

urlpatterns = [
    path("councils/", bodies.council_list, name="council-list"),
    path("councils/new/", bodies.council_new, name="council-new"),
    path("councils/<int:pk>/", bodies.council_detail, name="council-detail"),
    path("councils/<int:pk>/add/<slug:what>/", bodies.council_seats, name="council-seats"),
    path("councils/<int:pk>/topics/new/", topics.topic_new, name="topic-new"),
    path("councils/<int:pk>/poster/", papers.council_poster, name="council-poster"),
    path("councils/<int:pk>/letters/", papers.council_letters, name="council-letters"),
    path("councils/representatives/<int:pk>/end/", bodies.representative_end, name="representative-end"),
    path("topics/from-petitions/", topics.topic_from, name="topic-from"),
    path("topics/<str:number>/", topics.topic_detail, name="topic-detail"),
    path("topics/<str:number>/reveal/", topics.topic_reveal, name="topic-reveal"),
    path("topics/<str:number>/support/", topics.topic_support_add, name="topic-support-add"),
    path("topics/<str:number>/<slug:verb>/", topics.topic_act, name="topic-act"),
    path("y/<int:pk>/", public.council_public, name="council-public"),
    path("y/<int:pk>/ask/", public.topic_ask, name="topic-ask"),
    path("y/t/<slug:number>/", public.topic_public, name="topic-public"),
    path("y/t/<slug:number>/<slug:code>/", public.topic_own, name="topic-own"),
]
