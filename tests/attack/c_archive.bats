# Family C of the list of attacks: archives of images (rows 50 to 53, 55). Names in an archive are keys and never paths; each hostile
# archive is refused with one sentence and leaves nothing, as a file and through a pipe.
load helper
source "$TREE/tests/images.bash"

setup_file() { :; }
setup() {
	instance_place
	canary_make
}

leftovers() { find "$HOY_ROOT"/{tmp,layers,blobs/sha256,partial,images/records,images/refs} -mindepth 1 2>/dev/null; }

# The archive is refused with a sentence that has this text in it, however it is given; nothing is left.
refused() { # archive, text
	local way
	for way in '<"$D/$1"' '< <(cat "$D/$1")' '< <(gzip -c "$D/$1")'; do
		eval "hoy load $way" >"$D/out" 2>"$D/err" && { echo "$1 was taken ($way)"; return 1; }
		has "$(cat "$D/err")" "$2" || return
		is "$(wc -l <"$D/err")" 1 || return
		is "$(cat "$D/out")" "" || return
		is "$(leftovers)" "" || return
		canary_is_untouched || return
	done
}

@test "C53 paths in manifest.json are keys: outside of the archive there is nothing" {
	cp "$CANARY/secret" "$D/secret.json"
	images <<'PY'
a = layer(file="x")
c = config([a])
def archive(name, cfg, layers, *more):
    write(D + "/" + name, tar([("c.json", c), ("l.tar", a)] + list(more) +
          [("manifest.json", json.dumps([{"Config": cfg, "RepoTags": ["evil:1"], "Layers": layers}]).encode())]))
outside = D + "/../canary/secret"
archive("config_up", "../../canary/secret", ["l.tar"])
archive("config_absolute", outside, ["l.tar"])
archive("layer_up", "c.json", ["../../../../etc/passwd"])
archive("layer_absolute", "c.json", ["/etc/passwd"])
archive("layer_empty", "c.json", [""])
archive("layer_directory", "c.json", ["d"], ("d", None))
archive("symlink_out", "c.json", ["s"], ("s", ("sym", "/etc/passwd")))
archive("symlink_up", "c.json", ["a/s"], ("a/s", ("sym", "../../../../../../etc/passwd")))
archive("symlink_loop", "c.json", ["p"], ("p", ("sym", "q")), ("q", ("sym", "p")))
archive("symlink_self", "c.json", ["p"], ("p", ("sym", "p")))
archive("hardlink_out", "c.json", ["h"], ("h", ("hard", "/etc/passwd")))
archive("hardlink_up", "c.json", ["h"], ("h", ("hard", "../canary/secret")))
archive("no_config", None, ["l.tar"])
archive("config_number", 3, ["l.tar"])
archive("layers_number", "c.json", 3)
archive("layers_nested", "c.json", [["l.tar"]])
PY
	refused config_up 'leads out'
	refused config_absolute 'leads out'
	refused layer_up 'leads out'
	local name
	for name in layer_absolute layer_directory symlink_out symlink_up symlink_loop symlink_self hardlink_out hardlink_up; do
		refused $name "in the archive"
	done
	refused layer_empty "no name"
	refused no_config "no Config"
	refused config_number "expected a string"
	refused layers_number "expected an array"
	refused layers_nested "expected a string"
}

@test "C53 names of members are never made into files" {
	images <<'PY'
a = layer(file="x")
c = config([a])
evil = ["../../canary/secret", "/" + D.lstrip("/") + "/../canary/new", "a/../../../canary/new", "x" * 300, "a" * 4090, "..", ".", "new\nline"]
write(D + "/a.tar", tar([(n, b"evil") for n in evil] + docker((c, ["good:1"], [a]))))
PY
	local way
	for way in '<"$D/a.tar"' '< <(cat "$D/a.tar")'; do
		eval "hoy load $way" >/dev/null
		canary_is_untouched
		[ ! -e "$CANARY/new" ]
		hoy rmi good:1 >/dev/null
		is "$(leftovers)" ""
	done
}

