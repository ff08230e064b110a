"""Addresses of the pages for residents."""

from django.urls import path

from petitions.views import files, public, track

urlpatterns = [
    path("", public.home, name="home"),
    path("c/<slug:community>/ask/", public.ask, name="ask"),
    path("c/<slug:community>/promise/", public.ask_promise, name="ask-promise"),
    path("t/", track.track, name="track"),
    path("t/<slug:number>/<slug:code>/", track.track_detail, name="track-detail"),
    path("t/<slug:number>/<slug:code>/receipt/", track.ask_done, name="ask-done"),
    path("t/<slug:number>/<slug:code>/supplement/", track.track_supplement, name="track-supplement"),
    path("t/<slug:number>/<slug:code>/files/<uuid:name>/", files.track_file, name="track-file"),
    path("t/<slug:number>/<slug:code>/rate/", track.track_rate, name="track-rate"),
    path("t/<slug:number>/<slug:code>/press/", track.track_press, name="track-press"),
    path("t/<slug:number>/<slug:code>/review/", track.track_review, name="track-review"),
]
