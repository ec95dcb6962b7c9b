#!/usr/bin/env python3
"""Hostile questions, sent from a container's network namespace to 127.0.0.11.

    hammer.py slow N        open N connections, send half a question on each, hold them; print "held" and, at the end, how many were closed
    hammer.py flood N NAME  ask N different names below NAME by UDP without reading an answer; print how many were sent
    hammer.py noise N       send N packets of noise, and questions with bytes changed
    hammer.py pipe N        ask N times over one connection without waiting, print how many answers came
    hammer.py many N        open N connections one after the other and ask on the last; print its answer's code
"""
import os
import random
import socket
import struct
import sys

TO = ("127.0.0.11", 53)
kind, count = sys.argv[1], int(sys.argv[2])


def name_bytes(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def question(name, kind=1):
    return os.urandom(2) + struct.pack("!5H", 0x100, 1, 0, 0, 0) + name_bytes(name) + struct.pack("!HH", kind, 1)


def framed(message):
    return struct.pack("!H", len(message)) + message


def connect():
    return socket.create_connection(TO, timeout=30)


if kind == "slow":
    held = [connect() for _ in range(count)]
    for conn in held:
        conn.sendall(framed(question("web"))[:9])
    print("held", flush=True)
    closed = 0
    for conn in held:
        try:
            closed += conn.recv(1) == b""
        except ConnectionResetError:
            closed += 1
    print(closed, flush=True)
elif kind == "flood":
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for i in range(count):
        sock.sendto(question(f"lost-{random.getrandbits(48):x}.{sys.argv[3]}"), TO)
    print(count, flush=True)
elif kind == "noise":
    random.seed(1)
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for i in range(count):
        if i % 2:
            packet = random.randbytes(random.randrange(0, 1500))
        else:
            packet = bytearray(question("web.blue", random.randrange(0, 70)) + random.randbytes(random.randrange(0, 3)))
            for _ in range(random.randrange(1, 4)):
                packet[random.randrange(len(packet))] = random.randrange(256)
        sock.sendto(bytes(packet), TO)
    for i in range(count // 10):
        try:
            conn = connect()
            conn.sendall(random.randbytes(random.randrange(0, 3000)))
            conn.close()
        except OSError:
            pass
elif kind == "pipe":
    conn = connect()
    conn.sendall(b"".join(framed(question("web")) for _ in range(count)))
    answers = 0
    while answers < count:
        head = conn.recv(2, socket.MSG_WAITALL)
        if len(head) < 2:
            break
        conn.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)
        answers += 1
    print(answers, flush=True)
elif kind == "many":
    held = [connect() for _ in range(count)]
    held[-1].sendall(framed(question("web")))
    answer = held[-1].recv(600)
    print(answer[5] & 15 if len(answer) > 5 else "closed", flush=True)
