"""Addresses of votes, resolutions, the tasks they leave, and jobs."""

from django.urls import URLPattern, path

from workflow.views import bulk, register, votes

urlpatterns: list[URLPattern] = [
    path("beschluesse/", register.register, name="resolutions"),
    path("beratungen/<int:pk>/", votes.consultation, name="consultation"),
    path("beratungen/<int:pk>/ergebnis/", votes.record, name="vote"),
    path("beratungen/<int:pk>/berichtigen/", votes.correct, name="vote_correct"),
    path("beratungen/<int:pk>/umsetzen/", bulk.carry_out, name="carry_out"),
    path("beratungen/<int:pk>/aufgaben/neu/", votes.follow_up_new, name="follow_up_new"),
    path("beschlussaufgaben/<int:pk>/erledigt/", votes.follow_up_done, name="follow_up_done"),
    path("entscheidungen/gemeinsam/", bulk.decide, name="bulk_decide"),
    path("sammelschritte/summe/", bulk.chosen_sum, name="bulk_sum"),
    path("sammelschritte/<str:step>/", bulk.choose, name="bulk_step"),
    path("auftraege/<uuid:key>/", bulk.job, name="job"),
]
