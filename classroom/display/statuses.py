"""What the statuses of HTTP mean."""

from http import HTTPStatus

from classroom.display.colours import BLUE, GREEN, GREY, ORANGE, RED, label

# In words for beginners.
MEANINGS = {
    200: "the request succeeded",
    201: "a new resource was created; Location, if present, is its URL",
    202: "accepted, but not finished; Location is the URL of the result",
    204: "the request succeeded, and the response has no body",
    302: "the client should now request the URL in Location",
    400: "the request is not correct; change it before you send it again",
    401: "not authenticated; the request has no valid credentials",
    403: "authenticated, but not allowed",
    404: "nothing was found at this URL",
    405: "this URL does not support this method; Allow lists those it supports",
    409: "this conflicts with what already exists",
    413: "the body is too large",
    415: "the server does not accept a body of this Content-Type",
    422: "the request can be read, but some of its values are not valid",
    429: "too many requests; Retry-After is the number of seconds to wait",
    431: "the headers are too large",
    500: "an error of the server, not of the client",
    502: "the proxy cannot reach the server behind it",
    503: "the server cannot handle requests at present",
}

HTTP_NAMES = {status.value: status.phrase for status in HTTPStatus}
# The names of RFC 9110, which Python has since 3.13.
HTTP_NAMES |= {413: "Content Too Large", 422: "Unprocessable Content"}


COLOURS = {2: GREEN, 3: BLUE, 4: ORANGE, 5: RED}  # one for each class of status


def name_status(status: int) -> str:
    """Return a status with its name, such as '404 Not Found'."""
    return f"{status} {HTTP_NAMES.get(status, 'not an HTTP status')}"


def explain_status(status: int) -> str:
    """Return what a status means, in words."""
    return MEANINGS.get(status, "not explained here: look it up")


def badge(status: int) -> str:
    """Return the HTML of a status as a coloured label."""
    return label(name_status(status), COLOURS.get(status // 100, GREY))
