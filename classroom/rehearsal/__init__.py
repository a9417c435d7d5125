"""Rehearse a deployment to Heroku on this machine: no account, no network needed."""

from classroom.rehearsal.notebooks import rehearse

__all__ = ["rehearse"]
