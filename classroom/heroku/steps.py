"""The steps of a rehearsal: what each printed, how long it took, how it ended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One step of a rehearsal.

    name: what was done; seconds: how long it took.
    result: what came of it, in a few words; empty if the step failed.
    output: what was printed meanwhile, here and there in the platform's words.
    advice: what to do, if the step failed; empty if it did not.
    """

    name: str
    seconds: float
    result: str
    output: str
    advice: str = ""

    @property
    def ok(self) -> bool:
        """Whether the step did not fail."""
        return not self.advice

    def last_lines(self, count: int = 40) -> list[str]:
        """Return the end of the output."""
        return self.output.splitlines()[-count:]


@dataclass
class Rehearsal:
    """A rehearsal, as far as it went: it ends with the first step that fails.

    section: the number, such as "07".
    steps: what was done, in this order.
    """

    section: str
    steps: list[Step] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether no step failed."""
        return all(step.ok for step in self.steps)


class StepFailed(Exception):
    """The rehearsal cannot go on; the text says what to do."""


class Listener:
    """Somebody who is told how a rehearsal goes; this one does nothing with it."""

    def note(self, text: str) -> None:
        """Take a sentence that is to be read before anything begins."""

    def begin(self, name: str) -> None:
        """Take the name of the step that begins."""

    def progress(self, text: str) -> None:
        """Take a line about how far the step is."""

    def end(self, step: Step) -> None:
        """Take a step that has ended."""


class Log:
    """The lines of a step, without what is secret or stands only on this machine.

    masks: what to write for such texts.
    listener: who is shown each line, while the step goes on.
    result: what came of the step, in a few words.
    """

    def __init__(self, masks: dict[str, str], listener: Listener) -> None:
        self.lines: list[str] = []
        self.result = ""
        self.masks = masks
        self.listener = listener

    def add(self, text: str) -> None:
        """Add a line, or several."""
        for secret, name in self.masks.items():
            text = text.replace(secret, name)
        self.lines += text.splitlines() or [""]
        self.listener.progress(self.lines[-1])


class Recorder:
    """Whoever carries out a rehearsal notes its steps here.

    masks: texts that are not to be shown, and what to show instead; more may be added.
    """

    def __init__(self, rehearsal: Rehearsal, listener: Listener) -> None:
        self.rehearsal = rehearsal
        self.listener = listener
        self.masks: dict[str, str] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Log]:
        """Time a step, and keep what it adds to its log, also if StepFailed ends it."""
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
