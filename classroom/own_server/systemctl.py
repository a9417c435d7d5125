"""Ask the service manager of a rehearsal to start, stop or restart units.

    python -I -S systemctl.py CONTROL restart stores.service

CONTROL is the socket of service_manager.py.
"""

import socket
import sys

if __name__ == "__main__":
    with socket.socket(socket.AF_UNIX) as manager:
        manager.connect(sys.argv[1])
        manager.sendall(" ".join(sys.argv[2:]).encode())
        manager.shutdown(socket.SHUT_WR)
        message = manager.makefile().read()
    sys.exit(message or 0)
