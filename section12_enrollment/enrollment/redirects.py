"""Redirects to a URL that a client has sent."""

import re

# A browser reads //host and /\host as the URL of another site, and ignores line breaks.
PATH = re.compile(r"/(?![/\\])[!-~]*")  # "!" to "~": the visible characters of ASCII


def safe_path(target, default):
    """Return the target if it is a path on this site, else the default.

    Otherwise, a link to our login page could lead to a page that only looks like ours.
    """
    return target if target and PATH.fullmatch(target) else default
