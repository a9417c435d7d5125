"""Why something cannot be kept."""


class NameTaken(Exception):
    """There is one of that name already."""


class NoSuchStore(Exception):
    """There is no store with that id."""


class NoSuchUser(Exception):
    """There is no such user any more."""
