"""Show the content of a certificate."""

from pathlib import Path

from IPython.display import display


def show_certificate(file: Path) -> None:
    """Show the fields of a certificate, and the chain of those that signed it.

    file: in the form PEM, such as site.certificate.

    Raises UserError if there is no certificate in it.
    """
    from classroom.display.certificate_parts import Certificate  # slow to import

    display(Certificate(file))
