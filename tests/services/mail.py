"""A real mail server on this machine that keeps what it is given."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """``messages`` in the order of arrival; set ``answer`` to something like "451 later" to refuse what comes."""

    host: str = "127.0.0.1"
    port: int = 0
    answer: str = "250 OK"
    messages: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            message = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
            assert isinstance(message, EmailMessage)
            message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
            self.messages.append(message)
        return self.answer

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    def to(self, recipient: str) -> list[EmailMessage]:
        return [message for message in self.messages if recipient in message["X-Envelope-To"]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer(port=free_port())
    controller = Controller(server, hostname=server.host, port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
