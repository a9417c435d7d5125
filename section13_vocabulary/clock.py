"""The clock: the current time, which a setting can move into the future."""

from datetime import UTC, datetime, timedelta

from flask import current_app


def now():
    """Return the current time in UTC, moved by the setting CLOCK_OFFSET."""
    return datetime.now(UTC) + timedelta(seconds=current_app.config["CLOCK_OFFSET"])