@test "C52 digests in an index are digests or nothing" {
	images <<'PY'
a = layer(file="x")
c = config([a])
m = manifest(c, [a])
def archive(name, top, *blobs):
    write(D + "/" + name, tar(layout(top, *blobs)))
for name, digest in [("up", "sha256:../../canary/secret"), ("short", "sha256:" + "a" * 63), ("upper", "sha256:" + "A" * 64), ("none", "sha256:"),
                     ("md5", "md5:" + "a" * 32), ("empty", "")]:
    archive("index_" + name, index(dict(descriptor(MANIFEST, m), digest=digest)), m, c, a)
    bad = json.loads(m)
    bad["layers"][0]["digest"] = digest
    bad = json.dumps(bad).encode()
    archive("layer_" + name, index(descriptor(MANIFEST, bad)), bad, c, a)
bad = json.loads(c)
bad["rootfs"]["diff_ids"] = ["sha256:../../x"]
bad = json.dumps(bad).encode()
m2 = manifest(bad, [a])
archive("diff_id", index(descriptor(MANIFEST, m2)), m2, bad, a)
PY
	local name
	for name in up short upper none md5 empty; do
		refused index_$name "no sha256 digest"
		refused layer_$name "no sha256 digest"
	done
	refused diff_id "no sha256 digest"
}

@test "C51 what could be read as two things is refused" {
	images <<'PY'
a, b = layer(file="x"), layer(file="y")
c = config([a])
m = manifest(c, [a])
def archive(name, top, *blobs):
    write(D + "/" + name, tar(layout(top, *blobs)))
both = json.dumps(dict(json.loads(m), manifests=[])).encode()
archive("both", index(descriptor(MANIFEST, both)), both, c, a)
archive("as_index", index(descriptor(INDEX, m)), m, c, a)
archive("as_manifest", index(descriptor(MANIFEST, index())), index(), m, c, a)
archive("duplicate", b'{"schemaVersion":2,"manifests":[],"manifests":[]}')
archive("top", m, m, c, a)
write(D + "/twice", tar(docker((c, ["x:1"], [a])) + docker((config([b]), ["x:1"], [b]))))
PY
	refused both "an index and as a manifest"
	refused as_index "was given out as"
	refused as_manifest "was given out as"
	refused duplicate "duplicate"
	refused top "manifest, not an index"
	refused twice "manifest.json is in the archive twice"
}

@test "C50 documents, lists and nesting have limits" {
	images <<'PY'
a = layer(file="x")
c = config([a])
m = manifest(c, [a])
def top(name, text, *more):
    write(D + "/" + name, tar([("manifest.json", text)] + list(more)))
top("huge", b"[" + b" " * (5 << 20) + b"]")
top("deep", b"[" * 100000 + b"]" * 100000)
top("many", json.dumps([{"Config": "c", "Layers": ["l"]}] * 1001).encode(), ("c", c), ("l", a))
top("layers", json.dumps([{"Config": "c", "Layers": ["l"] * 501}]).encode(), ("c", c), ("l", a))
top("names", json.dumps([{"Config": "c", "RepoTags": ["x:%d" % i for i in range(1001)], "Layers": ["l"]}]).encode(), ("c", c), ("l", a))
top("config", json.dumps([{"Config": "c", "Layers": ["l"]}]).encode(), ("c", c + b" " * (9 << 20)), ("l", a))
entries = index(*[descriptor(MANIFEST, m)] * 1001)
write(D + "/entries", tar(layout(entries, m, c, a)))
blobs, inner = [m, c, a], descriptor(MANIFEST, m)
for i in range(10):
    i = index(dict(inner, platform={"os": "linux", "architecture": "amd64"}))
    blobs.append(i)
    inner = descriptor(INDEX, i)
write(D + "/nested", tar(layout(index(inner), *blobs)))
write(D + "/members", tar([("%d" % i, b"") for i in range(65537)]))
PY
	refused huge "larger than"
	refused deep "manifest.json"
	refused many "more than 1000 images"
	refused layers "too many layers"
	refused names "too many names"
	refused config "larger than"
	refused entries "manifests"
	refused nested "indexes lead to indexes"
	HOY_TIMEOUT=120 refused members "too many members"
}

