"""Signing in, staying signed in, signing out, the elder mode, and what a phone's home screen is told."""

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from community_portal.ui.forms import SignInForm

ELDER = "elder"
YEAR = 365 * 24 * 3600
ICON_SIDES = (192, 512)
# --brand and --paper of the tokens, by day: a manifest knows one colour each.
BRAND, PAPER = "#0b5f63", "#f7f6f3"


class SignIn(auth_views.LoginView):
    """The sign-in page; someone already signed in goes on to the work."""

    template_name = "ui/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True


class SignOut(auth_views.LogoutView):
    """Signing out; the browser also forgets the pages and data it kept, for the next person may use the same phone.

    Cookies stay: the elder mode belongs to the device, and the session's own is void.
    """

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest (W3C): with it a phone puts the portal on its home screen, in a window of its own."""
    icons = [
        {"src": static(f"img/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
        for side in ICON_SIDES
        for purpose in ("any", "maskable")
    ]
    home = resolve_url("home")
    about = {
        "id": home, "start_url": home, "scope": home, "name": settings.PORTAL_NAME, "lang": "zh-Hans",
        "display": "standalone", "theme_color": BRAND, "background_color": PAPER, "icons": icons,
    }  # fmt: skip
    return JsonResponse(about, content_type="application/manifest+json")


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
