# Archives of images: save, load, and `pull` from files and layouts; what skopeo makes of ours, and we of its.
load helper
source "$TREE/tests/images.bash"

store_is_empty() { [ -z "$(find "$HOY_ROOT"/{blobs,layers,images,tmp,partial} -type f ! -name lock 2>/dev/null)" ]; }
forget_all() { hoy system reset -f && store_is_empty; }
manifest_of() { tar -xOf "$1" index.json | jq -r '.manifests[0].digest'; }

# An image of three layers, with a whiteout, from a container of busybox.
make_image() {
	hoy run --name one busybox sh -c 'echo one >/file; rm /etc/group'
	hoy commit -c 'LABEL a=b' one mine:1 >/dev/null
	hoy run --name two mine:1 sh -c 'echo two >/file; mkdir /new; echo x >/new/x'
	hoy commit two mine:2 >/dev/null
	hoy rm one two >/dev/null
}

@test "save: what it writes is sound: every blob is what its name says, and all that is named is there" {
	make_image
	hoy tag mine:2 other/name:tag
	hoy save -o "$D/a.tar" mine busybox:latest other/name:tag
	mkdir "$D/a"
	tar -C "$D/a" -xf "$D/a.tar"
	local f
	for f in "$D"/a/blobs/sha256/*; do is "$(sha256sum <"$f" | cut -d ' ' -f 1)" "${f##*/}"; done
	is "$(jq -r '.manifests[].annotations["io.containerd.image.name"]' "$D/a/index.json" | sort | tr '\n' ' ')" \
		"docker.io/library/busybox:latest docker.io/library/mine:1 docker.io/library/mine:2 docker.io/other/name:tag "
	for f in $(jq -r '.[] | .Config, .Layers[]' "$D/a/manifest.json"); do [ -f "$D/a/$f" ]; done
	is "$(jq -c '[.[].RepoTags]' "$D/a/manifest.json")" '[["mine:1"],["mine:2","other/name:tag"],["busybox:latest"]]'
	is "$(jq -r '.busybox.latest' "$D/a/repositories")" "$(jq -r '.[2].Layers[-1]' "$D/a/manifest.json" | cut -d / -f 3)"
	is "$(jq -r .imageLayoutVersion "$D/a/oci-layout")" 1.0.0
}

@test "save: the same images give the same bytes, to a file and through a pipe" {
	make_image
	hoy save -o "$D/a.tar" mine:2 busybox
	hoy save mine:2 busybox | cmp - "$D/a.tar"
	hoy save mine:2 busybox >"$D/b.tar"
	cmp "$D/a.tar" "$D/b.tar"
	is "$(tar -tvf "$D/a.tar" | awk '{ print $2, $4 }' | sort -u)" "0/0 1970-01-01"
}

@test "save: a repository without a tag means all its tags, an id none, and a name that is not there stops all of it" {
	make_image
	hoy save mine >"$D/a.tar"
	is "$(tar -xOf "$D/a.tar" manifest.json | jq -c '[.[].RepoTags]')" '[["mine:1"],["mine:2"]]'
	hoy save "$(hoy image inspect -f '{{.Id}}' mine:2)" >"$D/b.tar"
	is "$(tar -xOf "$D/b.tar" manifest.json | jq -c '.[0].RepoTags')" null
	fails 1 hoy save -o "$D/c.tar" busybox nothing
	has "$errors" "No such image: nothing"
	[ ! -e "$D/c.tar" ]
	fails 1 hoy save busybox nothing
	is "$output" ""
}

# One image in two packings, each with a name: plain:1 and gzip:1.
make_packings() {
	images <<'PY'
a, b = layer(a="a"), layer(b="b")
c = config([a, b])
plain, packed = manifest(c, [a, b]), manifest(c, [pack(a), pack(b)], LAYER + "+gzip")
write(D + "/packings.tar", tar(layout(index(descriptor(MANIFEST, plain, **named("1", "docker.io/library/plain:1")),
    descriptor(MANIFEST, packed, **named("1", "docker.io/library/gzip:1"))), plain, packed, c, a, b, pack(a), pack(b))))
PY
	hoy load -q -i "$D/packings.tar" >/dev/null
	is "$(hoy images -q | sort -u | wc -l)" 2 # busybox is the other one
}
names_in() { tar -xOf "$1" manifest.json | jq -c '[.[].RepoTags]'; }
packings_in() { tar -xOf "$1" index.json | jq -c '[.manifests[].annotations["io.containerd.image.name"]]'; }

