"""The variables of comprehensions, which are not those of the function around them."""

import dis
from functools import cache
from types import CodeType

# Before Python 3.12, each comprehension has a frame of its own, of one of these names.
# Since then, only generator expressions have: the others run in that of the function.
FRAMES = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}


def variables_at(code: CodeType, offset: int) -> set[str]:
    """Return the variables of the comprehensions that run at an offset in bytecode."""
    return {name for name, span in find_spans(code) if offset in span}


@cache
def find_spans(code: CodeType) -> list[tuple[str, range]]:
    """Return the variables of all comprehensions, and where in the bytecode they are.

    A variable of the function that has the same name is set aside before (PEP 709), and
    restored after the loop.
    """
    instructions = list(dis.get_instructions(code))
    spans = []
    for index, start in enumerate(instructions):
        if start.opname == "LOAD_FAST_AND_CLEAR":
            later = instructions[index:]
            loops = [each.argval for each in later if each.opname == "FOR_ITER"]
            after = loops[0] if loops else start.offset
            ends = [
                each.offset for each in later if restores(each, start.argval, after)
            ]
            spans.append((start.argval, range(start.offset, min(ends, default=0))))
    return spans


def restores(instruction: dis.Instruction, name: str, after: int) -> bool:
    """Return whether an instruction after an offset stores a variable."""
    stored = instruction.argval  # two names, if Python has merged two instructions
    names = stored if isinstance(stored, tuple) else (stored,)
    is_store = instruction.opname.startswith("STORE_FAST")
    return is_store and name in names and instruction.offset > after
