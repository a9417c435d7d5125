"""Show documents, as MongoDB stores them, in a table."""

import json
from collections.abc import Iterable, Mapping

from IPython.display import display

from classroom.display.masks import hide_hashes, stabilize_ids
from classroom.display.tables import Table


class Documents(Table):
    """Documents with a column for each field, in the order in which they appear.

    A document need not have all the fields, and a field can contain other documents.
    """

    def __init__(self, documents: Iterable[Mapping[str, object]]) -> None:
        found = [dict(document) for document in documents]
        columns = list(dict.fromkeys(name for each in found for name in each))
        rows = [[write_field(each, name) for name in columns] for each in found]
        super().__init__(columns, rows)


def write_field(document: Mapping[str, object], name: str) -> str:
    """Return the value of a field as a string; "" if the document does not have it."""
    value = document.get(name, "")
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return hide_hashes(stabilize_ids(value))


def show_documents(documents: Iterable[Mapping[str, object]]) -> None:
    """Show documents, or rows of a table, as a table with a column for each field.

    documents: such as db.users.find() and db.users.aggregate(pipeline) return.
    """
    display(Documents(documents))
