"""A refusal that no form caught becomes a page that helps, with the right status."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from journal.refusals import Faster, Forbidden, Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefusalMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        template = {Forbidden: "403.html", Faster: "409.html"}.get(type(exception), "422.html")
        context = {"sentence": exception.sentence, "url": request.path}
        return render(request, template, context, status=exception.status)
