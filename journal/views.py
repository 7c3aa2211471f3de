"""The one view behind every button of every machine. Each floor mounts it for its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views import View

from journal.actors import Actor
from journal.forms import StepForm
from journal.machine import Machine, Step, perform, refusals_of, require_impartial, step_of
from journal.models import Event
from journal.refusals import Faster, Forbidden, Refused

TEMPLATE = "journal/step.html"


class StepView(LoginRequiredMixin, View):
    """GET shows what the step asks and what it brings about; POST takes it through the door.

    Subclasses say which objects this person may see (others are 404), where the story goes on afterwards, and how a
    faster person is named.
    """

    template_name = TEMPLATE

    def find(self, actor: Actor, key: str) -> Machine:
        """The object, or Http404 if this person may not know of it."""
        raise NotImplementedError

    def url_after(self, obj: Machine, actor: Actor) -> str:
        raise NotImplementedError

    def title_of(self, obj: Machine) -> str:
        return str(obj)

    def name_of(self, event: Event) -> str:
        """Who did it, in words."""
        return str(event.actor_role)

    def template(self) -> str:
        """The page of this step; a floor may have one of its own for a step that asks more."""
        return self.template_name

    def context(self, obj: Machine, actor: Actor, today: date) -> dict[str, Any]:
        """What a floor adds to the page of a step."""
        return {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.actor: Actor = request.actor  # type: ignore[attr-defined]
            self.obj = self.find(self.actor, kwargs["key"])
            self.name = kwargs["name"]
            self.step = self._step()
        return super().dispatch(request, *args, **kwargs)

    def _step(self) -> Step:
        method = type(self.obj).transitions().get(self.name)
        if method is None or step_of(method).internal:
            raise Http404
        return step_of(method)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._check_permission()
        if self.name not in dict(self.obj.steps()):
            return self._faster(request, Faster(_("Jemand war schneller."), event=None), None)
        return self._page(request, self._form(), status=200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._check_permission()
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, status=422)
        try:
            done = perform(
                self.obj,
                self.name,
                actor=self.actor,
                at=timezone.now(),
                data=form.data_for_step(),
                expected_version=form.cleaned_data["version"],
            )
        except Faster as faster:
            return self._faster(request, faster, form)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
            return self._page(request, form, status=422)
        messages.success(request, self.confirmation(done))
        return HttpResponseRedirect(self.url_after(done, self.actor))

    def confirmation(self, obj: Machine) -> str:
        return _("Erledigt: %(what)s") % {"what": self.step.label_for(obj)}

    def _check_permission(self) -> None:
        if self.step.permission(self.obj, self.actor) is None:
            raise Forbidden(_("Diese Aufgabe gehört einer anderen Person."))
        require_impartial(self.step, self.obj, actor=self.actor, today=timezone.localdate())

    def _form(self, *data: Any) -> StepForm:
        factory: Callable[..., StepForm] = import_string(self.step.form) if self.step.form else StepForm
        return factory(*data, obj=self.obj, actor=self.actor, today=timezone.localdate())

    def _page(self, request: HttpRequest, form: StepForm, *, status: int) -> HttpResponse:
        today = timezone.localdate()
        context = {
            "obj": self.obj,
            "form": form,
            "step": self.step,
            "label": self.step.label_for(self.obj),
            "title": self.title_of(self.obj),
            "refusals": list(refusals_of(self.step, self.obj, actor=self.actor, today=today)),
            "back": self.url_after(self.obj, self.actor),
            **self.context(self.obj, self.actor, today),
        }
        return render(request, self.template(), context, status=status)

    def _faster(self, request: HttpRequest, faster: Faster, form: StepForm | None) -> HttpResponse:
        context = {
            "sentence": self._who_was_faster(faster),
            "typed": _typed(form) if form else {},
            "url": self.url_after(self.obj, self.actor),
        }
        return render(request, "409.html", context, status=409)

    def _who_was_faster(self, faster: Faster) -> str:
        if faster.event is None:
            return _("Der Stand hat sich inzwischen geändert. Ihre Eingabe wurde nicht übernommen.")
        when = timezone.localtime(faster.event.at)
        return _("%(who)s war am %(day)s um %(time)s Uhr schneller. Ihre Eingabe wurde nicht übernommen.") % {
            "who": self.name_of(faster.event),
            "day": when.strftime("%d.%m.%Y"),
            "time": when.strftime("%H:%M"),
        }


def _typed(form: StepForm) -> dict[str, str]:
    """What the person had written, by label, to be copied."""
    shown = (bound for bound in form.visible_fields() if isinstance(form.data.get(bound.html_name), str))
    return {str(bound.label): form.data[bound.html_name] for bound in shown if form.data[bound.html_name]}