@test "save: an image by its id and by a name of another packing goes out once, in that packing" {
	local id
	make_packings
	id=$(hoy image inspect -f '{{.Id}}' plain:1)
	is "$(hoy image inspect -f '{{.Id}}' gzip:1)" "$id"
	hoy save "$id" gzip:1 >"$D/a.tar"
	hoy save gzip:1 "$id" | cmp - "$D/a.tar"
	hoy save gzip:1 | cmp - "$D/a.tar"
	hoy save "$id" "$id" "${id:7:12}" >"$D/b.tar"
	is "$(names_in "$D/b.tar")" '[null]'
	is "$(packings_in "$D/b.tar")" '[null]'
	hoy save "$id" >"$D/c.tar"
	cmp "$D/b.tar" "$D/c.tar"
}

@test "save: an image that names ask for in two packings is one entry of docker's with all its names, and both packings" {
	local id name
	make_packings
	id=$(hoy image inspect -f '{{.Id}}' plain:1)
	hoy tag busybox other:1
	hoy save plain:1 other:1 "$id" gzip:1 >"$D/a.tar"
	is "$(names_in "$D/a.tar")" '[["plain:1","gzip:1"],["other:1"]]'
	is "$(packings_in "$D/a.tar")" '["docker.io/library/plain:1","docker.io/library/other:1","docker.io/library/gzip:1"]'
	is "$(tar -xOf "$D/a.tar" manifest.json | jq -r '.[0].Layers[]' | xargs tar -xOf "$D/a.tar" | sha256sum)" \
		"$(hoy save plain:1 | tar -xO manifest.json | jq -r '.[0].Layers[]' | xargs tar -xOf "$D/a.tar" | sha256sum)"
	if command -v skopeo >/dev/null; then
		for name in plain:1 gzip:1; do
			is "sha256:$(skopeo inspect --raw --config "docker-archive:$D/a.tar:$name" | sha256sum | cut -d ' ' -f 1)" "$id"
		done
	fi
	forget_all
	is "$(hoy load -i "$D/a.tar" | sort | tr '\n' ' ')" "Loaded image: gzip:1 Loaded image: other:1 Loaded image: plain:1 "
	hoy save plain:1 other:1 "$id" gzip:1 | cmp - "$D/a.tar"
}

@test "save: refuses a terminal, and leaves an earlier file as it was when it fails" {
	fails 1 timeout 60 "$PTY" -- "$HOY" save busybox
	has "$output" "refusing"
	echo before >"$D/a.tar"
	rm "$HOY_ROOT"/blobs/sha256/"$(hoy image inspect -f '{{.Id}}' busybox | cut -d : -f 2)"
	fails 1 hoy save -o "$D/a.tar" busybox
	is "$(cat "$D/a.tar")" before
	is "$(ls "$D")" a.tar
}

@test "save: a signal in the middle leaves an earlier file as it was, and none beside it" {
	echo before >"$D/a.tar"
	# SIGXFSZ, at the first byte beyond 64 KiB.
	status=0
	(ulimit -c 0; ulimit -f 64; cd "$D" && exec "$HOY" save -o a.tar busybox) 2>/dev/null || status=$?
	is "$status" $((128 + $(kill -l XFSZ)))
	is "$(cat "$D/a.tar")" before
	is "$(ls -A "$D")" a.tar
	(cd "$D" && hoy save -o a.tar busybox)
	is "$(tar -xOf "$D/a.tar" manifest.json | jq -r '.[0].RepoTags[0]')" busybox:latest
	is "$(stat -c %a "$D/a.tar")" 600
	is "$(ls -A "$D")" a.tar
}

@test "save --platform: only what is for it" {
	hoy save --platform linux/amd64 busybox >"$D/a.tar"
	fails 1 hoy save --platform linux/s390x busybox
	has "$errors" "is not for the platform linux/s390x"
	fails 1 hoy save --platform 'a b' busybox
	has "$errors" "invalid platform"
}

