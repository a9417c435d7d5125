"""Make hashes of passwords cheap in each Python that has this folder in its PYTHONPATH.

A hash takes a tenth of a second on purpose, and the contract tests ask for hundreds.
learn.py check and the rehearsals ask for the same promises with hashes that cost what
they should.
"""

import hashlib

scrypt = hashlib.scrypt


def cheap_scrypt(password, *, salt, n, **options):
    """Do what hashlib.scrypt does, with a small n, which is the cost."""
    return scrypt(password, salt=salt, n=2, **options)


hashlib.scrypt = cheap_scrypt
