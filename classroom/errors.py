"""The one kind of error that is meant for the person at the keyboard."""


class Problem(Exception):
    """Something a person can put right; its text says what is wrong and what to do.

    The commands print it as it is, and so does a notebook, which shows the text of
    an error instead of a traceback if the error knows how to render itself.
    """

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows: the text alone, no traceback."""
        return str(self).splitlines()
