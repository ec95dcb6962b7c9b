"""Images for tests, put together byte by byte: layers, configs, manifests, layouts and archives, honest or not.

A test says what it wants in a few lines of Python (tests/images.bash runs them with this module imported).
"""
import gzip
import hashlib
import io
import json
import os
import tarfile

OCI = "application/vnd.oci.image."
INDEX, MANIFEST, CONFIG, LAYER = OCI + "index.v1+json", OCI + "manifest.v1+json", OCI + "config.v1+json", OCI + "layer.v1.tar"
DOCKER = "application/vnd.docker."
DOCKER_MANIFEST, DOCKER_LIST = DOCKER + "distribution.manifest.v2+json", DOCKER + "distribution.manifest.list.v2+json"
DOCKER_CONFIG, DOCKER_LAYER = DOCKER + "container.image.v1+json", DOCKER + "image.rootfs.diff.tar.gzip"


def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def hexof(data):
    return hashlib.sha256(data).hexdigest()


def tar(members, format=tarfile.PAX_FORMAT):
    """Bytes of a tar of (name, content): bytes a file, None a directory, ("sym", to), ("hard", to)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as t:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.mode = 0o644
            if content is None:
                info.type, info.mode = tarfile.DIRTYPE, 0o755
            elif isinstance(content, tuple):
                info.type = tarfile.SYMTYPE if content[0] == "sym" else tarfile.LNKTYPE
                info.linkname = content[1]
            else:
                info.size = len(content)
            t.addfile(info, io.BytesIO(content) if isinstance(content, bytes) else None)
    return out.getvalue()


def summed(data):
    """The first header's checksum made right again."""
    data = bytearray(data)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


def layer(**files):
    """A layer of files by name ("a__b" is a/b), with the directories that they need."""
    members = []
    for name, content in files.items():
        members.append((name.replace("__", "/"), content.encode() if isinstance(content, str) else content))
    return tar(members)


def pack(data):
    return gzip.compress(data, mtime=0)


def config(layers, **extra):
    """Of uncompressed layers; `extra` replaces members."""
    c = {"created": "2020-01-02T03:04:05Z", "architecture": "amd64", "os": "linux", "config": {"Cmd": ["sh"]},
         "rootfs": {"type": "layers", "diff_ids": [sha(l) for l in layers]}}
    c.update(extra)
    return json.dumps(c).encode()


def descriptor(type, data, **extra):
    return dict({"mediaType": type, "digest": sha(data), "size": len(data)}, **extra)


def manifest(cfg, blobs, type=LAYER, **extra):
    m = {"schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor(CONFIG, cfg),
         "layers": [descriptor(type, b) for b in blobs]}
    m.update(extra)
    return json.dumps(m).encode()


def index(*entries, **extra):
    i = {"schemaVersion": 2, "mediaType": INDEX, "manifests": list(entries)}
    i.update(extra)
    return json.dumps(i).encode()


def named(tag, name=None):
    annotations = {"org.opencontainers.image.ref.name": tag}
    if name:
        annotations["io.containerd.image.name"] = name
    return {"annotations": annotations}


def layout(top, *blobs):
    """Members of a layout: for tar() or directory()."""
    members = [("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'), ("index.json", top)]
    return members + [("blobs/sha256/" + hexof(b), b) for b in blobs]


def docker(*images, first=False):
    """Members of docker's archive: each image is (config, {tag...}, [layer...])."""
    members, listed, seen = [], [], set()
    for cfg, tags, layers in images:
        names = []
        for l in layers:
            name = hexof(l) + "/layer.tar"
            names.append(name)
            if name not in seen:
                members.append((name, l))
            seen.add(name)
        members.append((hexof(cfg) + ".json", cfg))
        listed.append({"Config": hexof(cfg) + ".json", "RepoTags": tags, "Layers": names})
    top = ("manifest.json", json.dumps(listed).encode())
    return [top] + members if first else members + [top]


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)


def directory(path, members):
    for name, content in members:
        target = os.path.join(path, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        write(target, content)