@test "save: goes on while the image is removed, and keeps nobody waiting" {
	make_image
	hoy save mine:2 >"$D/whole.tar"
	mkfifo "$D/pipe"
	hoy save -o "$D/pipe" mine:2 & local p=$!
	exec 7<"$D/pipe"
	head -c 4096 <&7 >"$D/a.tar"
	HOY_TIMEOUT=20 hoy rmi mine:1 mine:2 busybox >/dev/null
	cat <&7 >>"$D/a.tar"
	exec 7<&-
	wait $p
	cmp "$D/a.tar" "$D/whole.tar"
	hoy system check --repair >/dev/null || true
	store_is_empty
	hoy load <"$D/a.tar"
	is "$(hoy run --rm mine:2 cat /file)" two
}

@test "load: a round trip keeps ids, digests, names and content, from a file, a pipe, and compressed" {
	make_image
	local ids before
	ids=$(hoy images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort)
	hoy save -o "$D/a.tar" mine busybox
	gzip -k "$D/a.tar"
	zstd -q -k "$D/a.tar"
	xz -0 -k "$D/a.tar"
	bzip2 -k "$D/a.tar"
	before=$(find "$HOY_ROOT/blobs" -type f | sort)
	local way
	for way in '-i $D/a.tar' '<$D/a.tar' '< <(cat $D/a.tar)' '-i $D/a.tar.gz' '<$D/a.tar.zst' '< <(cat $D/a.tar.gz)' \
		'-i $D/a.tar.xz' '< <(cat $D/a.tar.bz2)'; do
		forget_all
		is "$(eval "hoy load $way" | sort)" "Loaded image: busybox:latest
Loaded image: mine:1
Loaded image: mine:2"
		is "$(hoy images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort)" "$ids"
		is "$(find "$HOY_ROOT/blobs" -type f | sort)" "$before"
		is "$(hoy run --rm mine:2 sh -c 'cat /file /new/x; ls /etc/passwd /etc/group 2>/dev/null')" "two
x
/etc/passwd"
		is "$(ls -A "$HOY_ROOT/tmp")" ""
		hoy save mine busybox | cmp - "$D/a.tar"
		hoy system check
	done
}

@test "load: an archive that stands behind other bytes of the same descriptor is read from where that stands" {
	hoy save busybox >"$D/a.tar"
	forget_all
	{ printf 'header\n'; cat "$D/a.tar"; } >"$D/b"
	(read -r line && [ "$line" = header ] && hoy load) < <(cat "$D/b")
	forget_all
	exec 7<"$D/b"
	dd bs=7 count=1 status=none of=/dev/null <&7
	hoy load <&7
	exec 7<&-
	hoy run --rm busybox true
}

@test "load: what skopeo writes, as docker-archive and as oci-archive, and skopeo reads ours" {
	make_image
	hoy save -o "$D/a.tar" mine:2
	local id
	id=$(hoy image inspect -f '{{.Id}}' mine:2)
	skopeo copy -q "docker-archive:$D/a.tar:mine:2" "docker-archive:$D/d.tar:copy/one:1"
	skopeo copy -q "oci-archive:$D/a.tar" "oci-archive:$D/o.tar:copy/two:2"
	is "$(skopeo inspect --raw "oci-archive:$D/a.tar" | sha256sum | cut -d ' ' -f 1)" "$(manifest_of "$D/a.tar" | cut -d : -f 2)"
	forget_all
	is "$(hoy load -i "$D/d.tar")" "Loaded image: copy/one:1"
	is "$(hoy load -i "$D/o.tar")" "Loaded image: copy/two:2"
	is "$(hoy image inspect -f '{{.Id}}' copy/one:1) $(hoy image inspect -f '{{.Id}}' copy/two:2)" "$id $id"
	is "$(hoy run --rm copy/one:1 cat /file)" two
	# Both packings are kept, each with its digest.
	hoy save -o "$D/o2.tar" copy/two:2
	is "$(manifest_of "$D/o2.tar")" "$(skopeo inspect --raw "oci-archive:$D/o.tar" | sha256sum | sed 's/^/sha256:/; s/ .*//')"
	hoy rmi copy/one:1 copy/two:2 >/dev/null
	store_is_empty
}

