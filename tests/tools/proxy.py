#!/usr/bin/env python3
"""A proxy for the tests that makes tunnels (CONNECT), all of them to one place on loopback, or does wrong what it is told to.

    proxy.py DIRECTORY PORT [NAME=VALUE ...]

Tunnels lead to 127.0.0.1:PORT, whatever they are asked for. DIRECTORY gets "ports" (written when it listens) and "log": a line a
request, "<request line>|<header>|<header>...". It ends when DIRECTORY/ports is gone.

    credentials=USER:PASSWORD   407 without them
    answer=STATUS               what everybody gets
    answer=hangup|garbage       instead of an answer
"""
import base64, os, socket, sys, threading, time


def carry(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for s in source, target:
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client, directory, port, switches):
    head = b""
    while b"\r\n\r\n" not in head:
        data = client.recv(65536)
        if not data:
            return
        head += data
    lines = head.split(b"\r\n\r\n")[0].decode().split("\r\n")
    with open(directory + "/log", "a") as f:
        f.write("|".join(lines) + "\n")
    answer = switches.get("answer", "")
    wanted = "Proxy-Authorization: Basic " + base64.b64encode(switches.get("credentials", "").encode()).decode()
    if answer == "hangup":
        return
    if answer == "garbage":
        return client.sendall(b"\0\1 what is this\r\n\r\n")
    if "credentials" in switches and wanted not in lines:
        answer = "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x"
    if answer:
        return client.sendall(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % answer.encode())
    there = socket.create_connection(("127.0.0.1", port))
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    threading.Thread(target=carry, args=(there, client), daemon=True).start()
    carry(client, there)


def serve_one(client, *args):
    with client:
        serve(client, *args)


def main():
    directory, port, switches = sys.argv[1], int(sys.argv[2]), dict(a.split("=", 1) for a in sys.argv[3:])
    listener = socket.create_server(("127.0.0.1", 0))
    open(directory + "/log", "w").close()
    with open(directory + "/ports.new", "w") as f:
        f.write("%d\n" % listener.getsockname()[1])
    os.rename(directory + "/ports.new", directory + "/ports")

    def accept():
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve_one, args=(client, directory, port, switches), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()
    while os.path.exists(directory + "/ports"):
        time.sleep(0.1)


main()
