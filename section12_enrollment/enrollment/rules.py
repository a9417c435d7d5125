"""Rules for values that both the forms and the API check."""

# The shortest and the longest length.
NAME = (1, 50)
EMAIL = (3, 254)
PASSWORD = (8, 128)

# No control characters, and no surrogates, which are not Unicode and cannot be stored.
ONE_LINE = "^[^\x00-\x1f\x7f-\x9f\ud800-\udfff]*$"
