"""Letters leave exactly once, are tried again, give up in sight, and carry clean headers: over real SMTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from journal import outbox, tasks
from journal.models import Message
from journal.outbox import Letter
from tests.services import processes
from tests.services.mail import MailServer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SENT, QUEUED, SENDING, FAILED = (Message.Status(name) for name in ("sent", "queued", "sending", "failed"))


def letter(number: int = 1, **more: object) -> Letter:
    usual = {
        "to": f"person{number}@demo.example",
        "to_key": uuid4(),
        "language": "de",
        "subject": f"Ihr Antrag INT-2026-{number:04d} ist eingegangen",
        "body": "Guten Tag,\n\nschöne Grüße „vom Deich“.\n",
    }
    return Letter(**(usual | more))  # type: ignore[arg-type]


def put(number: int = 1, **more: object) -> Message:
    return outbox.put(letter(number, **more), key=f"news:{number}", kind="news", thread="INT-2026-0001", at=NOW)


def at_once(*jobs: Callable[[], object]) -> None:
    """Runs the jobs in threads that begin together, each with a connection of its own."""
    gate = Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        gate.wait()
        try:
            job()
        finally:
            connection.close()

    threads = [Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def addressees(server: MailServer) -> list[str]:
    return sorted(message["X-Envelope-To"] for message in server.messages)


# Once


@pytest.mark.django_db
def test_news_queued_twice_is_queued_once() -> None:
    first = letter()
    for _ in range(2):
        outbox.put(first, key="news:1", kind="news", thread="INT-2026-0001", at=NOW)
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_row_for_the_same_news() -> None:
    message = put()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(
            key=message.key, kind="news", recipient=message.recipient, created_at=NOW, send_after=NOW
        )


@pytest.mark.django_db
@pytest.mark.parametrize("key", [None, "person"], ids=["address only", "person"])
def test_two_readers_with_long_addresses_are_two_readers(key: str | None) -> None:
    for name in ("one", "two"):
        address = f"{'very.' * 11}{name}@{'long.' * 35}demo.example"
        outbox.put(letter(to=address, to_key=uuid4() if key else None), key="k" * 120, kind="news", thread="", at=NOW)
    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_letter_once(smtp_server: MailServer) -> None:
    expected = sorted(put(number).recipient for number in range(12))
    at_once(*[lambda: outbox.deliver(now=NOW)] * 3)
    assert addressees(smtp_server) == expected
    assert set(Message.objects.values_list("status", "attempts")) == {(SENT, 1)}


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_send_each_letter_once(smtp_server: MailServer) -> None:
    expected = sorted(put(number).recipient for number in range(30))
    script = "import django; django.setup(); from journal.tasks import deliver_outbox; deliver_outbox()"
    env = processes.environment(EMAIL_URL=smtp_server.url)
    programs = [subprocess.Popen([sys.executable, "-c", script], cwd=processes.ROOT, env=env) for _ in range(2)]
    assert [program.wait(60) for program in programs] == [0, 0]
    assert addressees(smtp_server) == expected


@pytest.mark.django_db(transaction=True)
def test_a_celery_worker_delivers_what_lies_in_the_outbox(
    smtp_server: MailServer, celery_worker_process: dict[str, str]
) -> None:
    message = put()
    tasks.deliver_outbox.delay()
    assert processes.until(lambda: smtp_server.to(message.recipient))
    assert processes.until(lambda: Message.objects.get().status == SENT)
    assert [mail["Subject"] for mail in smtp_server.messages] == [message.subject]


# Again


@pytest.mark.django_db
def test_a_refused_letter_waits_longer_each_time_and_fails_in_sight_in_the_end(smtp_server: MailServer) -> None:
    smtp_server.answer = "451 later"
    put()
    waits, now = [], NOW
    while Message.objects.get().status == QUEUED:
        assert outbox.deliver(now=now) == 0
        waits.append(Message.objects.get().send_after - now)
        assert outbox.deliver(now=now) == 0, "not before its time"
        now = Message.objects.get().send_after
    message = Message.objects.get()
    assert waits == [timedelta(minutes=2**n) for n in range(1, outbox.ATTEMPTS + 1)]
    assert (message.status, message.attempts, message.sent_at) == (FAILED, outbox.ATTEMPTS, None)
    assert "451" in message.error
    smtp_server.answer = "250 OK"
    assert outbox.deliver(now=now + timedelta(days=1)) == 0


@pytest.mark.django_db
def test_after_the_mail_server_is_back_the_letter_leaves_and_the_error_is_gone(smtp_server: MailServer) -> None:
    smtp_server.answer = "451 later"
    put()
    outbox.deliver(now=NOW)
    smtp_server.answer = "250 OK"
    assert outbox.deliver(now=NOW + timedelta(minutes=2)) == 1
    message = Message.objects.get()
    assert (message.status, message.attempts, message.error) == (SENT, 2, "")
    assert message.sent_at == NOW + timedelta(minutes=2)


@pytest.mark.django_db
def test_one_letter_that_cannot_be_sent_holds_up_no_other(smtp_server: MailServer) -> None:
    put(1, to="not an address\nBcc: thief@demo.example")
    put(2)
    assert outbox.deliver(now=NOW) == 1
    assert addressees(smtp_server) == ["person2@demo.example"]
    assert Message.objects.get(status=QUEUED).error


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("claimed_before", "attempts", "status", "sent"),
    [
        (timedelta(minutes=9), 1, SENDING, 0),
        (timedelta(minutes=11), 1, SENT, 1),
        (timedelta(minutes=11), outbox.ATTEMPTS, FAILED, 0),
    ],
    ids=["still being sent", "its worker died", "it kills its workers"],
)
def test_a_stale_claim_is_taken_up_by_another_worker(
    smtp_server: MailServer, claimed_before: timedelta, attempts: int, status: str, sent: int
) -> None:
    put()
    Message.objects.update(status=SENDING, claimed_at=NOW - claimed_before, attempts=attempts)
    assert outbox.deliver(now=NOW) == sent == len(smtp_server.messages)
    assert Message.objects.get().status == status


@pytest.mark.django_db
def test_the_task_empties_more_than_one_batch_and_gives_up_when_nothing_gets_through(smtp_server: MailServer) -> None:
    for number in range(2 * outbox.BATCH + 5):
        put(number)
    assert tasks.deliver_outbox() == 2 * outbox.BATCH + 5
    smtp_server.answer = "451 later"
    put(99)
    assert tasks.deliver_outbox() == 0


@pytest.mark.django_db
def test_a_letter_taken_back_does_not_leave_and_one_that_left_stays_on_record(smtp_server: MailServer) -> None:
    put(1)
    outbox.deliver(now=NOW)
    put(2)
    assert [outbox.recall(f"news:{number}:") for number in (1, 2)] == [0, 1]
    assert outbox.deliver(now=NOW) == 0
    assert Message.objects.get().status == SENT


# Headers


@pytest.mark.django_db
def test_headers_name_language_and_charset_and_keep_robots_quiet(smtp_server: MailServer) -> None:
    message = put(language="en")
    outbox.deliver(now=NOW)
    (mail,) = smtp_server.messages
    assert mail["Content-Language"] == "en"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].startswith(f"<outbox-{message.pk}@")
    assert mail.get_content().replace("\r\n", "\n").strip() == message.body.strip()


@pytest.mark.django_db
@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r", "\x0b", "\u2028", "\x85"], ids=repr)
def test_a_subject_cannot_bring_headers_of_its_own(smtp_server: MailServer, break_: str) -> None:
    put(subject=f"Ihr Antrag{break_}Bcc: thief@demo.example")
    assert outbox.deliver(now=NOW) == 1
    (mail,) = smtp_server.messages
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Ihr Antrag Bcc: thief@demo.example"
    assert addressees(smtp_server) == ["person1@demo.example"]


@pytest.mark.django_db
def test_a_second_try_has_the_same_message_id_so_that_a_server_can_drop_it(smtp_server: MailServer) -> None:
    put()
    outbox.deliver(now=NOW)
    Message.objects.update(status=SENDING, claimed_at=NOW)
    outbox.deliver(now=NOW + timedelta(hours=1))
    first, second = smtp_server.messages
    assert first["Message-ID"] == second["Message-ID"]
