"""Addresses of this floor."""

from django.urls import URLPattern, path

from workflow.views import (
    administration_urls,
    case,
    committee,
    counter,
    decision,
    desk,
    documents,
    log,
    overview,
    steps,
)

app_name = "workflow"
urlpatterns: list[URLPattern] = [
    *administration_urls.urlpatterns,
    path("antraege/", counter.my_applications, name="my_applications"),
    path("antraege/<uuid:key>/", counter.my_case, name="my_case"),
    path("antraege/<uuid:key>/einreichen/", counter.file, name="file"),
    path("antraege/<uuid:key>/eingangsbestaetigung/", counter.receipt, name="receipt"),
    path("antraege/<uuid:key>/bescheid/", counter.my_notice, name="my_notice"),
    path("antraege/<uuid:key>/auszahlung/", counter.request_payment, name="request_payment"),
    path("heute/", desk.today, name="today"),
    path("vorgaenge/", desk.case_list, name="case_list"),
    path("vorgaenge/<int:key>/schritt/<str:name>/", steps.CaseStepView.as_view(), name="case_step"),
    path("vorgaenge/<str:reference>/", case.case, name="case"),
    path("vorgaenge/<str:reference>/pruefpunkte/<int:pk>/", case.tick, name="tick"),
    path("vorgaenge/<str:reference>/uebernehmen/", case.assign, name="assign"),
    path("vorgaenge/<str:reference>/entscheiden/", decision.DecideView.as_view(), name="decide"),
    path("vorgaenge/<str:reference>/bescheid/", documents.notice, name="notice"),
    path("vorgaenge/<str:reference>/dokumente/<int:pk>/", documents.document, name="document"),
    path("bescheide/<int:key>/schritt/<str:name>/", steps.AwardStepView.as_view(), name="award_step"),
    path("entscheidungen/", decision.decision_list, name="decisions"),
    path("gremien/", committee.committee, name="committee"),
    path("uebersicht/", overview.page, name="overview"),
    path("uebersicht/export.csv", overview.export, {"kind": "csv"}, name="overview_csv"),
    path("uebersicht/export.xlsx", overview.export, {"kind": "xlsx"}, name="overview_xlsx"),
    path("uebersicht/export.json", overview.export, {"kind": "json"}, name="overview_json"),
    path("uebersicht/projekte.csv", overview.funded_csv, name="funded_csv"),
    path("protokoll/", log.log, name="log"),
]
