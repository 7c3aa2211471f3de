"""Addresses of this floor."""

from django.urls import URLPattern, path

from funding.views import budget, disbursements, programmes, runs

app_name = "funding"
urlpatterns: list[URLPattern] = [
    path("programme/", programmes.programme_list, name="programme_list"),
    path("programme/<slug:slug>/", programmes.programme, name="programme"),
    path("auszahlungen/", disbursements.disbursement_list, name="disbursement_list"),
    path("auszahlungen/export.csv", disbursements.export, {"kind": "csv"}, name="disbursement_csv"),
    path("auszahlungen/export.xlsx", disbursements.export, {"kind": "xlsx"}, name="disbursement_xlsx"),
    path("auszahlungen/<int:pk>/", disbursements.disbursement, name="disbursement"),
    path(
        "auszahlungen/<str:key>/schritt/<str:name>/",
        disbursements.DisbursementStepView.as_view(),
        name="disbursement_step",
    ),
    path(
        "rueckforderungen/<str:key>/schritt/<str:name>/", disbursements.ClawbackStepView.as_view(), name="clawback_step"
    ),
    path("zahlungslaeufe/", runs.run_list, name="run_list"),
    path("zahlungslaeufe/<str:number>/", runs.run, name="run"),
    path("zahlungslaeufe/<str:number>/freigeben/", runs.release, name="run_release"),
    path("zahlungslaeufe/<str:number>/zurueckgeben/", runs.give_back, name="run_return"),
    path("zahlungslaeufe/<str:number>/exportieren/", runs.export, name="run_export"),
    path("zahlungslaeufe/<str:number>/ausgefuehrt/", runs.execute, name="run_execute"),
    path("zahlungslaeufe/<str:number>/sepa.xml", runs.sepa_file, name="run_sepa"),
    path("haushalt/", budget.budget, name="budget"),
    path("haushalt/neu/", budget.new_line, name="budget_new"),
    path("haushalt/<int:pk>/nachtrag/", budget.supplement, name="budget_supplement"),
    path("haushalt/<int:pk>/genehmigen/", budget.approve, name="budget_approve"),
    path("haushalt/buchungen/", budget.bookings, name="bookings"),
]
