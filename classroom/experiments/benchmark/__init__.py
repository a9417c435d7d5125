"""Measure how fast the sections are, compared with a minimal app in Python."""
