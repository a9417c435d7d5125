"""The findings of a check."""

from dataclasses import dataclass, field
from html import escape

from requests import Response


@dataclass(frozen=True)
class Finding:
    """One thing that an exercise asks for.

    done: whether it is done.
    text: what it is, with a hint on how to do it.
    reply: the response that shows it, if there is one.
    """

    done: bool
    text: str
    reply: Response | None = field(default=None, compare=False)


class Findings(list[Finding]):
    """Everything that an exercise asks for, as a notebook or a terminal shows it."""

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
        marks = [f"{'✓' if f.done else '○'} {f.text}" for f in self]
        return "\n".join([*marks, self.verdict])

    def _repr_html_(self) -> str:
        lines = "".join(
            f'<li style="list-style:none; color:{"#1a7f37" if f.done else "#bc4c00"}">'
            f"{'✓' if f.done else '○'} {escape(f.text)}</li>"
            for f in self
        )
        return f'<ul style="padding-left:0">{lines}</ul><p><b>{self.verdict}</b></p>'
