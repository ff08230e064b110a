"""Addresses of signing in and out, of the elder mode, and of the manifest."""

from django.urls import path

from community_portal.ui import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("stay/", views.stay, name="stay"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("elder/", views.elder_mode, name="elder-mode"),
]
