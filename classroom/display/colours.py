"""The colours of outputs: each brings its own background, for light and dark pages."""

from html import escape

GREEN, BLUE, ORANGE, RED = "#1a7f37", "#0969da", "#bc4c00", "#cf222e"
PURPLE, GREY = "#8250df", "#57606a"

ADDED = "color:#116329; background:#dafbe1"
REMOVED = "color:#a40e26; background:#ffebe9"


def label(text: str, colour: str) -> str:
    """Return the HTML of a label: white text on a colour."""
    style = (
        f"background:{colour}; color:#ffffff; border-radius:4px; padding:2px 8px; "
        "font-weight:600; white-space:nowrap"
    )
    return f'<span style="{style}">{escape(text)}</span>'
