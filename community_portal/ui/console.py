"""The configuration pages: Django's admin, signed in to by the portal's own door."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Console(AdminSite):
    """Opens to accounts with `is_staff`; others are sent to sign in, or back to their work."""

    site_header = site_title = gettext_lazy("配置后台")
    index_title = gettext_lazy("设置")
    site_url = "/"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Instead of a second sign-in page."""
        if request.user.is_authenticated and not self.has_permission(request):
            messages.warning(request, _("您的账号不能进入配置后台"))
            return redirect("workbench")
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))