@test "load: docker's old form, directories with layer.tar that are links to one another, manifest.json first or last" {
	images <<'PY'
a, b = layer(file="one"), layer(file="two")
cfg = config([a, b, a])
for first in (0, 1):
    m = docker((cfg, ["old:%d" % first], [a, b, a]), first=first)
    listed = [x for x in m if x[0] == "manifest.json"][0]
    names = json.loads(listed[1])
    again = hexof(b"x") + "/layer.tar"
    names[0]["Layers"][2] = again
    m = [x for x in m if x[0] != "manifest.json"] + [(again, ("sym", "../" + hexof(a) + "/layer.tar"))]
    m += [(hexof(b"x") + "/VERSION", b"1.0"), (hexof(b"x") + "/json", b"{}"), ("repositories", b"{}")]
    top = ("manifest.json", json.dumps(names).encode())
    write(D + "/old%d.tar" % first, tar([top] + m if first else m + [top], tarfile.GNU_FORMAT))
hard = [("x", a), ("y", ("hard", "x")), ("c", config([a, a])),
        ("manifest.json", json.dumps([{"Config": "c", "RepoTags": ["hard:1"], "Layers": ["x", "./y"]}]).encode())]
write(D + "/hard.tar", tar(hard))
PY
	is "$(hoy load <"$D/old0.tar")" "Loaded image: old:0"
	is "$(cat "$D/old1.tar" | hoy load)" "Loaded image: old:1"
	is "$(hoy load -i "$D/hard.tar")" "Loaded image: hard:1"
	is "$(hoy image inspect -f '{{len .RootFS.Layers}}' old:0)" 3
	is "$(in_layer old:1 1 'cat "$L/file"')" two
	hoy system check
}

@test "load, pull: a layer in docker's archive may be compressed in any way, and its blob is what a media type names" {
	images <<'PY'
import bz2, lzma
ways = [lzma.compress, bz2.compress, pack, lambda b: b]
raw = [layer(file="%d" % i) for i in range(4)]
packed = [way(b) for way, b in zip(ways, raw)]
names = ["%d/layer.tar" % i for i in range(4)]
write(D + "/a.tar", tar([("c", config(raw)), ("manifest.json", json.dumps([{"Config": "c", "RepoTags": ["any:1"], "Layers": names}]).encode())] + list(zip(names, packed))))
write(D + "/kept", "\n".join(sorted(map(hexof, [raw[0], raw[1], packed[2], raw[3]]))).encode())
PY
	local way i
	hoy rmi busybox >/dev/null
	for way in 'load -i $D/a.tar' 'load < <(cat $D/a.tar)' 'load < <(xz -c $D/a.tar)' 'pull docker-archive:$D/a.tar' 'pull docker-archive:<(bzip2 -c $D/a.tar)'; do
		eval "hoy $way" >/dev/null
		for i in 0 1 2 3; do is "$(in_layer any:1 $i 'cat "$L/file"')" $i; done
		is "$(jq -r '.layers[].digest' <(hoy save any:1 | tar -xO "blobs/sha256/$(hoy save any:1 | tar -xO index.json | jq -r '.manifests[0].digest' | cut -d : -f 2)") | cut -d : -f 2 | sort)" "$(cat "$D/kept")"
		hoy system check
		hoy rmi any:1 >/dev/null
		store_is_empty
	done
}

@test "load: a manifest's layer is what its media type can mean, not bzip2 or xz" {
	images <<'PY'
import bz2, lzma
a = layer(file="one")
for name, way in ("xz", lzma.compress), ("bzip2", bz2.compress):
    c = config([a])
    m = manifest(c, [way(a)], LAYER + "+gzip")
    write(D + "/%s.tar" % name, tar(layout(index(descriptor(MANIFEST, m, **named("x:1"))), m, c, way(a))))
PY
	local name
	for name in xz bzip2; do
		fails 125 hoy load -i "$D/$name.tar"
		is "$errors" "hoy: the layer is compressed with $name, and a layer of an image may be only with gzip or zstd."
		is "$(hoy images x -q)" ""
	done
	hoy rmi busybox >/dev/null
	store_is_empty
}

