"""The API's own description: the schema, the page that shows it, and what answers where there is nothing."""

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView


class Schema(SpectacularAPIView):
    """The OpenAPI description of the API."""

    permission_classes = (AllowAny,)


class Docs(SpectacularSwaggerSplitView):
    """The description to read and try, from packaged files; its script is an address of its own, for the CSP."""

    permission_classes = (AllowAny,)
    template_name = "api/docs.html"


@extend_schema(exclude=True)
class NoSuchAddress(APIView):
    """Answers every address below the API's that leads nowhere."""

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        raise NotFound
