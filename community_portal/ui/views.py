"""Signing in, staying signed in, signing out, and the elder mode."""

from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from community_portal.ui.forms import SignInForm

ELDER = "elder"
YEAR = 365 * 24 * 3600


class SignIn(auth_views.LoginView):
    """The sign-in page; someone already signed in goes on to the work."""

    template_name = "ui/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True


sign_in = SignIn.as_view()
sign_out = auth_views.LogoutView.as_view()


@require_GET
def stay(request: HttpRequest) -> HttpResponse:
    """Asked while somebody types: coming here is use enough to keep the session (see IdleSession)."""
    return HttpResponse(status=204)


@require_POST
def elder_mode(request: HttpRequest) -> HttpResponse:
    """Turn large type on (`on=1`) or off, and go back to the page."""
    response = redirect(_way_back(request))
    if request.POST.get("on") == "1":
        response.set_cookie(ELDER, "1", max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(ELDER, samesite="Lax")
    return response


def _way_back(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if own else resolve_url("home")
