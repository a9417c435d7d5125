"""What never reaches the app if a proxy such as nginx is in front of it."""

import re

import requests

# A NUL character, or a path that leads out of the root.
REFUSED = re.compile(r"%00|\.\.%2F", re.IGNORECASE)


def refused_by_proxy(response: requests.Response) -> bool:
    """Return whether the URL of a request is one that a proxy itself refuses."""
    return response.status_code == 400 and bool(REFUSED.search(response.url))
