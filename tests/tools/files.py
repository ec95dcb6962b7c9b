#!/usr/bin/env python3
"""A web server with files in it that does wrong what it is told to do wrong, for the tests. Nothing but the standard library, nothing
but loopback.

    files.py DIRECTORY FILES [NAME=VALUE ...]

It gives out what is in the directory FILES. DIRECTORY gets "ports" (the server's and another place's, which is the same server;
written when they listen) and "log": a line a request, "<port's name> <method> <path> <status> auth=<header> range=<header>
cookie=<header>". It ends when DIRECTORY/ports is gone.

    cut=N[,TIMES]       the connection ends after N bytes of a file, so many times (always)
    stall=N             it stands still there instead
    slow=N              bytes a second
    length=none         without Content-Length: the end of the connection is the end
    length=chunked      in chunks; a cut is then one without the last of them
    endless=1           the file, and then zeros for ever
    busy=STATUS,TIMES   files are answered so at first
    status=STATUS       everything is answered so, with a page of HTML; 401 with a challenge
    redirect=other|home|loop|plain    where files are at the first place
    tls=CERT,KEY        TLS, at both places; the target of redirect=plain is without
"""
import http.server, os, socket, ssl, sys, threading, time, urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def end_headers(self):
        names = (("auth", "Authorization"), ("range", "Range"), ("cookie", "Cookie"))
        line = "%s %s %s %d %s\n" % (self.server.place, self.command, self.path, self.status,
                                     " ".join("%s=%s" % (n, self.headers.get(h, "-")) for n, h in names))
        with self.server.lock, open(self.server.directory + "/log", "a") as f:
            f.write(line)
        super().end_headers()

    def send_response_only(self, code, message=None):
        self.status = code
        super().send_response_only(code, message)

    def switch(self, name):
        return self.server.switches.get(name, "")

    def numbers(self, name):
        return [int(n) for n in self.switch(name).split(",")] if self.switch(name) else []

    def once_more(self, name, times):
        with self.server.lock:
            self.server.counts[name] = self.server.counts.get(name, 0) + 1
            return self.server.counts[name] <= times

    def page(self, status, **headers):
        body = b"<html>%d</html>" % status
        self.send_response(status)
        for name, value in dict(headers, Content_Length=len(body)).items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        busy = self.numbers("busy")
        if self.switch("status"):
            return self.page(int(self.switch("status")), WWW_Authenticate='Bearer realm="http://%s/token"' % self.server.names["home"])
        if busy and self.once_more("busy", busy[1]):
            return self.page(busy[0])
        if self.switch("redirect") and self.server.place == "home":
            return self.redirect()
        try:
            with open(self.server.files + urllib.parse.urlsplit(self.path).path, "rb") as f:
                data = f.read()
        except OSError:
            return self.page(404)
        return self.give(data)

    def redirect(self):
        kind, scheme = self.switch("redirect"), "https" if self.switch("tls") else "http"
        if kind == "home":
            if self.path.startswith("/there/"):
                self.path = self.path[len("/there"):]
                with open(self.server.files + self.path, "rb") as f:
                    return self.give(f.read())
            return self.page(302, Location="/there" + self.path)
        if kind == "loop":
            return self.page(302, Location=self.path)
        return self.page(307, Location="%s://%s%s" % ("http" if kind == "plain" else scheme, self.server.names["other"], self.path),
                         Set_Cookie="secret=1")

    def give(self, data):
        is_sized = not self.switch("length") and not self.switch("endless")
        self.is_chunked = self.switch("length") == "chunked"
        self.send_response(200)
        if is_sized:
            self.send_header("Content-Length", str(len(data)))
        elif self.is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        try:
            self.stream(data)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True
        self.close_connection |= not is_sized and not self.is_chunked

    def piece(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data) if self.is_chunked else data)

    def stream(self, data):
        cut, stall, rate = self.numbers("cut"), self.numbers("stall"), int(self.switch("slow") or 0)
        breaks = (cut and (len(cut) == 1 or self.once_more("cut", cut[1])) and cut) or stall
        end = min(breaks[0], len(data)) if breaks else len(data)
        step = max(1, rate // 10) if rate else 65536
        for at in range(0, end, step):
            self.piece(data[at:min(at + step, end)])
            if rate:
                time.sleep(0.1)
        while self.switch("endless"):
            self.piece(bytes(65536))
        if breaks is stall and stall:
            self.connection.settimeout(60)
            try:
                self.connection.recv(1)
            except OSError:
                pass
        if breaks:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif self.is_chunked:
            self.wfile.write(b"0\r\n\r\n")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


def main():
    directory, files = sys.argv[1:3]
    switches = dict(a.split("=", 1) for a in sys.argv[3:])
    lock, counts, names, servers = threading.Lock(), {}, {}, {}
    for place in "home", "other":
        server = servers[place] = Server(("127.0.0.1", 0), Handler)
        server.place, server.directory, server.files, server.switches = place, directory, files, switches
        server.lock, server.counts, server.names = lock, counts, names
        names[place] = "127.0.0.1:%d" % server.server_port
        if switches.get("tls") and not (place == "other" and switches.get("redirect") == "plain"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*switches["tls"].split(","))
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    open(directory + "/log", "a").close()
    with open(directory + "/ports.new", "w") as f:
        f.write("%d %d\n" % (servers["home"].server_port, servers["other"].server_port))
    os.rename(directory + "/ports.new", directory + "/ports")
    while os.path.exists(directory + "/ports"):
        time.sleep(0.05)


main()
