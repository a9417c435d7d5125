"""Start servers and send them requests: a section's own, a notebook's, PostgreSQL."""

from classroom.server.section_server import NO_LIMITS, Server

__all__ = ["NO_LIMITS", "Server"]
