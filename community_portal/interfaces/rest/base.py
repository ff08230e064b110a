"""What all lists and things of the REST interface share."""

from datetime import datetime
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import GenericViewSet

from community_portal.interfaces.kinds import Kind
from community_portal.interfaces.models import ApiToken
from community_portal.interfaces.rest.auth import Granted, Session, TokenAuthentication
from community_portal.interfaces.rest.errors import Invalid, answer_to
from community_portal.interfaces.rest.paging import Keyset
from grid.access import Scope, scope_of
from grid.models import Staff
from petitions.limits import Limit

FIELDS = "fields"
MINUTE = 60
MAX_BYTES = 256 * 1024
READS, WRITES = Limit("api-read", 600, MINUTE), Limit("api-write", 120, MINUTE)


class PerMinute(BaseThrottle):
    """So many requests a minute for a token, or for a person's session; reading and writing counted apart."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count this one. Whoever is not let in is counted by nobody."""
        if isinstance(request.auth, ApiToken):
            who = f"token:{request.auth.pk}"
        else:
            who = f"staff:{getattr(request.user, 'pk', None)}"
        limit = READS if request.method in ("GET", "HEAD", "OPTIONS") else WRITES
        return not limit.hit(who, timezone.now())

    def wait(self) -> float:
        """Seconds until the window is over."""
        return MINUTE - timezone.now().timestamp() % MINUTE


class Sparse(serializers.ModelSerializer[Any]):
    """Only the fields that the address names (`?fields=number,state`); all without it."""

    def get_fields(self) -> dict[str, Any]:
        """The fields asked for. Raises Invalid (400) for a name that is none."""
        found = super().get_fields()
        request = self.context.get("request")
        said = request.query_params.get(FIELDS, "") if request is not None and not self.context.get("whole") else ""
        if not said:
            return found
        wanted = [name.strip() for name in said.split(",") if name.strip()]
        if unknown := [name for name in wanted if name not in found]:
            raise Invalid({FIELDS: [_("没有这些字段：%s") % "、".join(unknown)[:200]]}, 400)
        return {name: found[name] for name in wanted}


class Schema(AutoSchema):
    """Adds the parameter by which a reader picks fields."""

    def get_override_parameters(self) -> list[Any]:
        """The parameter `fields` with the names that it knows."""
        if self.method != "GET" or not isinstance(self.view, Resource):
            return []
        serializer = self.view.get_serializer_class()(context={"whole": True})
        if not isinstance(serializer, Sparse):
            return []
        names = {"type": "array", "items": {"type": "string", "enum": list(serializer.fields)}}
        words = _("只要这些字段，用逗号分开；不写则全要")
        return [OpenApiParameter(FIELDS, names, explode=False, description=words)]


@method_decorator(conditional_page, name="dispatch")
class Resource(GenericViewSet[Any]):
    """Things that staff see, in keyset pages and one by one, with an ETag; only inside the asker's scope.

    A subclass names its `kind`, the `order` of its list, and its rows in `rows(scope)`.
    """

    kind: Kind
    order: tuple[str, ...] = ("-id",)
    schema = Schema()
    authentication_classes = (TokenAuthentication, Session)
    permission_classes = (Granted,)
    throttle_classes = (PerMinute,)
    renderer_classes = (JSONRenderer,)
    parser_classes = (JSONParser,)
    pagination_class = Keyset
    filter_backends = (DjangoFilterBackend,)

    def rows(self, scope: Scope) -> "QuerySet[Any]":
        """What is visible to this scope."""
        raise NotImplementedError

    def get_queryset(self) -> "QuerySet[Any]":
        """The rows of the asker; none while the schema is drawn."""
        if getattr(self, "swagger_fake_view", False):
            return self.rows(Scope())
        return self.rows(self.scope)

    @cached_property
    def at(self) -> datetime:
        """The one instant of this request."""
        return timezone.now()

    @property
    def staff(self) -> Staff:
        """Who asks."""
        return cast(Staff, self.request.user)

    @property
    def scope(self) -> Scope:
        """What they reach today."""
        return scope_of(self.staff, timezone.localdate(self.at))

    def get_serializer_context(self) -> dict[str, Any]:
        """With who asks and when, for what is masked."""
        context = dict(super().get_serializer_context())
        if not getattr(self, "swagger_fake_view", False) and isinstance(self.request.user, Staff):
            context |= {"staff": self.staff, "scope": self.scope, "at": self.at}
        return context

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who asks, whether they may, and that they send no more than MAX_BYTES."""
        super().initial(request, *args, **kwargs)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > MAX_BYTES:
            raise RequestDataTooBig

    def get_exception_handler(self) -> Any:
        """Errors in the interface's own form."""
        return answer_to

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Kept by nobody in between: each asker sees something else."""
        found = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(found, private=True, no_cache=True)
        patch_vary_headers(found, ["Authorization", "Cookie"])
        return found


class ReadOnly(ListModelMixin, RetrieveModelMixin, Resource):
    """A list and each thing of it."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page. Fields that are none are refused also where nothing is listed."""
        cast(Sparse, self.get_serializer()).get_fields()
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One thing."""
        return super().retrieve(request, *args, **kwargs)
