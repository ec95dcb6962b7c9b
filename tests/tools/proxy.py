#!/usr/bin/env python3
"""A proxy for the tests that makes tunnels (CONNECT), all of them to one place on loopback, or does wrong what it is told to.

    proxy.py DIRECTORY PORT [NAME=VALUE ...]

Tunnels lead to 127.0.0.1:PORT, whatever they are asked for. DIRECTORY gets "ports" (written when it listens) and "log": a line a
request, "<request line>|<header>|<header>...". It ends when DIRECTORY/ports is gone.

    credentials=USER:PASSWORD   407 without them
    answer=STATUS               what everybody gets
    answer=hangup|garbage       instead of an answer
    tls=CERTIFICATE,KEY         it is spoken with in TLS
    socks=4|5                   it speaks SOCKS 4a or 5; answer=NUMBER is its reply code, and "log" has "SOCKS<n> <host>:<port>"
"""
import base64, os, select, socket, ssl, struct, sys, threading, time


# In one thread, for a connection with TLS is not used by two at a time.
def carry(client, there):
    try:
        while True:
            waiting = hasattr(client, "pending") and client.pending()
            ready = [client] if waiting else select.select([client, there], [], [])[0]
            for source in ready:
                data = source.recv(65536)
                if not data:
                    return
                (there if source is client else client).sendall(data)
    except OSError:
        pass


def write_log(directory, line):
    with open(directory + "/log", "a") as f:
        f.write(line + "\n")


def tunnel(client, port):
    with socket.create_connection(("127.0.0.1", port)) as there:
        carry(client, there)


def until_nul(stream):
    text = b""
    while (c := stream.read(1)) not in (b"\0", b""):
        text += c
    return text.decode()


def serve_socks4(client, stream, directory, port, switches):
    _, asked, address = struct.unpack("!BH4s", stream.read(7))
    until_nul(stream)
    host = until_nul(stream) if address[:3] == b"\0\0\0" else socket.inet_ntoa(address)
    write_log(directory, "SOCKS4 %s:%d" % (host, asked))
    code = int(switches.get("answer", "90"))
    client.sendall(struct.pack("!BBH4s", 0, code, 0, bytes(4)))
    if code == 90:
        tunnel(client, port)


def serve_socks5(client, stream, directory, port, switches):
    methods = stream.read(stream.read(1)[0])
    method = 2 if "credentials" in switches else 0
    client.sendall(bytes([5, method if method in methods else 255]))
    if method == 2:
        stream.read(1)
        user = stream.read(stream.read(1)[0])
        password = stream.read(stream.read(1)[0])
        good = (user + b":" + password).decode() == switches["credentials"]
        client.sendall(bytes([1, 0 if good else 1]))
        if not good:
            return
    _, _, _, kind = stream.read(4)
    host = stream.read(stream.read(1)[0]).decode() if kind == 3 else socket.inet_ntoa(stream.read(4))
    write_log(directory, "SOCKS5 %s:%d" % (host, struct.unpack("!H", stream.read(2))[0]))
    code = int(switches.get("answer", "0"))
    client.sendall(bytes([5, code, 0, 1]) + bytes(6))
    if code == 0:
        tunnel(client, port)


def serve_socks(client, directory, port, switches):
    stream = client.makefile("rb", 0)
    version = stream.read(1)
    if version == b"\4":
        serve_socks4(client, stream, directory, port, switches)
    elif version == b"\5":
        serve_socks5(client, stream, directory, port, switches)


def serve(client, directory, port, switches):
    head = b""
    while b"\r\n\r\n" not in head:
        data = client.recv(65536)
        if not data:
            return
        head += data
        if head[0] == 0x16:  # the beginning of TLS
            return client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    lines = head.split(b"\r\n\r\n")[0].decode().split("\r\n")
    write_log(directory, "|".join(lines))
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
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    tunnel(client, port)


def serve_one(client, directory, port, switches):
    with client:
        if "socks" in switches:
            return serve_socks(client, directory, port, switches)
        if "tls" in switches:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*switches["tls"].split(","))
            try:
                client = context.wrap_socket(client, server_side=True)
            except OSError:
                return
        serve(client, directory, port, switches)


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
