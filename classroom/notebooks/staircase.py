"""Draw the sections as a staircase: each builds on the one before."""

from html import escape
from textwrap import wrap

from classroom.sections import NOTEBOOKS, Section

PICTURE = NOTEBOOKS / "pictures" / "sections.svg"

STEP_WIDTH, STEP_RISE, TOP_HEIGHT = 190, 34, 128  # pixels
CHARACTERS_PER_LINE = 26


def draw_step(section: Section, left: int, top: int, bottom: int) -> str:
    """Return one step as SVG: its number, its title and what the section teaches."""
    lines = wrap(section.teaches, CHARACTERS_PER_LINE, max_lines=5, placeholder=" …")
    description = "".join(
        f'<text x="{left + 12}" y="{top + 58 + 15 * i}" font-size="12">'
        f"{escape(line)}</text>"
        for i, line in enumerate(lines)
    )
    return (
        f'<rect x="{left}" y="{top}" width="{STEP_WIDTH}" height="{bottom - top}" '
        'fill="#eef4fb" stroke="#0969da"/>'
        f'<text x="{left + 12}" y="{top + 22}" font-size="13" fill="#0969da">'
        f"Section {int(section.number)}</text>"
        f'<text x="{left + 12}" y="{top + 40}" font-size="15" font-weight="bold">'
        f"{escape(section.title)}</text>{description}"
    )


def draw_staircase(sections: list[Section]) -> str:
    """Return a picture of the sections as a staircase, in SVG."""
    width = STEP_WIDTH * len(sections) + 2
    bottom = TOP_HEIGHT + STEP_RISE * len(sections)
    steps = "".join(
        draw_step(
            section, 1 + STEP_WIDTH * i, bottom - TOP_HEIGHT - STEP_RISE * i, bottom
        )
        for i, section in enumerate(sections)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom + 1}" '
        f'width="{width}" height="{bottom + 1}" font-family="sans-serif" '
        f'fill="#1f2328"><rect width="100%" height="100%" fill="#fff"/>{steps}</svg>\n'
    )
