#!/usr/bin/env python3
"""A registry that does wrong what it is told to do wrong, for the tests. Nothing but the standard library, nothing but loopback.

    registry.py DIRECTORY [NAME=VALUE ...]

DIRECTORY gets "ports" (registry, other place, token service; written when they listen) and "log": a line a request,
"<port's name> <method> <path> <status> auth=<header> range=<header> length=<header> proxy=<header> header=<header>". "facts" has digests and sizes by name. It ends
when DIRECTORY/ports is gone.

Every repository has these, by tag: one (3 layers), list (an index of one and of another platform), and documents that are wrong: schema1
ambiguous wrongtype huge deep twice baddigest emptydigest upperdigest shortdigest sha512layer sha512config
sha512index negative hugesize invalid nul artifact badconfig urls
manyentries loop (an index of itself, as far as that can be).

    layout=DIRECTORY     instead of all these the images of an OCI layout, by their reference names
    cut=N[,TIMES]        the connection ends after N bytes of a blob, so many times (always)
    stall=N[,TIMES]      it stands still there instead
    slow=N               bytes a second of a blob
    blob=other|short|long|endless     what a blob is instead
    chunked=1            blobs without Content-Length
    range=none|ignored|wrong          what Range means
    busy=STATUS,TIMES[,SECONDS]       manifests and blobs are answered so at first (Retry-After)
    redirect=other|loop|http|home     where blobs are sent to
    message=TEXT         what is said then
    warning=TEXT|TEXT    Warning headers of every answer; PLACE in them is the port's name, STATUS the answer's
    saysdigest=1|sha512  Docker-Content-Digest is another one
    auth=basic|bearer    user "user", password "right"; bearer: identity token "identity"
    expires=N            a token is good for N requests
    realm=URL            instead of the token service's
    push=no              tokens are for pulling only
    location=relative|absolute|query|other|plain      where an upload's session is
    minimum=N            chunks are asked for, of at least N bytes
    large=N              a body of more than N bytes is refused (413)
    lose=N[,TIMES]       the connection ends after N bytes of an upload, which are kept
    forget=TIMES         an upload's session is forgotten
    refuse=STATUS        nothing is taken in an upload's session
    mount=no             202 instead of 201
    referrers=KIND       what refers to a manifest is known: what was pushed with it as subject and, to every one, five artifacts of the
                         types application/test.a and application/test.b in turn; KIND: filtered paged endless many huge elsewhere
                         garbage manifest type digest escape, stale (also what was deleted); anything else is none of these. Without it: 404
    delete=STATUS[,tags] every deletion, or that of tags, is answered so
    tls=CERT,KEY         TLS; plain=1: the "other place" is in plain text; old=1: not newer than TLS 1.1
"""
import base64, hashlib, json, os, socket, ssl, sys, threading, time, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OCI = "application/vnd.oci.image."
MANIFEST, INDEX, CONFIG = OCI + "manifest.v1+json", OCI + "index.v1+json", OCI + "config.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest."


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def noise(seed, size):
    return hashlib.shake_128(seed.encode()).digest(size)


