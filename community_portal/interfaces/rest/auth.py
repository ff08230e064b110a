"""Who asks: a program by its token, or a signed-in person by their session; and what their token grants."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from community_portal.interfaces.actions.tokens import fingerprint, token_used
from community_portal.interfaces.models import ApiToken
from grid.access import staff_with_scope
from grid.models import Staff

SCHEME = "Bearer"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN`. The owner comes with their scope of today."""

    def authenticate(self, request: Request) -> tuple[Staff, ApiToken] | None:
        """The owner and the token; None without such a header. Raises AuthenticationFailed for one that is no use."""
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        now = timezone.now()
        found = ApiToken.objects.filter(fingerprint=fingerprint(text.strip()), revoked_at__isnull=True)
        token = found.filter(expires_at__gt=now).first()
        staff = staff_with_scope(token.staff_id, timezone.localdate(now)) if token else None
        if token is None or staff is None or not staff.is_active:
            raise AuthenticationFailed(_("令牌不认识、已作废或已到期"))
        token_used(token, at=now)
        return staff, token

    def authenticate_header(self, request: Request) -> str:
        """What an answer without sign-in asks for."""
        return SCHEME


class Session(SessionAuthentication):
    """The session of the pages, with its form token for everything that writes."""


class Granted(BasePermission):
    """A session may do what its person may; a token only what its `reads` and `acts` name for the view's kind."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """By the view's `kind`."""
        token = request.auth
        if not isinstance(token, ApiToken):
            return isinstance(request.user, Staff)
        granted = token.reads if request.method in SAFE_METHODS else token.acts
        return getattr(view, "kind", "") in granted


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema describes tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """HTTP bearer."""
        return {"type": "http", "scheme": SCHEME.lower(), "description": _("在“开放接口”页新建的令牌")}


class SessionScheme(OpenApiAuthenticationExtension):
    """How the schema describes sessions."""

    target_class = Session
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The cookie of the pages."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": _("登录后的会话")}
