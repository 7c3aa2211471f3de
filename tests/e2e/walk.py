"""The natural way of one application, step by step, as people walk it through the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from funding import sepa
from tests.e2e.people import Person
from tests.e2e.stage import Stage
from tests.factories import IBANS

TITLE = "Tür an Tür"
NAME = "Nachbarschaft am Deich e. V. (Demo)"


@dataclass
class Walk:
    """One application. Each method is one step of one person; it ends on the page where that person stands then."""

    stage: Stage
    requested: str = "1.600,00"
    cost: str = "2.000,00"
    own: str = "400,00"
    reference: str = ""
    notice: bytes = b""

    @property
    def mina(self) -> Person:
        return self.stage("mina")

    @property
    def case_path(self) -> str:
        return f"/vorgaenge/{self.reference}/"

    # 1 The public pages and the log-in

    def comes_in(self) -> None:
        mina = self.stage.visitor("mina").open("/")
        mina.sees("Offene Programme", "Integrationsprojekte", "offen bis", "Wiebke Muster")
        mina.follow("Integrationsprojekte").is_told("Integrationsprojekte").sees("Wer sich bewerben kann")
        mina.open("/").follow("Anmelden und Antrag beginnen")
        self.stage.logs_in_by_code("mina").is_told("Meine Anträge")

    # 2 The association writes and files

    def founds_organisation(self) -> None:
        mina = self.mina.follow("Neuen Antrag beginnen").follow("Integrationsprojekte").follow("Antrag beginnen")
        mina.is_told("Wer stellt den Antrag?").tick("Verein oder Verband")
        mina.write(
            {"Name": NAME, "Wer vertritt die Organisation?": "Mina Muster", "Straße und Hausnummer": "Deichweg 1"}
        )
        mina.write({"Postleitzahl": "26446", "Ort": "Friedeburg", "Gemeinde": "Friedeburg", "Kontoinhaber": NAME})
        mina.write({"IBAN": IBANS[1][:-1] + "9"}).press("Speichern und weiter")
        mina.sees("Die IBAN stimmt nicht")
        mina.write({"IBAN": IBANS[1]}).press("Speichern und weiter").sees("Gespeichert. Die Prüfziffern")

    def writes(self) -> None:
        self._project()
        self._goals()
        self._period()
        self._plan()
        self._papers()
        self._declarations()

    def _project(self) -> None:
        mina = self.mina.press("Antrag beginnen").is_told("Vorhaben")
        mina.write({"Name des Projekts": TITLE, "Worum geht es?": "Acht Nachmittage für Nachbarinnen und Nachbarn."})
        mina.write({"Wo findet das Projekt statt?": "Gemeindehaus", "Gemeinde": "Friedeburg"})
        mina.write({"Ansprechperson": "Mina Muster"}).press("Speichern und weiter")

    def _goals(self) -> None:
        mina = self.mina.is_told("Ziele").tick("Begegnung")
        measure = "Zu welcher Maßnahme passt Ihr Projekt am besten?"
        mina.main.get_by_label(measure, exact=True).select_option(index=1)
        mina.write({"Wer soll kommen?": "Menschen, die neu hier wohnen"})
        mina.write({"Wie viele Menschen wollen Sie erreichen?": "40"}).press("Speichern und weiter")

    def _period(self) -> None:
        mina = self.mina.is_told("Zeitraum").write({"Beginn": "01.07.2026", "Ende": "01.06.2026"})
        mina.press("Speichern und weiter").sees("Das Ende liegt vor dem Beginn.")
        mina.write({"Ende": "31.10.2026"}).press("Speichern und weiter")

    def _plan(self) -> None:
        mina = self.mina.is_told("Finanzplan")
        mina.write(
            {"Art": "Honorare", "Wofür": "Kursleitung", "Menge": "1", "Einzelpreis": self.cost}, group="Ausgabe 1"
        )
        mina.write({"Art": "Eigene Mittel", "Woher": "Vereinskasse", "Betrag": "350"}, group="Einnahme 1")
        mina.write({"Betrag": self.requested}, group="Einnahme 2").press("Speichern und weiter")
        mina.sees("Ausgaben und Einnahmen sind noch nicht gleich hoch. Es fehlen 50,00 € Einnahmen.")
        mina.write({"Betrag": self.own}, group="Einnahme 1").press("Speichern und weiter")

    def _papers(self) -> None:
        mina = self.mina.is_told("Unterlagen").upload(self.stage.paper, kind="Satzung")
        mina.sees("Satzung.pdf").press("Speichern und weiter")

    def _declarations(self) -> None:
        self.mina.is_told("Erklärungen").tick_all().press("Speichern und weiter")

    def files(self) -> None:
        mina = self.mina.is_told("Prüfen und einreichen").sees("Alles ist da. Jetzt einreichen?", "1.600,00 €")
        mina.press("Antrag einreichen").is_told(TITLE).sees("Ihr Antrag ist eingegangen. Das Aktenzeichen ist")
        found = re.search(r"INT-2026-\d{4}", mina.main.inner_text())
        assert found
        self.reference = found[0]
        assert mina.fetch("Eingangsbestätigung (PDF)").body().startswith(b"%PDF-")
        assert self.reference in self.stage.last_letter("mina")

    def applies(self) -> Walk:
        self.comes_in()
        self.founds_organisation()
        self.writes()
        self.files()
        return self

    # 3 Check, review, proposal, decision

    def officer_asks(self) -> None:
        officer = self.stage.visitor("caseworker").open("/konto/anmelden/")
        self.stage.logs_in_by_code("caseworker").is_told("Heute")
        officer.sees("Neu eingegangen").follow(TITLE).is_told(TITLE)
        officer.press("Prüfung beginnen").sees("Die Prüfung hat begonnen.")
        self._tick(officer, "fehlt", note="Das Angebot für den Raum fehlt noch.")
        officer.follow("Unterlagen nachfordern").tick("Unterlagen")
        officer.write({"Was fehlt?": "Das Angebot für den Raum"}).press("Unterlagen nachfordern")
        officer.sees("Die Nachforderung ist gesendet.")
        assert "Das Angebot für den Raum" in self.stage.last_letter("mina")

    def _tick(self, officer: Person, result: str, *, note: str = "") -> None:
        """The first point of the checklist that is unfolded."""
        officer.tick(re.compile(f"^{result}$"))
        if note:
            officer.main.get_by_label(re.compile("^Anmerkung")).first.fill(note)
        officer.press("Ergebnis speichern")

    def association_answers(self) -> None:
        mina = self.mina.open("/antraege/").follow("Antwort schreiben").is_told(TITLE).sees("Das Angebot für den Raum")
        mina.follow("Unterlagen ändern").upload(self.stage.paper, kind="Angebot oder Kostenvoranschlag")
        mina.press("Speichern und weiter").follow("Antwort senden")
        mina.write({"Ihre Antwort": "Das Angebot ist jetzt dabei."}).press("Antwort senden")
        mina.sees("Ihre Antwort ist angekommen.")
        assert self.reference in self.stage.last_letter("caseworker")

    def officer_completes(self) -> None:
        officer = self.stage("caseworker").open(self.case_path).sees("Das Angebot ist jetzt dabei.")
        officer.main.get_by_text(re.compile("^Ändern")).first.click()
        self._tick(officer, "in Ordnung")
        for _point in range(self._open_points(officer)):
            self._tick(officer, "in Ordnung")
        officer.press("Zur fachlichen Prüfung geben").sees("Der Antrag ist vollständig.")

    def _open_points(self, officer: Person) -> int:
        return officer.main.get_by_text(re.compile("^Offen:")).count()

    def reviewer_proposes(self) -> None:
        reviewer = self.stage("technical_reviewer").open("/heute/").follow("Mit dem ersten beginnen").is_told(TITLE)
        reviewer.follow("Vorschlag an die Entscheidung geben")
        reviewer.write({"Begründung": "Ein gutes Projekt für die Gemeinde."}).press(
            "Vorschlag an die Entscheidung geben"
        )
        reviewer.sees("1.600,00 € sind vorgeschlagen und vorgemerkt.")

    def checked(self) -> Walk:
        self.officer_asks()
        self.association_answers()
        self.officer_completes()
        self.reviewer_proposes()
        return self

    def decider_approves(self, amount: str = "1.600,00") -> None:
        decider = self.stage("decider").open("/entscheidungen/").sees("Jetzt zu entscheiden")
        decider.follow("Mit dem ersten beginnen").press(f"{amount} € bewilligen")
        decider.sees(f"{amount} € sind bewilligt.")
        self.mina.open("/antraege/").follow(TITLE).sees("Bescheid in Vorbereitung")
        assert "bewilligt" not in self.mina.main.inner_text().lower()

    def decider_offers(self, amount: str) -> None:
        decider = self.stage("decider").open("/entscheidungen/").follow("Mit dem ersten beginnen")
        decider.tick("Einen niedrigeren Betrag anbieten")
        decider.write({"Angebotener Betrag": amount, "Begründung": "Das Geld reicht nicht für alle."})
        decider.press("Betrag anbieten").sees(f"{amount} € sind angeboten.")
        assert amount in self.stage.last_letter("mina")

    def association_accepts(self, amount: str, own: str) -> None:
        mina = self.mina.open("/antraege/").follow("Angebot ansehen").sees(f"Möglich sind bis zu {amount} €")
        mina.follow("Finanzplan ändern").write({"Betrag": own}, group="Einnahme 1")
        mina.write({"Betrag": amount}, group="Einnahme 2").press("Speichern und weiter")
        mina.follow("Angebot annehmen").press("Angebot annehmen").sees(
            f"Ihr Finanzplan über {amount} € ist angekommen."
        )

    def association_accepts_less(self, offered: str, amount: str, own: str) -> None:
        """It first writes too much, reads why not, and then needs less than was offered."""
        mina = self.mina.open("/antraege/").follow("Angebot ansehen").sees("Sie haben drei Wege:")
        mina.follow("Finanzplan ändern").write({"Betrag": self.requested}, group="Einnahme 2")
        mina.press("Speichern und weiter").sees(f"Angeboten sind höchstens {offered} €.")
        mina.write({"Betrag": own}, group="Einnahme 1").write({"Betrag": amount}, group="Einnahme 2")
        mina.press("Speichern und weiter").sees(f"Im Finanzplan stehen jetzt {amount} €.")
        accept = f"Angebot mit {amount} € annehmen"
        mina.follow(accept).press(accept).sees(f"Ihr Finanzplan über {amount} € ist angekommen.")

    def decider_reads(self, offered: str, accepted: str) -> None:
        decider = self.stage("decider").open("/entscheidungen/").follow("Mit dem ersten beginnen")
        decider.sees(f"angeboten {offered} €, angenommen {accepted} €")

    def decider_rejects(self) -> None:
        decider = self.stage("decider").open("/entscheidungen/").follow("Mit dem ersten beginnen")
        decider.tick("Ablehnen").press("Antrag ablehnen").sees("Bitte")
        decider.write({"Begründung": "Das Projekt passt nicht zum Ziel."}).press("Antrag ablehnen")
        decider.sees("Der Antrag ist abgelehnt. Als Nächstes wird der Bescheid erstellt.")
        self.mina.open("/antraege/").follow(TITLE).sees("Bescheid in Vorbereitung")

    # 4 The notice

    def officer_sends_notice(self, letter: str = "Bescheid") -> None:
        officer = self.stage("caseworker").open("/heute/").open(self.case_path)
        officer.follow("Bescheid ansehen und versenden").press("Bescheid erstellen")
        officer.sees("Der Bescheid ist erstellt.")
        self.notice = officer.fetch("Bescheid ansehen (PDF)").body()
        assert self.notice.startswith(b"%PDF-")
        send = re.compile(r"^(Bescheid|Ablehnungsbescheid) versenden$")
        officer.follow(send).press(send).sees("versendet")
        assert self.reference in self.stage.last_letter("mina")

    def officer_notes_notification(self) -> None:
        self.stage.pass_days(5)
        officer = self.stage("caseworker").open(self.case_path)
        officer.press("Bekanntgabe bestätigen").sees("Der Bescheid ist bekannt gegeben.")
        mina = self.mina.open("/antraege/").follow(TITLE).sees("Bewilligt")
        assert mina.fetch("Bescheid (PDF)").body() == self.notice

    def officer_notes_finality(self) -> None:
        self.stage.pass_days(35)
        officer = self.stage("caseworker").open(self.case_path)
        officer.press("Bestandskraft bestätigen").sees("Der Bescheid ist bestandskräftig.")
        assert self.reference in self.stage.last_letter("mina")

    def officer_notes_waiver(self) -> None:
        officer = self.stage("caseworker").open(self.case_path).follow("Rechtsbehelfsverzicht eintragen")
        officer.write({"Verzicht eingegangen am": "05.03.2026"}).press("Rechtsbehelfsverzicht eintragen")
        officer.sees("Der Verzicht ist eingetragen.")

    # 5 The money

    def association_requests(self, amount: str = "1.600,00") -> None:
        mina = self.mina.open("/antraege/").follow(TITLE).follow("Geld anfordern")
        mina.write({"Betrag in Euro": "9.999,00", "Wofür brauchen Sie das Geld in den nächsten Wochen?": "Kursleitung"})
        mina.press("Geld anfordern").sees(amount)
        mina.write({"Betrag in Euro": amount}).press("Geld anfordern").sees(f"{amount} € sind angefordert.")

    def finance_prepares(self, amount: str = "1.600,00") -> None:
        verifier = self.stage("verifier").open("/auszahlungen/").follow(TITLE)
        verifier.press("Sachlich und rechnerisch richtig").sees("Geprüft, anzuordnen")
        authoriser = self.stage("authoriser").open("/auszahlungen/").follow(TITLE)
        authoriser.press(f"{amount} € anordnen").sees("Angeordnet")

    def treasury_pays(self, amount: str = "1.600,00") -> None:
        first = self.stage("treasury").open("/zahlungslaeufe/").press("Zahlungslauf zusammenstellen")
        first.sees("Freigeben muss ihn eine andere Person.").sees_no_button(f"{amount} € freigeben")
        number = first.path.split("/")[2]
        second = self.stage("treasury_two").open("/zahlungslaeufe/").follow(number)
        second.press(f"{amount} € freigeben").sees("sind freigegeben.")
        first.open(f"/zahlungslaeufe/{number}/").press(f"SEPA-Datei über {amount} € erstellen")
        data = first.fetch("SEPA-Datei herunterladen").body()
        sepa.validate(data)
        assert amount.replace(".", "").replace(",", ".").encode() in data
        first.press(f"{amount} € als ausgeführt eintragen").sees("Die Zahlungen sind als ausgeführt gebucht.")

    def association_sees_money(self, amount: str = "1.600,00") -> None:
        mina = self.mina.open("/antraege/").follow(TITLE).sees("Auszahlungen", "Ausgezahlt", f"{amount} €")
        mina.sees("Verlauf")
        assert self.reference in self.stage.last_letter("mina")

    # 6 The annual overview

    def everybody_sees_the_year(self, amount: str = "1.600,00") -> None:
        for name in ("auditor", "budget_officer"):
            self.stage(name).open("/uebersicht/").is_told("Jahresübersicht 2026").sees(f"{amount} €", "Haushaltslinien")
        budget = self.stage("budget_officer").open("/haushalt/").sees("Aufwendung für Koordinierungsstelle")
        budget.open("/haushalt/buchungen/").is_told("Buchungen")
        public = self.stage.visitor("stranger").open("/uebersicht/").sees("Geförderte Projekte", NAME)
        assert public.fetch("CSV").text().count("\n") > 1
