"""Rules that both the forms and the API apply."""

# The minimum and maximum length.
NAME = (1, 50)
EMAIL = (3, 254)
PASSWORD = (8, 128)

ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"  # no control characters


def strip(value):
    """Remove the whitespace around a string; leave other values to the validators."""
    return value.strip() if isinstance(value, str) else value
