#!/usr/bin/env python3
"""A server of names for tests: server.py ADDRESS LOG [silent|refuse]

It answers on port 53 of ADDRESS, by UDP and TCP, and writes each question as a line "udp|tcp NAME TYPE" to LOG. What it says
depends on how the name begins:

    missing  no such name; its zone says so for 30 s       brief     as others, for 1 s
    fail     SERVFAIL                                      big       a text of 2000 bytes: truncated by UDP
    lost     nothing                                       forged    first answers with a wrong id and to another question
    broken   an answer that ends in the middle             once      nothing the first time
    two      two addresses

any other: A is 192.0.2.7, AAAA is 2001:db8::7, for 300 s; PTR is host.example; other types have no record. With "silent" it only
listens, with "refuse" it refuses everything.
"""
import socket
import struct
import sys
import threading

TYPES = {1: "A", 2: "NS", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 255: "ANY"}
address, log_path = sys.argv[1:3]
mood = sys.argv[3] if len(sys.argv) > 3 else ""
log_lock = threading.Lock()
seen = set()


def name_bytes(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def read_question(message):
    at, labels = 12, []
    while message[at]:
        labels.append(message[at + 1 : at + 1 + message[at]].decode("latin-1"))
        at += 1 + message[at]
    return ".".join(labels), struct.unpack("!H", message[at + 1 : at + 3])[0], message[12 : at + 5], message[at + 5 :]


def record(kind, ttl, data, name=b"\xc0\x0c"):
    return name + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def answers_to(name, kind):
    ttl = 1 if name.startswith("brief") else 300
    if kind == 16 and name.startswith("big"):
        return [record(16, ttl, b"".join(b"\xc7" + bytes([97 + i]) * 199 for i in range(10)))]
    if kind == 1 and name.startswith("two"):
        return [record(1, ttl, bytes([192, 0, 2, n])) for n in (8, 9)]
    if kind == 1:
        return [record(1, ttl, bytes([192, 0, 2, 7]))]
    if kind == 28:
        return [record(28, ttl, socket.inet_pton(socket.AF_INET6, "2001:db8::7"))]
    if kind == 12:
        return [record(12, ttl, name_bytes("host.example"))]
    return []


def reply(message, is_udp):
    """The packets to send."""
    name, kind, question, rest = read_question(message)
    with log_lock, open(log_path, "a") as log:
        log.write(f"{'udp' if is_udp else 'tcp'} {name} {TYPES.get(kind, kind)}\n")
    first = name.lower() not in seen
    seen.add(name.lower())
    if mood == "silent" or name.startswith("lost") or (name.startswith("once") and first):
        return []
    code, answers, authority = 0, answers_to(name, kind), []
    if mood == "refuse":
        code, answers = 5, []
    elif name.startswith("fail"):
        code, answers = 2, []
    elif name.startswith("missing"):
        zone = name_bytes("ns.example") + name_bytes("root.example") + struct.pack("!IIIII", 1, 2, 3, 4, 30)
        code, answers, authority = 3, [], [record(6, 300, zone, name_bytes("example"))]
    edns = b"\0" + struct.pack("!HHIH", 41, 1232, 0, 0) if b"\0\0\x29" in rest else b""
    counts = [1, len(answers), len(authority), 1 if edns else 0]
    body = question + b"".join(answers) + b"".join(authority) + edns
    flags = 0x8180 | code
    limit = 1232 if edns else 512
    if is_udp and len(body) + 12 > limit:
        flags, counts, body = flags | 0x200, [1, 0, 0, 0], question
    whole = message[:2] + struct.pack("!HHHHH", flags, *counts) + body
    if name.startswith("broken"):
        return [whole[:-3]]
    if name.startswith("forged") and is_udp:
        wrong_id = bytes([message[0] ^ 1, message[1]]) + whole[2:]
        other = name_bytes("x" + name[1:]) + question[-4:]
        wrong_question = whole[:12] + other + record(1, 300, bytes([6, 6, 6, 6]))
        return [wrong_id, b"\0" * 12, whole[:5], wrong_question, whole]
    return [whole]


def serve_udp():
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, 53))
    print("ready", flush=True)
    while True:
        message, who = sock.recvfrom(4096)
        for packet in reply(message, True):
            sock.sendto(packet, who)


def serve_stream(conn):
    with conn:
        while True:
            head = conn.recv(2, socket.MSG_WAITALL)
            if len(head) < 2:
                return
            message = conn.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)
            packets = reply(message, False)
            if not packets:
                # Held open until the other side gives up.
                conn.recv(1)
                return
            conn.sendall(struct.pack("!H", len(packets[0])) + packets[0])


def serve_tcp(sock):
    while True:
        conn, _ = sock.accept()
        threading.Thread(target=serve_stream, args=(conn,), daemon=True).start()


listener = socket.create_server((address, 53), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
threading.Thread(target=serve_tcp, args=(listener,), daemon=True).start()
serve_udp()
