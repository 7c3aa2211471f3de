"""Addresses of this floor."""

from django.urls import URLPattern, path

from funding.views import budget, budget_import, budget_movements, disbursements, programmes, runs, year_end

app_name = "funding"
urlpatterns: list[URLPattern] = [
    path("programme/", programmes.programme_list, name="programme_list"),
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
    path("haushalt/<int:pk>/", budget.line_page, name="budget_line"),
    path("haushalt/<int:pk>/buchen/<slug:verb>/", budget_movements.movement, name="budget_movement"),
    path("haushalt/<int:pk>/genehmigen/", budget.approve, name="budget_approve"),
    path("haushalt/einlesen/", budget_import.budget_import, name="budget_import"),
    path("haushalt/einlesen/vorlage.csv", budget_import.template, {"kind": "csv"}, name="budget_template_csv"),
    path("haushalt/einlesen/vorlage.xlsx", budget_import.template, {"kind": "xlsx"}, name="budget_template_xlsx"),
    path("haushalt/haushalt.csv", budget_import.export, {"kind": "csv"}, name="budget_csv"),
    path("haushalt/haushalt.xlsx", budget_import.export, {"kind": "xlsx"}, name="budget_xlsx"),
    path("haushalt/buchungen/", budget.bookings, name="bookings"),
    path("haushalt/jahr/", year_end.current, name="year_end_current"),
    path("haushalt/jahr/<int:year>/abschluss/", year_end.overview, name="year_end"),
    path("haushalt/jahr/<int:year>/abschluss/festlegungen/", year_end.commitments, name="year_end_commitments"),
    path("haushalt/jahr/<int:year>/abschluss/rest/<int:pk>/", year_end.rest, name="year_end_rest"),
    path("haushalt/jahr/<int:year>/abschluss/folgejahr/", year_end.lay_out, name="year_end_lay_out"),
    path("haushalt/jahr/<int:year>/abschluss/abschliessen/", year_end.close, name="year_end_close"),
]
