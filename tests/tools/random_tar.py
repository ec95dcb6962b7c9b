#!/usr/bin/env python3
"""A tar of random entries with few names, so that they meet: replaced, linked, hidden, gone through.

    random_tar.py SEED >TAR

The directories that a directory's entry lies in are no links: what a link leads to when the archive is
over need not be what it led to before.
"""
import io
import random
import sys
import tarfile

DIRECTORIES = ["a", "b", "c"]
LINKS = ["l", "m"]
NAMES = DIRECTORIES + LINKS


class Made:
    """What there is, as far as it is known: an entry mostly goes where something is."""

    def __init__(self, dice):
        self.dice = dice
        self.directories = [""]
        self.files = []

    def parent(self, names):
        known = [d for d in self.directories if all(part in names for part in d.split("/") if part)]
        if self.dice.random() < 0.8:
            return self.dice.choice(known)
        return "".join(self.dice.choice(names) + "/" for _ in range(self.dice.choice([1, 2])))

    def path(self, names, last):
        return self.parent(names) + self.dice.choice(last)

    def put(self, name, kind):
        """Something is there now, and what was there and below is not."""
        if kind != "directory":
            self.directories = [d for d in self.directories if not d.startswith(name + "/")]
        self.files = [f for f in self.files if f != name and not f.startswith(name + "/")]
        if kind in ("directory", "symlink"):
            self.directories.append(name + "/")
        else:
            self.files.append(name)

    def file(self):
        known = self.files and self.dice.random() < 0.8
        return self.dice.choice(self.files) if known else self.path(NAMES, NAMES)

    def link(self):
        if self.dice.random() < 0.7:
            return self.dice.choice(["/", "./", "../"]) + self.dice.choice(self.directories)
        return "/".join(self.dice.choice(NAMES + ["..", "."]) for _ in range(self.dice.choice([1, 2, 3])))


def attributes(dice, info):
    info.mode = dice.choice([0, 0o644, 0o755, 0o700, 0o4755, 0o2750, 0o1777, 0o7777])
    info.uid = dice.choice([0, 1, 1000, 2**31 - 1])
    info.gid = dice.choice([0, 5, 100000])
    info.mtime = dice.choice([0, 1, 1e9 + 0.5, 1234567890.123456])
    if dice.random() < 0.2:
        for _ in range(dice.choice([1, 1, 3])):
            name = "SCHILY.xattr.user." + dice.choice("xyz")
            info.pax_headers[name] = "v" * dice.choice([0, 1, 100, 600, 1200])


def special(dice, info):
    """A fifo or a device."""
    info.type = dice.choice([tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
    if info.type != tarfile.FIFOTYPE:
        info.devmajor, info.devminor = dice.choice([(1, 3), (255, 300), (4095, 1048575)])


def entry(dice, made, tar):
    kind = dice.choices(["file", "large", "directory", "symlink", "link", "special", "whiteout", "opaque"], [10, 1, 8, 4, 4, 2, 3, 1])[0]
    content = b""
    last = {"directory": DIRECTORIES, "symlink": LINKS}.get(kind, NAMES)
    info = tarfile.TarInfo(made.path(DIRECTORIES if kind == "directory" else NAMES, last))
    attributes(dice, info)
    if kind == "directory":
        info.type = tarfile.DIRTYPE
    elif kind == "symlink":
        info.type, info.linkname = tarfile.SYMTYPE, made.link()
    elif kind == "link":
        info.type, info.linkname = tarfile.LNKTYPE, made.file()
    elif kind == "special":
        special(dice, info)
    elif kind in ("whiteout", "opaque"):
        head, slash, name = info.name.rpartition("/")
        info.name = head + slash + ".wh." + (name if kind == "whiteout" else ".wh..opq")
    else:
        content = dice.randbytes(300000 if kind == "large" else dice.choice([0, 1, 100, 4000, 4032, 4096, 5000, 8192]))
        info.size = len(content)
    if kind not in ("whiteout", "opaque"):
        made.put(info.name, kind)
    tar.addfile(info, io.BytesIO(content))


def main():
    dice = random.Random(int(sys.argv[1]))
    made = Made(dice)
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for _ in range(dice.choice([3, 8, 20, 60])):
            entry(dice, made, tar)


main()
