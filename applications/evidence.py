"""Which documents an application needs: little money asks for little paper, as the programme's tiers say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from applications.models import Application, Attachment, EvidenceTier, Organisation
from funding.models import Programme


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A document that is needed, and the sentence where it is missing."""

    kind: str
    name: str
    sentence: str


def tiers_of(programme: Programme) -> list[EvidenceTier]:
    return list(EvidenceTier.objects.filter(programme=programme))


def required(application: Application, *, requested: Decimal) -> list[str]:
    """The documents that are needed, in words, for whoever is about to upload them."""
    return [proof.name for proof in needed(application, requested=requested)]


def needed(application: Application, *, requested: Decimal) -> list[Proof]:
    """Without tiers of the programme: the statutes. Only associations have any."""
    has_statutes = application.organisation.kind == Organisation.Kind.ASSOCIATION
    known = application.known_tiers
    tiers = tiers_of(application.round.programme) if known is None else known
    if tiers:
        due = [tier for tier in tiers if requested >= tier.from_amount]
        return [_proof(tier) for tier in due if tier.kind != Attachment.Kind.STATUTES or has_statutes]
    if not has_statutes:
        return []
    statutes = Attachment.Kind.STATUTES
    return [Proof(kind=statutes, name=str(statutes.label), sentence=_("Es fehlt die Satzung Ihres Vereins."))]


def _proof(tier: EvidenceTier) -> Proof:
    name = f"{tier.get_kind_display()} ({tier.hint})" if tier.hint else tier.get_kind_display()
    return Proof(kind=tier.kind, name=name, sentence=_("Es fehlt eine Unterlage: %(what)s") % {"what": name})
