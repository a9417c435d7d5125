"""Show the progress of a rehearsal in a notebook."""

from classroom.rehearsal.steps import Listener, Step


class CellListener(Listener):
    """Prints a line for each step, and the output of a step that fails."""

    def note(self, sentence: str) -> None:
        """Print a sentence."""
        print(sentence)

    def end(self, step: Step) -> None:
        """Print how a step ended."""
        mark, result = ("✓", step.result) if step.ok else ("✗", "failed")
        print(f"{mark} {step.name} ({step.seconds:.1f} s): {result}")
        if not step.ok:
            print("", *step.last_lines(), "", step.advice, sep="\n")
