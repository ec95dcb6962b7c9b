#!/usr/bin/env python3
"""What the engine and the monitor do for a container, for tests of hoy-dns alone. Executed in the container's network namespace.

    container.py RUNROOT <TEXT          make its sockets, register it, print the reply; hold its life until killed
    container.py RUNROOT update <TEXT   tell that the text holds now, print the reply
    container.py RUNROOT raw N <TEXT    send the text with N descriptors of /dev/null

The reply is a number (0 or a negative errno) and a sentence, or "nobody" where hoy-dns has ended.
"""
import os
import socket
import struct
import sys

PORT = int(os.environ.get("NAMES_PORT", "53"))
runroot, rest = sys.argv[1], sys.argv[2:]
text = sys.stdin.buffer.read()
fds, keep = [], []
if not rest:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.11", PORT))
    tcp = socket.create_server(("127.0.0.11", PORT), backlog=128)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    fds, keep = [udp.fileno(), tcp.fileno(), theirs.fileno()], [ours]
elif rest[0] == "raw":
    fds = [os.open("/dev/null", os.O_RDWR) for _ in range(int(rest[1]))]
control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
try:
    control.connect(runroot + "/dns.sock")
except ConnectionRefusedError:
    print("nobody", flush=True)
    sys.exit(1)
socket.send_fds(control, [text], fds)
reply = control.recv(4096)
if len(reply) < 4:
    print("no reply", flush=True)
    sys.exit(1)
sentence = reply[12:].split(b"\0")[0].decode()
print(struct.unpack("=i", reply[:4])[0], sentence, flush=True)
control.close()
if not rest:
    udp.close()
    tcp.close()
    theirs.close()
    keep[0].recv(1)
    print("gone", flush=True)
