"""Runs several programs as one: starts them in order, stops them in reverse, and leaves none behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

PR_SET_PDEATHSIG = 1
GRACE = 15.0
"""Seconds that a program has to end by itself after SIGTERM."""


@dataclass(frozen=True)
class Program:
    """One child: how it is called, and how to see that it is up (asked until it says yes, for ``patience`` seconds)."""

    name: str
    command: Sequence[str]
    is_up: Callable[[], bool] = lambda: True
    patience: float = 60.0


def die_with(parent: int) -> Callable[[], None]:
    """To be called in the child: the kernel ends it when its parent ends, even by kill -9 (Linux alone can do that)."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def before_exec() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return before_exec


@dataclass
class Supervisor:
    """Call ``run``; it comes back when a signal came or a program ended by itself."""

    environment: dict[str, str]
    say: Callable[[str], object] = print
    _running: list[tuple[Program, subprocess.Popen[bytes]]] = field(default_factory=list)
    _stopping: bool = False

    def run(self, stages: Sequence[Sequence[Program]], *, when_up: Callable[[], None]) -> int:
        """A stage starts when all of the one before it is up; within a stage all start at once.

        Returns 0 after Ctrl-C or SIGTERM; 1 when a program did not come up or ended without being asked.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            failed = next(filter(None, map(self._start, stages)), "")
            if not failed and not self._stopping:
                when_up()
                failed = self._watch()
        finally:
            self._stop_all()
        if failed:
            self.say(f"„{failed}“ ist nicht gestartet oder hat sich beendet; alles andere ist angehalten.")
        return 1 if failed else 0

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _start(self, stage: Sequence[Program]) -> str:
        """The name of the first program that did not come up; empty when all did."""
        if self._stopping:
            return ""
        children = [(program, self._spawn(program)) for program in stage]
        self._running += children
        return next((program.name for program, child in children if not self._comes_up(program, child)), "")

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        """An own session for each, so that Ctrl-C reaches the supervisor alone, which then stops them in order."""
        return subprocess.Popen(
            program.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - started from the only thread
        )

    def _comes_up(self, program: Program, child: subprocess.Popen[bytes]) -> bool:
        until = time.monotonic() + program.patience
        while time.monotonic() < until and child.poll() is None and not self._stopping:
            if program.is_up():
                return True
            time.sleep(0.1)
        return self._stopping

    def _watch(self) -> str:
        """The name of the program that ended by itself; empty when somebody asked to stop."""
        while not self._stopping:
            for program, child in self._running:
                if child.poll() is not None:
                    return program.name
            time.sleep(0.2)
        return ""

    def _stop_all(self) -> None:
        for _program, child in reversed(self._running):
            self._stop(child)
        self._running.clear()

    def _stop(self, child: subprocess.Popen[bytes]) -> None:
        if child.poll() is None:
            child.terminate()
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        self._sweep(child.pid)

    def _sweep(self, group: int) -> None:
        """What a program started itself and left behind lives in its session's group."""
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            return
