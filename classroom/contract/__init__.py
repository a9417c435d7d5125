"""The contract of the sections: the tests in tests/contract, each marked @since."""

from classroom.contract.marks import since

__all__ = ["since"]
