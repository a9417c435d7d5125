"""The variables of comprehensions, which are not variables of the function around."""

import dis
from functools import cache
from types import CodeType

# Before Python 3.12, each comprehension has its own frame, with one of these names.
# Since 3.12, only generator expressions do: the others are inlined into the function
# around them (PEP 709).
FRAMES = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}


def variables_at(code: CodeType, offset: int) -> set[str]:
    """Return the variables of inlined comprehensions that run at a bytecode offset."""
    return {name for name, span in find_spans(code) if offset in span}


@cache
def find_spans(code: CodeType) -> list[tuple[str, range]]:
    """Return the variables of inlined comprehensions, each with its range of bytecode.

    A variable of the function with the same name is saved on the stack before the loop,
    and restored after it.
    """
    instructions = list(dis.get_instructions(code))
    spans = []
    for index, start in enumerate(instructions):
        if start.opname == "LOAD_FAST_AND_CLEAR":
            later = instructions[index:]
            loops = [each.argval for each in later if each.opname == "FOR_ITER"]
            after = loops[0] if loops else start.offset
            name = start.argval
            ends = [each.offset for each in later if restores(each, name, after)]
            spans.append((name, range(start.offset, min(ends, default=0))))
    return spans


def restores(instruction: dis.Instruction, name: str, after: int) -> bool:
    """Return whether an instruction after an offset restores a variable."""
    names = instruction.argval
    if not isinstance(names, tuple):  # it is one if the compiler has merged two stores
        names = (names,)
    is_store = instruction.opname.startswith("STORE_FAST")
    return is_store and name in names and instruction.offset > after
