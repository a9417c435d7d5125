"""Delete a folder when the parent process asks for it, or ends.

    python -I -S cleanup.py FOLDER

The folder is deleted when the standard input is closed: by the parent, or by the
operating system when the parent exits or is killed.
"""

import os
import shutil
import sys
import time

TIMEOUT = 30.0  # seconds in which other programs may still write into the folder

if __name__ == "__main__":
    sys.stdin.read()
    deadline = time.monotonic() + TIMEOUT
    while os.path.exists(sys.argv[1]) and time.monotonic() < deadline:
        shutil.rmtree(sys.argv[1], ignore_errors=True)
        time.sleep(0.02)
