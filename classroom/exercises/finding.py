"""The findings of a check."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from requests import Response

from classroom.display.colours import GREEN, ORANGE, label


@dataclass(frozen=True)
class Finding:
    """One thing that an exercise asks for.

    done: whether it is done.
    text: what it is, with a hint on how to do it; more lines are details.
    reply: the response that shows it, if there is one.
    """

    done: bool
    text: str
    reply: Response | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Note:
    """Output that is shown below the findings, such as what the code has printed.

    title: what it is; text: the output.
    """

    title: str
    text: str


class Findings(list[Finding]):
    """Everything that an exercise asks for, as a notebook or a terminal shows it.

    notes: what is shown below it.
    """

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        super().__init__(findings)
        self.notes: list[Note] = []

    @property
    def is_done(self) -> bool:
        """Whether all of it is done."""
        return all(finding.done for finding in self)

    @property
    def verdict(self) -> str:
        """A summary in one line."""
        done = sum(finding.done for finding in self)
        if done == len(self):
            return "All done. Well done!"
        return f"{done} of {len(self)} done."

    def __repr__(self) -> str:
        marks = [f"{'✓' if f.done else '○'} {indent(f.text)}" for f in self]
        notes = [f"{note.title}\n{note.text}" for note in self.notes]
        return "\n".join([*marks, self.verdict, *notes])

    def _repr_html_(self) -> str:
        style = "list-style:none; white-space:pre-wrap; margin:2px 0"
        lines = "".join(
            f'<li style="{style}">'
            f"{label('✓', GREEN) if f.done else label('○', ORANGE)} "
            f"{escape(indent(f.text))}</li>"
            for f in self
        )
        notes = "".join(
            f"<p>{escape(note.title)}</p><pre>{escape(note.text)}</pre>"
            for note in self.notes
        )
        verdict = f"<p><b>{self.verdict}</b></p>"
        return f'<ul style="padding-left:0">{lines}</ul>{verdict}{notes}'


def indent(text: str) -> str:
    """Return a text whose lines after the first one are indented."""
    return text.replace("\n", "\n    ")
