"""The contract of the sections: the tests in tests/contract, each marked @since."""

from classroom.contract.marks import since
from classroom.contract.proxies import refused_by_proxy

__all__ = ["refused_by_proxy", "since"]