@test "load: images without a name are told by their id, and nothing of several is lost" {
	images <<'PY'
a, b = layer(file="one"), layer(file="two")
write(D + "/a.tar", tar(docker((config([a]), None, [a]), (config([b]), ["x:1", "reg.example:5000/y:2"], [b]), (config([a, b]), [], [a, b]))))
PY
	matches "$(hoy load -i "$D/a.tar")" '^Loaded image ID: sha256:[0-9a-f]{64}
Loaded image: x:1
Loaded image: reg.example:5000/y:2
Loaded image ID: sha256:[0-9a-f]{64}$'
	is "$(hoy images -aq | sort -u | wc -l)" 4
}

@test "load: the form before docker 1.10 is refused by a sentence, and what is no archive of images too" {
	images <<'PY'
a = layer(file="one")
write(D + "/ancient.tar", tar([("abc/layer.tar", a), ("abc/json", b"{}"), ("repositories", b'{"x":{"1":"abc"}}')]))
write(D + "/rootfs.tar", a)
PY
	fails 1 hoy load -i "$D/ancient.tar"
	has "$errors" "older than 1.10"
	fails 1 hoy load -i "$D/rootfs.tar"
	has "$errors" "hoy import"
	fails 1 hoy load -i "$D/nothing.tar"
	has "$errors" "nothing.tar: No such file"
	fails 1 hoy load </dev/null
	has "$errors" "the archive is empty"
}

@test "load: of an index for several platforms the one that is asked for, this machine's, or the only one that is there" {
	images <<'PY'
kinds = {"amd64": layer(file="amd64"), "arm64": layer(file="arm64")}
blobs, entries = [], []
for arch, l in kinds.items():
    c = config([l], architecture=arch)
    m = manifest(c, [l])
    blobs += [l, c, m]
    entries.append(descriptor(MANIFEST, m, platform={"os": "linux", "architecture": arch}))
lost = manifest(config([layer(file="s390x")], architecture="s390x"), [layer(file="s390x")])
entries.append(descriptor(MANIFEST, lost, platform={"os": "linux", "architecture": "s390x"}))
proof = manifest(config([]), [])
entries.append(descriptor(MANIFEST, proof, platform={"os": "unknown", "architecture": "unknown"}))
many = index(*entries)
write(D + "/many.tar", tar(layout(index(descriptor(INDEX, many, **named("multi:1"))), many, *blobs)))
write(D + "/top.tar", tar(layout(index(*entries[:1], *entries[3:]), proof, *blobs)))
write(D + "/arm.tar", tar(layout(index(descriptor(INDEX, many, **named("multi:1"))), many, *blobs[3:])))
PY
	arch_of() { hoy image inspect -f '{{.Architecture}}' multi:1; }
	hoy load -i "$D/many.tar"
	is "$(arch_of)" amd64
	hoy load --platform linux/arm64 -i "$D/many.tar"
	is "$(arch_of)" arm64
	hoy rmi multi:1 >/dev/null
	hoy load -i "$D/arm.tar"
	is "$(arch_of)" arm64
	# Without a name of its own, and beside it what is known about it.
	is "$(hoy load -i "$D/top.tar" | wc -l)" 1
	fails 1 hoy load --platform linux/s390x -i "$D/many.tar"
	has "$errors" "no matching manifest for linux/s390x"
	fails 1 hoy load --platform linux/amd64 -i "$D/arm.tar"
	has "$errors" "no matching manifest for linux/amd64"
}

@test "load: layers that are here already are neither unpacked nor kept again" {
	images <<'PY'
a, b = layer(file="one"), layer(file="two")
ca, cb = config([a]), config([a, b])
ma = manifest(ca, [pack(a)], LAYER + "+gzip")
write(D + "/a.tar", tar(layout(index(descriptor(MANIFEST, ma, **named("a:1"))), ma, ca, pack(a))))
write(D + "/b.tar", tar(docker((cb, ["b:1"], [a, b]))))
PY
	hoy load -i "$D/a.tar"
	local layer mark
	layer=$HOY_ROOT/layers/$(hoy image inspect -f '{{index .RootFS.Layers 0}}' a:1 | cut -d : -f 2)
	mark=$(stat -c '%i %z' "$layer")
	hoy load -i "$D/b.tar"
	is "$(stat -c '%i %z' "$layer")" "$mark"
	[ ! -e "$HOY_ROOT/blobs/sha256/$(basename "$layer")" ]
	hoy rmi a:1 >/dev/null
	hoy save b:1 >"$D/c.tar"
	forget_all
	hoy load -i "$D/c.tar"
	hoy system check
}

