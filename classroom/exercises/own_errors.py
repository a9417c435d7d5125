"""Show the errors of an app, in place of its whole traceback."""

from classroom.exercises.failures import find_failures
from classroom.server.notebook_servers import running_server


def show_errors(number: str | int) -> None:
    """Show the errors that a server has logged since this was last called.

    Each is what Python says, the line of the app's code, and what to try. The lines of
    the traceback that are not from the app's folder are left out.

    number: a section, or the path of a folder of your own; serve() has started it.

    Raises UserError if it is not running.
    """
    server = running_server(number)
    output = server.output()
    new, server.shown = output[server.shown :], len(output)
    print("\n\n".join(find_failures(server.folder, new)) or "There are no errors.")
