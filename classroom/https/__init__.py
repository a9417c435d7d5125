"""Rehearse section 9: a certificate authority, HTTPS and renewal on this machine."""
