"""Rehearse section 8: nginx, the app and PostgreSQL on this machine, without root."""
