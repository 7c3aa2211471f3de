"""A refusal that no form caught becomes a page that helps, with the right status."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from journal.refusals import Faster, Forbidden, Refusal
from journal.texts import harmless

GetResponse = Callable[[HttpRequest], HttpResponse]


class HarmlessTextMiddleware:
    """Every text of every form goes through `harmless` before a view sees it: no field can be forgotten.

    After CSRF, which reads the form first. Files and what they are called are the business of who stores them.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        if request.method != "POST":
            return
        sent = {name: request.POST.getlist(name) for name in request.POST}
        clean = {name: [harmless(text) for text in texts] for name, texts in sent.items()}
        if clean == sent:
            return
        data = request.POST.copy()
        for name, texts in clean.items():
            data.setlist(name, texts)
        data._mutable = False
        request.POST = data  # type: ignore[assignment]


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
