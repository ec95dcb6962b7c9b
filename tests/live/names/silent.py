#!/usr/bin/env python3
"""A hoy-dns that lives, takes every connection and never answers: silent.py RUNROOT. Prints "ready" when it listens."""
import ctypes
import os
import socket
import sys

os.setsid()
ctypes.CDLL(None).prctl(15, b"hoy-dns", 0, 0, 0)  # PR_SET_NAME
control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
control.bind(sys.argv[1] + "/dns.sock")
control.listen(128)
print("ready", flush=True)
taken = []
while True:
    taken.append(control.accept()[0])
