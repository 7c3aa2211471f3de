"""Forms of the committee office: a body, a member, a sitting, its agenda."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workflow.forms import fields
from workflow.models import Body, BodyMember, Consultation, Session

YES_NO = (("yes", _("öffentlich")), ("no", _("nichtöffentlich")))


def public_field(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Bitte wählen Sie öffentlich oder nichtöffentlich."),
            "invalid_choice": _("Bitte wählen Sie öffentlich oder nichtöffentlich."),
        },
    )


def said(is_public: bool) -> str:
    return "yes" if is_public else "no"


def short(
    label: Any, *, missing: Any = "", limit: int = 120, help_text: Any = "", is_brief: bool = False
) -> forms.CharField:
    """A line of text; a brief one has a short field."""
    return forms.CharField(
        label=label,
        max_length=limit,
        required=bool(missing),
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"} | ({"class": "ft-short"} if is_brief else {})),
        error_messages={
            "required": missing,
            "max_length": _("Der Text ist zu lang. Möglich sind %(limit_value)s Zeichen."),
        },
    )


class BodyForm(forms.Form):
    name = short(_("Name"), missing=_("Bitte schreiben Sie den Namen des Gremiums."))
    place = short(_("Sitzungsort"), help_text=_("Er wird bei neuen Sitzungen vorgeschlagen."))
    is_public = public_field(_("Sitzungen"))
    use_required_attribute = False

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        known = {"name": body.name, "place": body.place, "is_public": said(body.is_public)}
        super().__init__(*args, **{"initial": known, **kwargs})

    def data_for_body(self) -> dict[str, Any]:
        return {**self.cleaned_data, "is_public": self.cleaned_data["is_public"] == "yes"}


class MemberForm(forms.Form):
    name = short(_("Name"), missing=_("Bitte schreiben Sie den Namen."), limit=160)
    has_vote = forms.ChoiceField(
        label=_("Aufgabe"),
        choices=(("yes", _("stimmt ab")), ("no", _("berät, ohne abzustimmen"))),
        widget=forms.RadioSelect,
        initial="yes",
        error_messages={"required": _("Bitte wählen Sie, ob die Person abstimmt.")},
    )
    since = fields.day(_("Mitglied seit"))
    until = fields.day(_("Mitglied bis"), help_text=_("Leer, solange die Person Mitglied ist."))
    email = forms.EmailField(
        label=_("Zugang hier"),
        required=False,
        help_text=_("E-Mail-Adresse, falls die Person hier einen Zugang hat. So fällt ein Mitwirkungsverbot auf."),
        error_messages={"invalid": _("Bitte schreiben Sie die ganze Adresse, zum Beispiel name@landkreis.example.")},
    )
    use_required_attribute = False

    def __init__(self, *args: Any, member: BodyMember | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": _known(member) if member else {}, **kwargs})
        self.fields["until"].required = False

    def clean_email(self) -> UUID | None:
        """The key of the account."""
        address = self.cleaned_data["email"]
        if not address:
            return None
        user = User.objects.filter(email__iexact=address, is_active=True).only("key").first()
        if user is None:
            raise forms.ValidationError(_t("Mit dieser Adresse gibt es hier keinen Zugang."))
        key: UUID = user.key
        return key

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _t("Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Tage."))
        return data

    def data_for_member(self) -> dict[str, Any]:
        data = {name: self.cleaned_data[name] for name in ("name", "since", "until")}
        return {**data, "has_vote": self.cleaned_data["has_vote"] == "yes", "user_key": self.cleaned_data["email"]}


def _known(member: BodyMember) -> dict[str, Any]:
    user = User.objects.filter(key=member.user_key).only("email").first() if member.user_key else None
    return {
        "name": member.name,
        "has_vote": said(member.has_vote),
        "since": member.since,
        "until": member.until,
        "email": user.email if user else "",
    }


class SessionForm(forms.Form):
    body = forms.ModelChoiceField(
        Body.objects.all(),
        label=_("Gremium"),
        empty_label=_("Bitte wählen"),
        error_messages={
            "required": _("Bitte wählen Sie das Gremium."),
            "invalid_choice": _("Bitte wählen Sie ein Gremium aus der Liste."),
        },
    )
    held_on = fields.day(_("Tag"))
    starts_at = forms.TimeField(
        label=_("Beginn"),
        required=False,
        input_formats=["%H:%M", "%H.%M", "%H"],
        help_text=_("Zum Beispiel 16:00"),
        widget=forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off", "class": "ft-short"}),
        error_messages={"invalid": _("Bitte schreiben Sie die Uhrzeit so: 16:00.")},
    )
    place = short(_("Ort"))
    is_public = public_field(_("Die Sitzung ist"))
    use_required_attribute = False

    def __init__(self, *args: Any, session: Session | None = None, body: Body | None = None, **kwargs: Any) -> None:
        known: dict[str, Any] = {}
        if session is not None:
            known = {name: getattr(session, name) for name in ("held_on", "starts_at", "place")}
            known["is_public"] = said(session.is_public)
        elif body is not None:
            known = {"body": body.pk, "place": body.place, "is_public": said(body.is_public)}
        super().__init__(*args, **{"initial": known, **kwargs})
        if session is not None:
            del self.fields["body"]

    def data_for_session(self) -> dict[str, Any]:
        wanted = {name: self.cleaned_data[name] for name in ("held_on", "starts_at", "place")}
        return {**wanted, "is_public": self.cleaned_data["is_public"] == "yes"}


class CancelForm(forms.Form):
    reason = fields.text(
        _("Warum fällt die Sitzung aus?"), missing=_("Bitte schreiben Sie, warum."), rows=3, limit=1000
    )
    use_required_attribute = False


class AgendaForm(forms.Form):
    """A field for the TOP of each item; what waits for a sitting has a box to put it on this one."""

    use_required_attribute = False

    def __init__(self, *args: Any, items: list[Consultation], waiting: list[Consultation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items, self.waiting = items, waiting
        for item in items:
            self.fields[f"top-{item.pk}"] = _top(item, initial=item.item)
        for item in waiting:
            words = {"number": item.paper.number, "subject": item.paper.subject}
            self.fields[f"on-{item.pk}"] = forms.BooleanField(
                label=_t("%(number)s auf die Tagesordnung: %(subject)s") % words, required=False
            )
            self.fields[f"top-{item.pk}"] = _top(item, initial="")

    def rows(self) -> list[tuple[Consultation, Any]]:
        return [(item, self[f"top-{item.pk}"]) for item in self.items]

    def waiting_rows(self) -> list[tuple[Consultation, Any, Any]]:
        return [(item, self[f"on-{item.pk}"], self[f"top-{item.pk}"]) for item in self.waiting]

    def chosen(self) -> dict[int, str]:
        """Item → TOP, for all that stand on the agenda afterwards."""
        data = self.cleaned_data
        kept = [item for item in self.items if not item.outcome]
        added = [item for item in self.waiting if data[f"on-{item.pk}"]]
        return {item.pk: data[f"top-{item.pk}"].strip() for item in [*kept, *added]}


def _top(item: Consultation, *, initial: str) -> forms.CharField:
    field = short(_t("TOP für %(number)s") % {"number": item.paper.number}, limit=12, is_brief=True)
    field.initial, field.disabled = initial, bool(item.outcome)
    return field
