"""Addresses of this floor."""

from django.urls import URLPattern, path

from applications.views import (
    account,
    attachments,
    begin,
    drafts,
    fit,
    invitation,
    late,
    members,
    organisation,
    steps,
    transfer,
    vault,
)

app_name = "applications"
urlpatterns: list[URLPattern] = [
    path("verein/", organisation.overview, name="organisation"),
    path("verein/neu/", organisation.new, name="organisation_new"),
    path("verein/bank/", account.bank, name="bank"),
    path("verein/<uuid:key>/", organisation.edit, name="organisation_edit"),
    path("verein/<uuid:key>/mitglieder/", members.members, name="members"),
    path("verein/<uuid:key>/mitglieder/einladen/", members.invite, name="member_invite"),
    path("verein/<uuid:key>/mitglieder/uebergabe/", members.hand_over, name="hand_over"),
    path("verein/<uuid:key>/mitglieder/verlassen/", members.leave, name="leave"),
    path("verein/<uuid:key>/mitglieder/zweite-unterschrift/", members.second_signature, name="second_signature"),
    path("verein/<uuid:key>/mitglieder/<int:pk>/", members.rights, name="member"),
    path("verein/<uuid:key>/mitglieder/<int:pk>/beenden/", members.end, name="member_end"),
    path("verein/<uuid:key>/einladungen/<int:pk>/erneut/", members.resend, name="invitation_resend"),
    path("verein/<uuid:key>/einladungen/<int:pk>/zurueckziehen/", members.revoke, name="invitation_revoke"),
    path("verein/<uuid:key>/verlauf/", members.history, name="organisation_history"),
    path("verein/<uuid:key>/konto/", account.account, name="account"),
    path("verein/<uuid:key>/konto/zurueckziehen/", account.withdraw, name="account_withdraw"),
    path("verein/<uuid:key>/unterlagen/", vault.documents, name="vault"),
    path("verein/<uuid:key>/unterlagen/<uuid:document>/", vault.document, name="vault_document"),
    path("verein/<uuid:key>/unterlagen/<uuid:document>/entfernen/", vault.remove, name="vault_remove"),
    path("einladung/<slug:secret>/", invitation.invitation, name="invitation"),
    path("dateien/verein/<uuid:key>/", vault.kept_file, name="kept_file"),
    path("programme/<slug:slug>/passt-das/", fit.fit, name="fit"),
    path("nachfrist/<uuid:key>/", late.late, name="late"),
    path("programme/<slug:slug>/antrag/", begin.create, name="create"),
    path("antraege/<uuid:key>/schritt/<slug:step>/", steps.step, name="step"),
    path("programme/<slug:slug>/antrag/datei/", transfer.bring_new, name="import_new"),
    path("antraege/<uuid:key>/datei/", transfer.export, name="export"),
    path("antraege/<uuid:key>/datei/einlesen/", transfer.bring, name="import"),
    path("antraege/<uuid:key>/vorlage/", drafts.copy, name="copy"),
    path("antraege/<uuid:key>/loeschen/", drafts.discard, name="discard"),
    path("antraege/<uuid:key>/schritt/<slug:step>/anwesend/", steps.here, name="here"),
    path("dateien/<uuid:key>/", attachments.attachment, name="attachment"),
]
