"""The steps of a rehearsal: their output, duration and result."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One step of a rehearsal.

    name: what is done; seconds: how long it took.
    result: the result in a few words; empty if the step failed.
    output: what was printed, by programs and by the platform.
    advice: what to do if the step failed; empty if it did not.
    """

    name: str
    seconds: float
    result: str
    output: str
    advice: str = ""

    @property
    def ok(self) -> bool:
        """Whether the step succeeded."""
        return not self.advice

    def last_lines(self, count: int = 40) -> list[str]:
        """Return the end of the output."""
        return self.output.splitlines()[-count:]


@dataclass
class Rehearsal:
    """A rehearsal, which ends with the first step that fails.

    section: the number, such as "07".
    steps: the steps so far, in order.
    """

    section: str
    steps: list[Step] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether no step failed."""
        return all(step.ok for step in self.steps)


class StepFailed(Exception):
    """The rehearsal cannot continue; the message says what to do."""


class Listener:
    """Is notified of the progress of a rehearsal; this base class ignores it."""

    def note(self, sentence: str) -> None:
        """Receive a sentence for the user, before the first step."""

    def begin(self, name: str) -> None:
        """Receive the name of a step that begins."""

    def progress(self, line: str) -> None:
        """Receive a line about the progress of the step."""

    def end(self, step: Step) -> None:
        """Receive a step that has ended."""


class Log:
    """The output of a step, without secrets and paths of this machine.

    masks: the replacements for these.
    listener: receives each line while the step is running.
    result: the result of the step in a few words.
    """

    def __init__(self, masks: dict[str, str], listener: Listener) -> None:
        self.lines: list[str] = []
        self.result = ""
        self.masks = masks
        self.listener = listener

    def add(self, output: str) -> None:
        """Add a line, or several."""
        for secret, name in self.masks.items():
            output = output.replace(secret, name)
        self.lines += output.splitlines() or [""]
        self.listener.progress(self.lines[-1])


class Recorder:
    """Records the steps of a rehearsal.

    masks: strings that must not be shown, with their replacements; more may be added.
    """

    def __init__(self, rehearsal: Rehearsal, listener: Listener) -> None:
        self.rehearsal = rehearsal
        self.listener = listener
        self.masks: dict[str, str] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Log]:
        """Time a step, and record its log, also if StepFailed ends it."""
        log, failure = Log(self.masks, self.listener), None
        self.listener.begin(name)
        start = time.monotonic()
        try:
            yield log
        except StepFailed as error:
            failure = error
        seconds = time.monotonic() - start
        advice = str(failure or "")
        step = Step(name, seconds, log.result, "\n".join(log.lines), advice)
        self.rehearsal.steps.append(step)
        self.listener.end(step)
        if failure:
            raise failure
