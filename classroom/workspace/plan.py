"""A plan for instructors, from the notes in the lessons."""

from collections.abc import Iterator

from rich.table import Table

from classroom.notebooks.execute import find_notebooks, notebook_title, read_notebook


def plan_tables() -> Iterator[Table]:
    """Return a table for each lesson: its parts, their minutes, and what to ask."""
    for path in find_notebooks([]):
        notebook = read_notebook(path)
        rows = []
        for cell in notebook.cells:
            if "instructor" in cell.metadata:
                note = cell.metadata["instructor"]
                heading = cell.source.splitlines()[0].lstrip("# ")
                rows.append([heading, note["minutes"], *advice(note)])
        minutes = sum(row[1] for row in rows)
        title = f"{notebook_title(notebook)}: {minutes} minutes"
        table = Table(title=title, title_justify="left", show_lines=True)
        table.add_column("Part", style="bold")
        for heading in "Minutes", "Ask", "Learners often":
            table.add_column(
                heading, justify="right" if heading == "Minutes" else "left"
            )
        for part, length, ask, mistake in rows:
            table.add_row(part, str(length), ask, mistake)
        yield table


def advice(note: dict[str, str]) -> list[str]:
    """Return what to ask and what learners get wrong, if a note has it."""
    return [note.get("ask", ""), note.get("mistake", "")]
