"""The commands of learn.py, grouped by purpose."""
