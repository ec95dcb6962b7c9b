#!/usr/bin/env python3
"""Execute hoy-dns as the engine does: start.py PROGRAM RUNROOT RESOLV.CONF, in a mount namespace of its own, where that file is
/etc/resolv.conf."""
import ctypes
import os
import socket
import sys

program, runroot, resolv = sys.argv[1:4]
libc = ctypes.CDLL(None, use_errno=True)
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
if libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None) or libc.mount(resolv.encode(), b"/etc/resolv.conf", None, MS_BIND, None):
    sys.exit(os.strerror(ctypes.get_errno()))
control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
# One that has ended leaves its socket.
if os.path.exists(runroot + "/dns.sock"):
    os.unlink(runroot + "/dns.sock")
control.bind(runroot + "/dns.sock")
control.listen(128)
if control.fileno() != 3:
    os.dup2(control.fileno(), 3)
os.set_inheritable(3, True)
os.execv(program, ["hoy-dns", runroot])
