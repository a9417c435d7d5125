"""Draw the sections as a staircase, and beside it the apps of their own."""

from html import escape
from textwrap import wrap

from classroom.sections import NOTEBOOKS, Section

PICTURE = NOTEBOOKS / "pictures" / "sections.svg"

STEP_WIDTH, STEP_RISE, TOP_HEIGHT = 190, 34, 146  # pixels
TITLE_LINE = 18  # pixels
GAP = 20  # pixels between apps of their own
# In each line, with the widest of the usual fonts.
CHARACTERS_PER_TITLE_LINE, CHARACTERS_PER_LINE = 16, 26


def draw_step(section: Section, left: int, top: int, bottom: int) -> str:
    """Return one step as SVG: its number, its title and what the section teaches."""
    title_lines = wrap(section.title, CHARACTERS_PER_TITLE_LINE)
    title = "".join(
        f'<text x="{left + 12}" y="{top + 40 + TITLE_LINE * i}" font-size="15" '
        f'font-weight="bold">{escape(line)}</text>'
        for i, line in enumerate(title_lines)
    )
    lines = wrap(section.teaches, CHARACTERS_PER_LINE, max_lines=5, placeholder=" …")
    first = top + 40 + TITLE_LINE * len(title_lines)
    description = "".join(
        f'<text x="{left + 12}" y="{first + 15 * i}" font-size="12">'
        f"{escape(line)}</text>"
        for i, line in enumerate(lines)
    )
    return (
        f'<rect x="{left}" y="{top}" width="{STEP_WIDTH}" height="{bottom - top}" '
        'fill="#eef4fb" stroke="#0969da"/>'
        f'<text x="{left + 12}" y="{top + 22}" font-size="13" fill="#0969da">'
        f"Section {int(section.number)}</text>"
        f"{title}{description}"
    )


def draw_staircase(all_sections: list[Section]) -> str:
    """Return a picture of the sections as a staircase, in SVG.

    A section beside the staircase is in the space above its first steps.
    """
    sections = [s for s in all_sections if not s.beside_staircase]
    width = STEP_WIDTH * len(sections) + 2
    bottom = TOP_HEIGHT + STEP_RISE * len(sections)
    steps = "".join(
        draw_step(
            section, 1 + STEP_WIDTH * i, bottom - TOP_HEIGHT - STEP_RISE * i, bottom
        )
        for i, section in enumerate(sections)
    )
    steps += "".join(
        draw_step(section, 1 + (STEP_WIDTH + GAP) * i, 1, 1 + TOP_HEIGHT)
        for i, section in enumerate(s for s in all_sections if s.beside_staircase)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom + 1}" '
        f'width="{width}" height="{bottom + 1}" font-family="sans-serif" '
        f'fill="#1f2328"><rect width="100%" height="100%" fill="#fff"/>{steps}</svg>\n'
    )