@test "load: one image that is damaged stops it, is not there, and says what is wrong; those before it stay" {
	images <<'PY'
a, b, c = layer(file="one"), layer(file="two"), layer(file="three")
good = (config([a]), ["good:1"], [a])
bad = {"diff": (config([b]), ["bad:1"], [c]), "count": (config([b, c]), ["bad:1"], [b]), "none": (config([]), ["bad:1"], []),
       "config": (b"{}", ["bad:1"], [b]), "name": (config([b]), ["BAD:1"], [b]), "tar": (config([b"x" * 1024]), ["bad:1"], [b"x" * 1024])}
for name, image in bad.items():
    write(D + "/%s.tar" % name, tar(docker(good, image)))
PY
	refused() { # archive, text
		fails 1 hoy load -i "$D/$1.tar" || return
		has "$errors" "$2" || return
		is "$output" "Loaded image: good:1" || return
		is "$(hoy images bad -q)" "" || return
		hoy system check || return
		is "$(ls -A "$HOY_ROOT/tmp")" "" || return
		hoy rmi good:1 >/dev/null
	}
	refused diff "diff id"
	refused count "config speaks of 2"
	refused none "0 layers"
	refused config "rootfs"
	refused name "must be lowercase"
	refused tar "not a tar"
	hoy rmi busybox >/dev/null
	store_is_empty
}

@test "load: a layout's blobs must be what the manifest says" {
	images <<'PY'
a, b = layer(file="one"), layer(file="two")
c = config([a])
def archive(name, m, *blobs):
    write(D + "/%s.tar" % name, tar(layout(index(descriptor(MANIFEST, m, **named("x:1"))), m) + list(blobs)))
m = manifest(c, [a])
archive("swapped", m, ("blobs/sha256/" + hexof(c), c), ("blobs/sha256/" + hexof(a), b))
archive("size", json.dumps(dict(json.loads(m), layers=[dict(json.loads(m)["layers"][0], size=5)])).encode(),
        ("blobs/sha256/" + hexof(c), c), ("blobs/sha256/" + hexof(a), a))
archive("missing", m, ("blobs/sha256/" + hexof(c), c))
archive("config", m, ("blobs/sha256/" + hexof(c), c.replace(b"2020", b"2021")), ("blobs/sha256/" + hexof(a), a))
d = config([b])
archive("diff", manifest(d, [a]), ("blobs/sha256/" + hexof(d), d), ("blobs/sha256/" + hexof(a), a))
PY
	refused() {
		fails 1 hoy load -i "$D/$1.tar" || return
		has "$errors" "$2" || return
		is "$(hoy images x -q)" "" || return
		hoy system check
	}
	refused swapped "its digest is"
	refused size "instead of 5"
	refused missing "there is no blobs/sha256"
	refused config "config is damaged"
	refused diff "diff id"
}

@test "load: two at once of the same archive, and a removal at once, leave one whole image or none" {
	make_image
	hoy save -o "$D/a.tar" mine busybox
	local i
	for i in 1 2 3 4; do
		forget_all
		hoy load -i "$D/a.tar" >"$D/out1" & local p1=$!
		cat "$D/a.tar" | hoy load >"$D/out2" & local p2=$!
		wait $p1
		wait $p2
		is "$(hoy run --rm mine:2 cat /file)" two
		hoy system check
		hoy load -i "$D/a.tar" >/dev/null & p1=$!
		hoy rmi mine:1 mine:2 >/dev/null & p2=$!
		wait $p1
		wait $p2 || true
		hoy system check
		if hoy image inspect mine:2 >/dev/null 2>&1; then is "$(hoy run --rm mine:2 cat /file)" two; fi
	done
	forget_all
}

