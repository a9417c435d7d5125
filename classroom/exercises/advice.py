"""What beginners can try, for the errors that they meet most often."""

import re

ADVICE = {
    r"SyntaxError|IndentationError|TabError": "Python cannot read this line: here, "
    "or in a line above, a bracket, a colon or a quote is missing or superfluous.",
    r"returned None or ended without a return": "The view returns nothing: end it with "
    "return, and what the client should get.",
    r"\(\) (got an unexpected|got multiple|missing|takes)": "Compare the parameters "
    "after def with what is passed. To a view, Flask passes each variable of the route "
    "by its name; a method has self before them.",
    r"lazy='raise'": "Load these objects in the query: .options(selectinload(…)), as "
    "StoreModel.find does.",
    r"NoResultFound": "The query finds no row: one() raises this error, and scalar() "
    "returns None.",
    r"no such (table|column)": "The database and the models differ: is a migration "
    "missing?",
    r"NOT NULL constraint": "This column must have a value.",
    r"'NoneType' object": "A value here is None: find out why, or check for it first.",
    r"NameError": "Is the name spelled as where it is defined, and is it imported?",
    r"ImportError|ModuleNotFoundError": "Is the name spelled as in the other module?",
    r"KeyError": "The dictionary has no such key: check with 'in', or use get().",
}

FOR_A_LOCK = (
    "It waits for a lock that is already taken. A request that takes the same lock "
    "twice waits for itself, without an end: take it once."
)
FOR_A_WAIT = "Does it wait for something that never happens, or repeat without an end?"


def advise(error: str) -> str:
    """Return what to try for an error; "" if that is not known.

    error: the last line of a traceback.
    """
    for pattern, advice in ADVICE.items():
        if re.search(pattern, error):
            return advice
    return ""
