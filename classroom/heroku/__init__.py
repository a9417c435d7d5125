"""Rehearse a deployment to Heroku on this machine: no account, no network needed."""
