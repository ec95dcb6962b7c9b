#!/usr/bin/python3 -IS
"""A hoy-fetch that was taken over: it takes the setup as the real one does, and then says what HOY_FETCH_LIE wants. See src/proto/fetch.h."""
import array, os, socket, struct

HEAD = struct.Struct("<BBHIiIQQ")
GO, CANCEL, READY, WARNING, PROGRESS, DONE, FAILED = 7, 20, 21, 22, 23, 24, 25
lie = os.environ["HOY_FETCH_LIE"]
engine = socket.socket(fileno=3)


def say(kind, id, *texts, version=3, code=0, size=0, offset=0):
    engine.send(HEAD.pack(version, kind, 0, id, code, 0, size, offset) + b"".join(t + b"\0" for t in texts))


def receive():
    data, control, _, _ = engine.recvmsg(200_000, 1024)
    fds = array.array("i")
    for _, _, payload in control:
        fds.frombytes(payload[:len(payload) // 4 * 4])
    return (HEAD.unpack(data[:HEAD.size])[1:4:2] if data else None), list(fds)


while receive()[0][0] != GO:
    pass
if lie == "unready":
    say(DONE, 0)
say(READY, 0)
while True:
    head, fds = receive()
    if not head:
        break
    kind, id = head
    if lie == "garbage":
        engine.send(b"x" * 7)
    elif lie == "version":
        say(DONE, id, version=9)
    elif lie == "endless":  # a text without its end
        engine.send(HEAD.pack(3, FAILED, 0, id, -5, 0, 0, 0) + b"abc")
    elif lie == "escape":
        say(FAILED, id, b"\x1b]0;evil\x07\nhoy: all is well.\x7f", code=-5, offset=99)
    elif lie == "success":  # as an errno
        say(FAILED, id, b"", code=7)
    elif lie == "large":
        say(DONE, id, b"", b"", size=1 << 40)
    elif lie == "short":
        say(DONE, id, b"", b"", size=100)
    elif lie == "other":
        os.write(fds[0], b"{}")
        say(DONE, id, b"", b"application/vnd.oci.image.manifest.v1+json", size=2)
    elif lie == "strangers":
        for other in range(id + 1, id + 100):
            say(PROGRESS, other, size=other)
            say(DONE, other)
            say(77, other)
        say(FAILED, id, b"at last", code=-5)
    elif lie == "warnings":
        for number in range(100):
            say(WARNING, 0, b"h\x1b]0;evil\x07\n", b"%d \x1b[2J\nhoy: all is well.\xff" % number + b"x" * 90_000)
        say(FAILED, id, b"at last", code=-5)
    elif lie == "header":
        say(DONE, id, b"", b"text/\x1bevil", size=0)
    elif lie == "digest":
        say(DONE, id, b"sha256:../../x", b"", size=0)
    elif lie in ("silent", "broken", "unsaid"):  # nothing; or a whole tar, and that it is not whole, or nothing of it
        if lie != "silent":
            os.write(fds[0], bytes(1024))
        for fd in fds:
            os.close(fd)
        if lie == "broken":
            say(FAILED, id, b"at last", code=-104)