@test "C54 CVE-2021-20291: after a layer that is cut off the next one who needs it does not wait" {
	images <<'PY'
import bz2, lzma
a = layer(file="one")
names = ["l/layer.tar"]
def archive(name, blob):
    write(D + "/" + name, tar([("c", config([a])), ("manifest.json", json.dumps([{"Config": "c", "RepoTags": ["x:1"], "Layers": names}]).encode()), (names[0], blob)]))
archive("xz", lzma.compress(a)[:-20])
archive("bzip2", bz2.compress(a)[:-20])
archive("good", lzma.compress(a))
PY
	local name
	for name in xz bzip2; do
		refused $name "too early"
		HOY_TIMEOUT=20 hoy load -i "$D/good" >/dev/null
		hoy rmi x:1 >/dev/null
		is "$(leftovers)" ""
	done
}

@test "C50 a bomb stops at its limit, whether the archive or a layer of it is one" {
	images <<'PY'
big = tar([("zeros", b"\0" * (200 << 20))])
c = config([big])
write(D + "/layer", tar(docker((c, ["x:1"], [pack(big)]))))
write(D + "/outer", pack(tar(docker((c, ["x:1"], [big])))))
PY
	fails 1 hoy load -i "$D/layer"
	has "$errors" "looks like a bomb"
	is "$(leftovers)" ""
	fails 1 hoy load -i "$D/outer"
	has "$errors" "looks like a bomb"
	is "$(leftovers)" ""
	export HOY_UNPACK_MAX_BYTES=1000000 HOY_UNPACK_MAX_RATIO=100000
	fails 1 hoy load -i "$D/layer"
	has "$errors" "more than 1000000 bytes"
	fails 1 hoy load -i "$D/outer"
	has "$errors" "more than 1000000 bytes"
	is "$(leftovers)" ""
}

@test "C55 a damaged archive is refused wherever it is damaged or cut off" {
	images <<'PY'
a = layer(file="x" * 3000)
good = tar(docker((config([a]), ["x:1"], [a])))
end = len(good.rstrip(b"\0"))
end += -end % 512
for i, cut in enumerate([0, 1, 511, 513, 2000, end // 2, end - 1, end]):
    write(D + "/cut%d" % i, good[:cut])
write(D + "/sum", good[:10] + b"X" + good[11:])
write(D + "/size", summed(good[:124] + b"77777777777\0" + good[136:]))
write(D + "/octal", summed(good[:124] + b"99999999999\0" + good[136:]))
write(D + "/binary", summed(good[:124] + b"\x80" + b"\xff" * 11 + good[136:]))
write(D + "/noise", b"\x93" * 4096)
sparse = tar([("manifest.json", b"[]")])
write(D + "/sparse", summed(sparse[:156] + b"S" + sparse[157:]))
PY
	local i
	for i in 0 1 2 3 4 5 6 7; do refused cut$i "the archive"; done
	refused sum "damaged"
	refused size "too early"
	refused octal "a size is no number"
	refused binary "a size is no number"
	refused noise "damaged"
	refused sparse "sparse"
}

@test "C59 a layout's directory: links in it lead nowhere else" {
	images <<'PY'
a = layer(file="x")
c = config([a])
m = manifest(c, [a])
directory(D + "/good", layout(index(descriptor(MANIFEST, m)), m, c, a))
PY
	local blob
	cp -a "$D/good" "$D/link"
	blob=$D/link/blobs/sha256/$(jq -r '.layers[0].digest' "$D"/good/blobs/sha256/"$(jq -r '.manifests[0].digest' "$D/good/index.json" | cut -d : -f 2)" | cut -d : -f 2)
	rm "$blob"
	ln -s "$CANARY/secret" "$blob"
	fails 1 hoy pull "oci:$D/link"
	has "$errors" "there is no file"
	rm "$blob"
	mkfifo "$blob"
	fails 1 hoy pull "oci:$D/link"
	has "$errors" "there is no file"
	rm "$D/link/index.json"
	ln -s "$CANARY/secret" "$D/link/index.json"
	fails 1 hoy pull "oci:$D/link"
	is "$(leftovers)" ""
	canary_is_untouched
	hoy pull -q "oci:$D/good" >/dev/null
}
