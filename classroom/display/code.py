"""Code with a title, as a notebook, a terminal or GitHub shows it."""

from html import escape

from classroom.display.colours import ADDED, REMOVED


class Code:
    """Code in a language that Jupyter highlights, below a title.

    title: where the code is, in Markdown; language: such as "python" or "sql".
    """

    def __init__(self, title: str, language: str, code: str) -> None:
        self.title, self.language, self.code = title, language, code.rstrip("\n")

    def __repr__(self) -> str:
        return f"{self.title.replace('`', '')}:\n\n{self.code}\n"

    def _repr_markdown_(self) -> str:
        return f"{self.title}:\n\n```{self.language}\n{self.code}\n```"


class Diff:
    """The changed lines of a file, in red and green, with a sign each.

    file: its name; lines: of a unified diff, without the names of the files.
    """

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file = file
        # A minus sign is as wide as a plus sign; a hyphen is easily overlooked.
        self.lines = [f"−{x[1:]}" if x.startswith("-") else x for x in lines]

    def __repr__(self) -> str:
        return "\n".join([f"{self.file}:\n", *self.lines, ""])

    def _repr_html_(self) -> str:
        lines = "\n".join(colour_line(line) for line in self.lines)
        return f"<p><code>{escape(self.file)}</code>:</p><pre>{lines}</pre>"


def colour_line(line: str) -> str:
    """Return the HTML of a line of a diff: green if it was added, red if removed."""
    style = {"+": ADDED, "−": REMOVED}.get(line[:1])
    if style is None:
        return escape(line)
    return f'<span style="{style}">{escape(line)}</span>'