class World:
    def __init__(self, directory, switches):
        self.directory, self.switches, self.lock = directory, switches, threading.Lock()
        self.blobs, self.manifests, self.sessions, self.counts, self.tokens = {}, {}, {}, {}, {}
        self.pushed, self.one, self.gone = {}, None, set()
        self.make()

    def switch(self, name):
        return self.switches.get(name, "")

    def numbers(self, name):
        return [int(n) for n in self.switch(name).split(",")] if self.switch(name) else []

    def once_more(self, name, times):
        """Has this happened fewer than `times` times?"""
        with self.lock:
            self.counts[name] = self.counts.get(name, 0) + 1
            return self.counts[name] <= times

    def says(self, right):
        wrong = {"1": digest(b"other"), "sha512": "sha512:" + hashlib.sha512(b"x").hexdigest()}
        return wrong.get(self.switch("saysdigest"), right)

    def log(self, line):
        with self.lock, open(self.directory + "/log", "a") as f:
            f.write(line + "\n")

    def blob(self, data):
        self.blobs[digest(data)] = data
        return {"digest": digest(data), "size": len(data)}

    def manifest(self, tag, document, media_type):
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.manifests[tag] = self.manifests[digest(data)] = (data, media_type)
        return {"digest": digest(data), "size": len(data), "mediaType": media_type}

    def make_of_layout(self, directory):
        for name in os.listdir(directory + "/blobs/sha256"):
            with open(directory + "/blobs/sha256/" + name, "rb") as f:
                self.blob(f.read())
        def add(entry):
            data = self.blobs[entry["digest"]]
            tag = entry.get("annotations", {}).get("org.opencontainers.image.ref.name")
            self.manifest(tag or entry["digest"], data, entry["mediaType"])
            for inner in json.loads(data).get("manifests", []):
                add(inner)
        with open(directory + "/index.json") as f:
            for entry in json.load(f)["manifests"]:
                add(entry)

    def make(self):
        open(self.directory + "/facts", "w").close()
        if self.switch("layout"):
            return self.make_of_layout(self.switch("layout"))
        config = {"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}}
        layers = []
        for seed, size in ("a", 200_000), ("b", 1_000_000), ("c", 3_000_000):
            data = noise(seed, size)
            layers.append(dict(self.blob(data), mediaType=OCI + "layer.v1.tar"))
            config["rootfs"]["diff_ids"].append(digest(data))
        one = {"schemaVersion": 2, "mediaType": MANIFEST, "layers": layers,
               "config": dict(self.blob(json.dumps(config).encode()), mediaType=CONFIG)}
        entry = self.manifest("one", one, MANIFEST)
        other = self.manifest("other", dict(one, layers=layers[:1]), MANIFEST)
        self.manifest("list", {"schemaVersion": 2, "mediaType": INDEX, "manifests": [
            dict(other, platform={"os": "linux", "architecture": "s390x"}),
            dict(entry, platform={"os": "linux", "architecture": os.environ.get("REGISTRY_ARCHITECTURE", "amd64")})]}, INDEX)
        self.make_wrong(one, entry, layers)
        with open(self.directory + "/facts", "w") as f:
            for name, d in [("layer%d" % i, x["digest"]) for i, x in enumerate(layers)] + [("config", one["config"]["digest"])]:
                f.write("%s=%s %s_size=%d\n" % (name, d, name, len(self.blobs[d])))
            f.write("one=%s list=%s\n" % (entry["digest"], digest(self.manifests["list"][0])))

    def make_wrong(self, one, entry, layers):
        def layer(**change):
            return dict(one, layers=[dict(layers[0], **change)])
        text = json.dumps(one)
        self.manifest("schema1", {"schemaVersion": 1, "name": "x", "fsLayers": []}, DOCKER + "v1+prettyjws")
        self.manifest("ambiguous", dict(one, manifests=[entry]), MANIFEST)
        self.manifest("wrongtype", dict(one, annotations={}), INDEX)
        self.manifest("huge", dict(one, annotations={"x": "y" * (5 << 20)}), MANIFEST)
        self.manifest("deep", b'{"schemaVersion":2,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", MANIFEST)
        self.manifest("twice", ('{"config":{},' + text[1:]).encode(), MANIFEST)
        hex_ = layers[0]["digest"][7:]
        for name, bad in ("baddigest", "sha256:../../x"), ("emptydigest", "sha256:"), ("upperdigest", "sha256:" + hex_.upper()), \
                ("shortdigest", layers[0]["digest"][:-1]):
            self.manifest(name, layer(digest=bad), MANIFEST)
        sha512 = "sha512:" + hashlib.sha512(b"x").hexdigest()
        self.manifest("sha512layer", layer(digest=sha512), MANIFEST)
        self.manifest("sha512config", dict(one, config=dict(one["config"], digest=sha512)), MANIFEST)
        self.manifest("sha512index", {"schemaVersion": 2, "mediaType": INDEX, "manifests": [dict(entry, digest=sha512)]}, INDEX)
        self.manifest("negative", layer(size=-1), MANIFEST)
        self.manifest("hugesize", json.dumps(layer(size=12345)).replace("12345", "1e400").encode(), MANIFEST)
        self.manifest("invalid", text.replace(CONFIG, "\udcff").encode("utf-8", "surrogateescape"), MANIFEST)
        self.manifest("nul", text.replace(layers[0]["digest"], layers[0]["digest"] + "\\u0000").encode(), MANIFEST)
        self.manifest("artifact", dict(one, layers=[]), MANIFEST)
        bad = self.blob(b'{"architecture": 7}')
        self.manifest("badconfig", dict(one, config=dict(bad, mediaType=CONFIG)), MANIFEST)
        self.one = one
        self.manifest("manyentries", {"schemaVersion": 2, "mediaType": INDEX, "manifests": [dict(entry)] * 1001}, INDEX)
        inner = entry
        for _ in range(4):
            inner = self.manifest("loop", {"schemaVersion": 2, "mediaType": INDEX, "manifests": [inner]}, INDEX)


    def make_urls(self):
        layers = [dict(x, urls=[self.other + "/elsewhere"]) for x in self.one["layers"]]
        self.manifest("urls", dict(self.one, layers=layers), MANIFEST)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    place, status, is_noted = "registry", 0, True  # what cannot be read is no request

    # --- plumbing
    def log_message(self, *_):
        pass

    def send_response_only(self, code, message=None):
        self.status = code
        super().send_response_only(code, message)

    # Before the answer is on its way: who has it may read the log at once.
    def end_headers(self):
        if self.status >= 200:
            self.note()
            for value in filter(None, self.server.world.switch("warning").split("|")):
                value = value.replace("PLACE", self.place).replace("STATUS", str(self.status)).encode("utf-8", "surrogateescape")
                self.send_header("Warning", value.decode("latin-1"))
        super().end_headers()

    def note(self):
        if not self.is_noted:
            self.is_noted = True
            self.server.world.log("%s %s %s %d auth=%s range=%s length=%s proxy=%s header=%s" % (
                self.place, self.command, self.path, self.status, self.headers.get("Authorization", "-"),
                self.headers.get("Range", "-"), self.headers.get("Content-Length", "-"), self.headers.get("Proxy-Authorization", "-"),
                self.headers.get("X-Test", "-")))

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        headers.setdefault("Content-Length", len(body))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def error(self, status, code, message="", **headers):
        body = json.dumps({"errors": [{"code": code, "message": message or code.lower()}]}).encode()
        self.answer(status, body, Content_Type="application/json", **headers)

    def hang_up(self):
        self.close_connection = True
        try:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def handle_one(self):
        self.status, self.is_noted = 0, False
        try:
            if self.place == "token":
                self.token()
            elif self.place == "other":
                self.elsewhere()
            else:
                self.registry()
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True
        finally:
            self.note()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one

    # --- who asks
    def token(self):
        world, query = self.server.world, urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        identity = None
        if self.command == "POST":
            form = urllib.parse.parse_qs(self.body().decode())
            if form.get("refresh_token") != ["identity"]:
                return self.error(401, "UNAUTHORIZED", "no such identity")
            scopes = form.get("scope", [""])[0].split()
        else:
            given = self.headers.get("Authorization", "")
            if given and given != "Basic " + base64.b64encode(b"user:right").decode():
                return self.error(401, "UNAUTHORIZED", "wrong user or password")
            if not given and world.switch("anonymous") != "yes":
                return self.error(401, "UNAUTHORIZED", "who are you")
            scopes = query.get("scope", [])
            identity = "identity" if "offline_token" in query else None
        if world.switch("push") == "no":
            scopes = [s.replace("pull,push", "pull") for s in scopes]
        name = "token-%d" % len(world.tokens)
        world.tokens[name] = [set(scopes), int(world.switch("expires") or 1 << 30)]
        answer = {"token": name, "expires_in": 300}
        if identity:
            answer["refresh_token"] = identity
        self.answer(200, json.dumps(answer).encode(), Content_Type="application/json")

    def is_allowed(self):
        world, given = self.server.world, self.headers.get("Authorization", "")
        auth = world.switch("auth")
        if not auth:
            return True
        if auth == "basic":
            if given == "Basic " + base64.b64encode(b"user:right").decode():
                return True
            self.drop_body()
            self.error(401, "UNAUTHORIZED", WWW_Authenticate='Basic realm="a registry"')
            return False
        repository = self.repository()
        wanted = {"GET": "pull", "HEAD": "pull", "DELETE": "delete"}.get(self.command, "push")
        with world.lock:
            scopes, left = world.tokens.get(given[len("Bearer "):], (None, 0))
            good = scopes is not None and left > 0 and (not repository or any(
                s.startswith("repository:%s:" % repository) and wanted in s.rsplit(":", 1)[1].split(",") for s in scopes))
            if good:
                world.tokens[given[len("Bearer "):]][1] -= 1
        if good:
            return True
        self.drop_body()
        challenge = 'Bearer realm="%s",service="test"' % (world.switch("realm") or world.realm)
        if repository:
            challenge += ',scope="repository:%s:%s"' % (repository, "pull,push" if wanted == "push" else wanted)
        self.error(401, "UNAUTHORIZED", WWW_Authenticate=challenge)
        return False

    def drop_body(self):
        if self.headers.get("Content-Length"):
            self.body()

    def repository(self):
        path = urllib.parse.urlsplit(self.path).path[len("/v2/"):]
        for kind in "/manifests/", "/blobs/", "/tags/", "/referrers/":
            if kind in path:
                return path[:path.index(kind)]
        return ""

    # --- the other place
    def elsewhere(self):
        world = self.server.world
        name = self.path.rsplit("/", 1)[1].split("?")[0]
        if self.command in ("PUT", "PATCH"):
            return self.upload_session(urllib.parse.urlsplit(self.path))
        if name in world.blobs:
            return self.send_blob(name)
        self.registry()

    # --- the registry
    def registry(self):
        world, url = self.server.world, urllib.parse.urlsplit(self.path)
        if not url.path.startswith("/v2/"):
            return self.error(404, "NOT_FOUND")
        if not self.is_allowed():
            return None
        if url.path == "/v2/":
            return self.answer(200, b"{}")
        busy = world.numbers("busy")
        if busy and world.once_more("busy", busy[1]):
            self.drop_body()
            return self.error(busy[0], "TOOMANYREQUESTS", world.switch("message"), **({"Retry_After": busy[2]} if len(busy) > 2 else {}))
        what, name = url.path.rsplit("/", 2)[1:]
        if "/blobs/uploads/" in url.path:
            return self.upload_begin(url) if self.command == "POST" else self.upload_session(url)
        if what == "manifests":
            how = {"PUT": self.put_manifest, "DELETE": self.delete_manifest}.get(self.command, self.get_manifest)
            return how(name)
        if what == "referrers" and world.switch("referrers"):
            return self.get_referrers(url, name)
        if what == "tags":
            return self.get_tags(url)
        if what == "blobs":
            return self.delete_blob(name) if self.command == "DELETE" else self.get_blob(name)
        return self.error(404, "NOT_FOUND")

    def manifest(self, name):
        world, key = self.server.world, (self.repository(), name)
        return None if key in world.gone else world.pushed.get(key) or world.manifests.get(name)

    def get_manifest(self, name):
        world, found = self.server.world, self.manifest(name)
        if not found:
            return self.error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        data, media_type = found
        said = world.says(digest(data))
        return self.answer(200, data, Content_Type=media_type, Docker_Content_Digest=said)

    def put_manifest(self, name):
        world, data = self.server.world, self.body()
        for key in name, digest(data):
            world.pushed[(self.repository(), key)] = (data, self.headers.get("Content-Type"))
            world.gone.discard((self.repository(), key))
        said = world.says(digest(data))
        self.answer(201, Docker_Content_Digest=said, Location="/v2/x")

    # A tag by itself; a manifest with all tags that it has.
    def delete_manifest(self, name):
        world, found, repository = self.server.world, self.manifest(name), self.repository()
        refused = world.switch("delete").split(",")
        if refused[0] and (len(refused) == 1 or ":" not in name):
            return self.error(int(refused[0]), "DENIED" if refused[0] == "403" else "UNSUPPORTED", "the operation is unsupported")
        if not found:
            return self.error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        keys = [k for r, k in world.pushed if r == repository] + list(world.manifests)
        world.gone |= {(repository, k) for k in keys if k == name or (":" in name and self.manifest(k) == found)}
        return self.answer(202)

    def delete_blob(self, name):
        world, key = self.server.world, (self.repository(), name)
        if world.switch("delete"):
            return self.error(int(world.switch("delete").split(",")[0]), "UNSUPPORTED", "the operation is unsupported")
        if key in world.gone or not (key in world.pushed or name in world.blobs):
            return self.error(404, "BLOB_UNKNOWN", "blob unknown to registry")
        world.gone.add(key)
        return self.answer(202)

    def referrers(self, subject, kind):
        world, repository, entries = self.server.world, self.repository(), []
        for i in range(400 if kind == "many" else 5):
            entries.append({"mediaType": MANIFEST, "digest": digest(b"%d" % i), "size": 1000 + i, "artifactType": "application/test." + "ab"[i % 2]})
        if kind == "digest":
            entries[3]["digest"] = "sha256:../../x"
        if kind == "escape":
            entries[3]["artifactType"] = "\x1b]0;evil\x07\n\u009b"
        for (where, key), (data, media_type) in list(world.pushed.items()):
            if where == repository and ":" in key and (kind == "stale" or self.manifest(key)) and json.loads(data).get("subject", {}).get("digest") == subject:
                entries.append({"mediaType": media_type, "digest": key, "size": len(data), "artifactType": json.loads(data).get("artifactType", "")})
        return entries

    def get_referrers(self, url, subject):
        world, query = self.server.world, urllib.parse.parse_qs(url.query)
        kind = world.switch("referrers")
        entries, headers = self.referrers(subject, kind), {"Content_Type": INDEX}
        if kind == "filtered" and "artifactType" in query:
            entries = [x for x in entries if x["artifactType"] == query["artifactType"][0]]
            headers["OCI_Filters_Applied"] = "artifactType"
        page, size = int(query.get("page", ["0"])[0]), 2 if kind == "paged" else len(entries)
        if kind in ("paged", "endless", "many", "elsewhere") and (kind != "paged" or len(entries) > (page + 1) * size):
            there = world.other if kind == "elsewhere" else ""
            headers["Link"] = '<%s%s?page=%d>; rel="next"' % (there, url.path, page + 1)
        if kind == "endless":
            entries = []
        body = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries[page * size:][:size] if kind == "paged" else entries}
        if kind == "huge":
            body["annotations"] = {"x": "y" * (5 << 20)}
        if kind == "manifest":
            body, headers["Content_Type"] = world.one, MANIFEST
        if kind == "type":
            headers["Content_Type"] = MANIFEST
        self.answer(200, b"{" if kind == "garbage" else json.dumps(body).encode(), **headers)

    def get_tags(self, url):
        query = urllib.parse.parse_qs(url.query)
        names = sorted(n for n in self.server.world.manifests if ":" not in n and self.manifest(n))
        names = [n for n in names if n > query.get("last", [""])[0]]
        link = {}
        if len(names) > 10:
            names = names[:10]
            link["Link"] = '<%s?last=%s&n=10>; rel="next"' % (url.path, names[-1])
        self.answer(200, json.dumps({"name": "x", "tags": names}).encode(), **link)

    def get_blob(self, name):
        world, to = self.server.world, self.server.world.switch("redirect")
        pushed = world.pushed.get((self.repository(), name))
        if (self.repository(), name) in world.gone or (name not in world.blobs and not pushed):
            return self.error(404, "BLOB_UNKNOWN", "blob unknown")
        # What was never pushed there is not there, for who pushes; everything else is everywhere.
        if self.command == "HEAD" and not pushed and self.repository().startswith("empty/"):
            return self.error(404, "BLOB_UNKNOWN", "blob unknown")
        if to and self.command == "GET":
            target = {"other": "%s/files/%s" % (world.other, name), "loop": self.path, "home": "/v2/files/blobs/" + name,
                      "http": "http://%s/files/%s" % (world.other.split("://")[1], name)}[to]
            if not (to == "home" and "/files/" in self.path):
                return self.answer(307, Location=target)
        return self.send_blob(name)

    def send_blob(self, name):
        world = self.server.world
        data = world.pushed.get((self.repository(), name)) or world.blobs[name]
        kind = world.switch("blob")
        if kind == "other":
            data = noise("other", len(data))
        elif kind == "short":
            data = data[:-1]
        elif kind == "long":
            data = data + b"x"
        begin, status, headers = 0, 200, {}
        wanted = self.headers.get("Range", "")
        if wanted.startswith("bytes=") and world.switch("range") not in ("none", "ignored"):
            begin = int(wanted[6:].split("-")[0])
            status = 206
            if world.switch("range") == "wrong":
                begin = 0
            if begin >= len(data):
                return self.error(416, "RANGE_INVALID")
            headers["Content-Range"] = "bytes %d-%d/%d" % (begin, len(data) - 1, len(data))
        if world.switch("range") == "none" and wanted:
            return self.error(400, "UNSUPPORTED")
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        if world.switch("chunked") or kind == "endless":
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        if self.command == "HEAD":
            return None
        if kind == "endless":
            while True:
                self.piece(noise("endless", 65536))
        return self.stream(data, begin)

    def piece(self, data):
        if self.server.world.switch("chunked") or self.server.world.switch("blob") == "endless":
            data = b"%x\r\n%s\r\n" % (len(data), data)
        self.wfile.write(data)

    def stream(self, data, begin):
        world, at = self.server.world, begin
        cut, stall = world.numbers("cut"), world.numbers("stall")
        end = len(data)
        breaks = None
        for name, numbers in ("cut", cut), ("stall", stall):
            if numbers and begin + numbers[0] < end and (len(numbers) == 1 or world.once_more(name, numbers[1])):
                end, breaks = begin + numbers[0], name
        rate = int(world.switch("slow") or 0)
        step = max(1, rate // 10) if rate else 65536
        while at < end:
            self.piece(data[at:min(at + step, end)])
            at = min(at + step, end)
            if rate:
                self.wfile.flush()
                time.sleep(0.1)
        if breaks == "stall":
            self.wfile.flush()
            self.connection.settimeout(60)
            try:
                self.connection.recv(1)
            except OSError:
                pass
        if breaks:
            return self.hang_up()
        if world.switch("chunked"):
            self.wfile.write(b"0\r\n\r\n")
        return None

    # --- uploads
    def where(self, session):
        path = "/v2/%s/blobs/uploads/%s" % (self.repository(), session)
        kind = self.server.world.switch("location")
        if kind == "absolute":
            return "%s%s" % (self.server.world.home, path)
        if kind == "query":
            return "%s%s?state=a%%2Fb" % (self.server.world.home, path)
        if kind == "other":
            return "%s%s" % (self.server.world.other, path)
        if kind == "plain":
            return "http://%s%s" % (self.server.world.home.split("://")[1], path)
        return path

    def upload_begin(self, url):
        world, query = self.server.world, urllib.parse.parse_qs(url.query)
        self.drop_body()
        if "mount" in query and world.switch("mount") != "no":
            name = query["mount"][0]
            world.pushed[(self.repository(), name)] = world.blobs[name]
            return self.answer(201, Location="/v2/x", Docker_Content_Digest=name)
        session = "s%d" % len(world.sessions)
        world.sessions[session] = b""
        headers = {"Location": self.where(session), "Range": "0-0"}
        if world.switch("minimum"):
            headers["OCI_Chunk_Min_Length"] = world.switch("minimum")
        return self.answer(202, **headers)

    def upload_session(self, url):
        world, session = self.server.world, url.path.rsplit("/", 1)[1]
        length = int(self.headers.get("Content-Length") or 0)
        forget, lose, large = world.numbers("forget"), world.numbers("lose"), world.numbers("large")
        if session not in world.sessions:
            self.drop_body()
            return self.error(404, "BLOB_UPLOAD_UNKNOWN")
        if self.command == "GET":
            have = len(world.sessions[session])
            return self.answer(204, Location=self.where(session), Range="0-%d" % max(0, have - 1))
        if self.command == "DELETE":
            del world.sessions[session]
            world.sessions[session + "-cancelled"] = b""
            return self.answer(204)
        if world.switch("refuse"):
            self.drop_body()
            return self.error(int(world.switch("refuse")), "DENIED", "the quota is used up")
        if large and length > large[0]:
            self.drop_body()
            return self.error(413, "SIZE_INVALID")
        if lose and length > lose[0] and (len(lose) == 1 or world.once_more("lose", lose[1])):
            world.sessions[session] += self.rfile.read(lose[0])
            return self.hang_up()
        if forget and world.once_more("forget", forget[0]):
            self.drop_body()
            del world.sessions[session]
            world.sessions[session + "-gone"] = b""
            return self.error(404, "BLOB_UPLOAD_UNKNOWN")
        data = self.body()
        given = self.headers.get("Content-Range")
        if given and int(given.split("-")[0]) != len(world.sessions[session]):
            return self.error(416, "RANGE_INVALID", Range="0-%d" % max(0, len(world.sessions[session]) - 1))
        world.sessions[session] += data
        if self.command == "PATCH":
            return self.answer(202, Location=self.where(session), Range="0-%d" % (len(world.sessions[session]) - 1))
        wanted = urllib.parse.parse_qs(url.query)["digest"][0]
        whole = world.sessions.pop(session)
        world.sessions[session + "-done"] = b""
        if digest(whole) != wanted:
            return self.error(400, "DIGEST_INVALID")
        world.pushed[(self.repository(), wanted)] = whole
        said = world.says(wanted)
        return self.answer(201, Location="/v2/x", Docker_Content_Digest=said)


def listen(world, place, context):
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"place": place}))
    server.daemon_threads = True
    server.world = world
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def main():
    directory, switches = sys.argv[1], dict(a.split("=", 1) for a in sys.argv[2:])
    world, context = World(directory, switches), None
    open(directory + "/log", "w").close()
    if "tls" in switches:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*switches["tls"].split(","))
        if "old" in switches:
            context.set_ciphers("DEFAULT@SECLEVEL=0")
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    ports = [listen(world, "registry", context), listen(world, "other", None if "plain" in switches else context),
             listen(world, "token", context)]
    scheme = "https" if context else "http"
    world.home = "%s://127.0.0.1:%d" % (scheme, ports[0])
    world.other = "%s://127.0.0.1:%d" % ("http" if "plain" in switches else scheme, ports[1])
    world.realm = "%s://127.0.0.1:%d/token" % (scheme, ports[2])
    if world.one:
        world.make_urls()
    with open(directory + "/ports.new", "w") as f:
        f.write(" ".join(map(str, ports)) + "\n")
    os.rename(directory + "/ports.new", directory + "/ports")
    while os.path.exists(directory + "/ports"):
        time.sleep(0.1)


main()
