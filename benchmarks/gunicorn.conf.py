"""The settings of gunicorn for all servers that are measured."""

import gc


def post_worker_init(worker):
    """Leave what is loaded by now out of garbage collection, as from section 7 on."""
    gc.freeze()
