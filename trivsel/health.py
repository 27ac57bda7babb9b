"""Is everything well? Filled in by the ops side."""

from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"web": "ok"})
