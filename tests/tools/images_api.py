"""A daemon that knows its images alone: for docker's own command line, of which the layout of a list is wanted.

    images_api.py SOCKET FILE      answers GET /images/json with the file, as it is at that moment

The file is made of what another program says of its images, so that both lists can be compared byte by byte.
"""
import http.server
import os
import socketserver
import sys

SOCKET, FILE = sys.argv[1:]


class Answer(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        body = b"OK"
        if "/images/json" in self.path:
            with open(FILE, "rb") as file:
                body = file.read()
        self.send_response(200)
        for name, value in ("Api-Version", "1.49"), ("Ostype", "linux"), ("Content-Type", "application/json"), ("Content-Length", len(body)):
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def get_request(self):
        connection, _ = super().get_request()
        return connection, ("", 0)


server = Server(SOCKET + ".new", Answer)
os.rename(SOCKET + ".new", SOCKET)  # who finds it can connect
server.serve_forever()
