"""Where the response to a recorded request was made."""

from typing import Any

from classroom.display.path_calls import Call


def find_maker(calls: list[Call]) -> Call | None:
    """Return the call that decided the response, or None if Flask did.

    It is the view, unless a function before or after it responded instead.
    """
    outer = [call for call in calls if call.caller is None and call.end]
    view = next((call for call in calls if call.role == "view" and call.end), None)
    # Validators raise exceptions before the view, which the library catches.
    failed = [c for c in outer if fails(c) and (not view or c.index > view.index)]
    if view and (fails(view) or not failed):
        return innermost(view, calls)
    if failed:
        return innermost(failed[-1], calls)
    made = [call for call in outer if call.returned and call.role in ("before", "")]
    return made[-1] if made else None


def fails(call: Call) -> bool:
    """Return whether a call ended with an exception."""
    return call.end is not None and call.end["kind"] == "raise"


def innermost(call: Call, calls: list[Call]) -> Call:
    """Return the call in which the exception was raised that ended a call."""
    if not fails(call):
        return call
    assert call.end is not None
    error = call.end["id"]
    return next(
        inner
        for inner in reversed(calls)
        if fails(inner) and inner.end is not None and inner.end["id"] == error
    )


def find_writer(maker: Call, calls: list[Call]) -> Call | None:
    """Return the last call that made a response from the exception of a call."""
    later = [call for call in calls[maker.index + 1 :] if call.caller is None]
    writers = [call for call in later if call.returned and call.role in ("error", "")]
    return writers[-1] if writers else None


def find_handler(maker: Call | None, calls: list[Call]) -> Call | None:
    """Return the call that handled an exception, other than that of abort()."""
    if maker is None or maker.end is None or not fails(maker) or maker.end["by_abort"]:
        return None
    return find_writer(maker, calls)


def place(call: Call) -> str:
    """Return the line in which a call ended."""
    line = call.end["line"] if call.end else call.first_line
    return f"{call.file}, line {line}"


def describe_end(recording: dict[str, Any], calls: list[Call]) -> str:
    """Return where the response was made, in words."""
    if recording["is_cut"]:
        return f"only the first {len(recording['steps'])} steps are shown"
    maker = find_maker(calls)
    if maker is None:
        if not recording["has_route"]:
            return "Flask found no route for this URL and method"
        return "from Flask or a library, not from a function of this app"
    assert maker.end is not None
    if not fails(maker):
        return f"returned in {place(maker)}"
    how = "abort() in" if maker.end["by_abort"] else f"{maker.end['error']}, in"
    writer = find_writer(maker, calls)
    made = f"; {writer.function} in {writer.file} made the response" if writer else ""
    return f"{how} {place(maker)}{made}"
