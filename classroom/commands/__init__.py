"""The commands of learn.py, by what they are for."""