@test "load: a full disk and a lack of inodes are said, and leave nothing" {
	head -c 9000000 /dev/urandom >"$D/random"
	images <<'PY'
a = tar([("random", open(D + "/random", "rb").read())])
many = tar([("f%d" % i, b"") for i in range(3000)])
write(D + "/large.tar", tar(docker((config([a]), ["x:1"], [a]))))
write(D + "/many.tar", tar(docker((config([many]), ["x:1"], [many]))))
PY
	mkdir -p "$D/small"
	local options archive
	for options in size=15m,nr_inodes=100000:large size=200m,nr_inodes=900:many; do
		mount -t tmpfs -o "${options%:*}" tmpfs "$D/small"
		archive=$D/${options#*:}.tar
		local small=(timeout 60 "$HOY" --root "$D/small/r" --runroot "$D/small/rr")
		fails 1 "${small[@]}" load -i "$archive"
		matches "$errors" "No space left|more than [0-9]+ (files|bytes).*, and there is no room for more"
		fails 1 sh -c "cat '$archive' | '$HOY' --root '$D/small/r' --runroot '$D/small/rr' load"
		is "$("${small[@]}" images -q | wc -l)" 0
		is "$(find "$D/small/r"/{tmp,layers,blobs} -mindepth 1 -type f 2>/dev/null)" ""
		"${small[@]}" system check
		umount "$D/small"
	done
}

@test "load: ^C in the middle ends it by the signal and leaves nothing" {
	hoy save busybox >"$D/a.tar"
	forget_all
	mkfifo "$D/pipe"
	local p status=0
	for signal in INT TERM; do
		# A shell gives a background job SIGINT ignored; a new one does not.
		env --default-signal=INT "$HOY" load <"$D/pipe" >"$D/out" 2>&1 & p=$!
		exec 7>"$D/pipe"
		head -c 500000 "$D/a.tar" >&7
		eventually [ -e "$HOY_ROOT"/tmp/*/spool/0 ]
		kill -$signal $p
		status=0
		wait $p || status=$?
		exec 7>&-
		is "$status" $((128 + $(kill -l $signal)))
		is "$(ls -A "$HOY_ROOT/tmp")" ""
		store_is_empty
	done
}

# A terminal on which a load reads half a megabyte of an archive, and the rest after a return: archive, steps of pty...
halved() {
	"$PTY" size 30x100 "${@:2}" -- bash -c '{ head -c 500000 "$1"; read -r _; tail -c +500001 "$1"; } | "$2" load' - "$1" "$HOY" | tr -d '\r'
}

@test "load: a terminal sees how much of a pipe was read, a bar for each layer, and in the end docker's lines" {
	make_image
	hoy save mine:2 | gzip -1 >"$D/a.tar.gz"
	forget_all
	halved "$D/a.tar.gz" expect 'Reading 262.1kB  ' send '\r' end >"$D/out"
	has "$(cat "$D/out")" $'\e[1A\e[J'
	matches "$(cat "$D/out")" 'Total  [0-9.]+[kM]?B/2[.0-9]*MB  [0-9.]+[kM]?B/s'
	sed $'s/.*\e\\[J//; s/\e\\[K//' "$D/out" | grep -v '^Total' >"$D/lines"
	matches "$(tail -1 "$D/lines")" '^Loaded image: mine:2$'
	hoy image inspect -f '{{range .RootFS.Layers}}{{println .}}{{end}}' mine:2 | sed 's/sha256:\(............\).*/\1/' | sort | sed '/^$/d' >"$D/layers"
	is "$(sed -nE 's/: Loading layer \[={50}>\]  [0-9.]+[kM]?B.*//p' "$D/lines" | sort -u)" "$(cat "$D/layers")"
	# Layers that are there are not told of.
	"$PTY" size 30x100 -- "$HOY" load -i "$D/a.tar.gz" | tr -d '\r' | sed $'s/.*\e\\[J//' >"$D/out"
	hasnt "$(cat "$D/out")" Loading
	is "$(tail -1 "$D/out")" "Loaded image: mine:2"
}

@test "load: -q and who is no terminal see docker's line alone" {
	hoy save -o "$D/a.tar" busybox
	forget_all
	is "$("$PTY" size 30x100 -- "$HOY" load -q -i "$D/a.tar" | tr -d '\r')" "Loaded image: busybox:latest"
	forget_all
	is "$(hoy load -i "$D/a.tar" 2>&1)" "Loaded image: busybox:latest"
	forget_all
	is "$("$PTY" size 30x100 -- "$HOY" pull -q "docker-archive:$D/a.tar" | tr -d '\r')" "busybox:latest"
	forget_all
	matches "$("$PTY" size 30x100 -- "$HOY" pull "docker-archive:$D/a.tar" | tr -d '\r')" ': Loading layer \[=+>\]'
}

@test "load, import: ^C at a bar leaves neither the bar nor anything on the disk" {
	local verb
	hoy save busybox >"$D/load.tar"
	cp "$BATS_FILE_TMPDIR/busybox.tar" "$D/import.tar"
	forget_all
	mkfifo "$D/pipe"
	exec 7<>"$D/pipe"
	for verb in load import; do
		head -c 500000 "$D/$verb.tar" >&7 &
		fails 130 "$PTY" size 30x100 expect "ing 262.1kB  " send '^C' end -- \
			bash -c 'exec "$@" <"$0"' "$D/pipe" "$HOY" $verb $([ $verb = load ] || echo - x)
		wait $!
		# What is left in the pipe is this one's.
		timeout 60 dd bs=65536 iflag=nonblock if="$D/pipe" of="$D/rest" 2>"$D/dd" || true
		matches "$(tr -d '\r' <<<"$output" | tail -1)" $'\e\\[1A\e\\[J$'
		is "$errors" ""
		is "$(ls -A "$HOY_ROOT/tmp")" ""
		store_is_empty
	done
	exec 7>&-
}

@test "pull: from a layout's directory, from archives, by the name that they have there" {
	images <<'PY'
a, b = layer(file="one"), layer(file="two")
ca, cb = config([a]), config([b])
ma, mb = manifest(ca, [a]), manifest(cb, [pack(b)], LAYER + "+gzip")
members = layout(index(descriptor(MANIFEST, ma, **named("v1", "docker.io/library/first:v1")), descriptor(MANIFEST, mb, **named("v2"))), ma, mb, ca, cb, a, pack(b))
directory(D + "/layout", members)
write(D + "/o.tar", tar(members))
write(D + "/d.tar", tar(docker((ca, ["first:v1"], [a]), (cb, ["second:v2", "third"], [b]))))
PY
	is "$(hoy pull -q "oci:$D/layout:v1")" "first:v1"
	is "$(hoy image inspect -f '{{index .RootFS.Layers 0}}' first:v1)" "$(sed -n 's/.*"diff_ids": \["\([^"]*\).*/\1/p' "$D/layout/blobs/sha256/$(jq -r '.manifests[0].digest' "$D/layout/index.json" | cut -d : -f 2 | xargs -I{} jq -r '.config.digest' "$D/layout/blobs/sha256/{}" | cut -d : -f 2)")"
	matches "$(hoy pull -q "oci:$D/layout:v2")" '^sha256:[0-9a-f]{64}$'
	hoy rmi -f $(hoy images -aq | sort -u) >/dev/null
	is "$(hoy pull "oci:$D/layout" | wc -l)" 2
	is "$(hoy pull -q "oci-archive:$D/o.tar:v1")" "first:v1"
	is "$(hoy pull -q "docker-archive:$D/d.tar:second:v2")" "second:v2"
	# What hoy saves, and docker since 25, is both: names mean the same as in the one form.
	hoy tag second:v2 team/third
	hoy save -o "$D/both.tar" first:v1 second:v2 team/third
	hoy rmi team/third >/dev/null
	is "$(hoy pull -q "docker-archive:$D/both.tar:second:v2")" "second:v2"
	is "$(hoy pull -q "docker-archive:$D/both.tar:team/third")" "team/third:latest"
	fails 1 hoy pull -q "docker-archive:$D/both.tar:second"
	has "$errors" "no image second in it"
	hoy rmi team/third >/dev/null
	is "$(hoy images third -q)" ""
	is "$(hoy pull -q "docker-archive:$D/d.tar" | sort)" "first:v1
second:v2
third:latest"
	fails 1 hoy pull "oci:$D/layout:v3"
	has "$errors" "no image v3"
	fails 1 hoy pull "docker-archive:$D/d.tar:nothing:1"
	has "$errors" "no image nothing:1"
	fails 1 hoy pull "oci:$D/nowhere"
	has "$errors" "nowhere: No such file"
	hoy system check
}
