#!/usr/bin/env bats
# Pull from a registry (tests/tools/registry.py): what is fetched, what is not, what is kept when it breaks, and what is never seen.
load helper
load registry
load ../images

# An index `list`, an image `one` of four layers, `two` that shares two of them, and `same` that has a layer twice.
setup_file() {
	D=$BATS_FILE_TMPDIR
	images <<'PY'
import hashlib
box = open("/bin/busybox", "rb").read()
base = tar([("bin", None), ("etc", None), ("etc/gone", b"x"), ("etc/passwd", b"root:x:0:0:root:/:/bin/sh\n")])
import tarfile, io
out = io.BytesIO()
with tarfile.open(fileobj=out, mode="w") as t:
    for name in "bin/sh", "bin/cat", "bin/ls":
        info = tarfile.TarInfo(name); info.mode = 0o755
        if name == "bin/sh":
            info.size = len(box)
            t.addfile(info, io.BytesIO(box))
        else:
            info.type, info.linkname = tarfile.LNKTYPE, "bin/sh"
            t.addfile(info)
shell = out.getvalue()
def noise(seed, size): return hashlib.shake_128(seed.encode()).digest(size)
large = layer(large=noise("large", 3000000))
small = layer(**{"small": "s", "etc__.wh.gone": ""})
other = layer(other="o")
names = [base, shell, large, small]
facts = open(D + "/layers", "w")
for n, l in zip(("base", "shell", "large", "small", "other"), names + [other]):
    facts.write("%s=%s %s_size=%d\n" % (n, sha(pack(l)), n, len(pack(l))))
def image(layers):
    c = config(layers)
    return manifest(c, [pack(l) for l in layers], LAYER + "+gzip"), c
one, one_c = image(names)
two, two_c = image([base, shell, other])
same, same_c = image([base, other, shell, other])
arm, arm_c = manifest(config([base], architecture="s390x"), [pack(base)], LAYER + "+gzip"), config([base], architecture="s390x")
inner = index(descriptor(MANIFEST, arm, platform={"os": "linux", "architecture": "s390x"}),
              descriptor(MANIFEST, one, platform={"os": "linux", "architecture": "amd64"}),
              descriptor(MANIFEST, one, platform={"os": "linux", "architecture": "arm64"}))
wrong_c = config(names[:3] + [other])
wrong = manifest(wrong_c, [pack(l) for l in names], LAYER + "+gzip")
top = index(descriptor(MANIFEST, one, **named("one")), descriptor(MANIFEST, two, **named("two")), descriptor(MANIFEST, same, **named("same")),
            descriptor(MANIFEST, wrong, **named("wrong")),
            descriptor(MANIFEST, wrong, **named("bad")), descriptor(INDEX, inner, **named("list")))
facts.write("one=%s list=%s\n" % (sha(one), sha(inner)))
directory(D + "/layout", layout(top, one, one_c, two, two_c, same, same_c, arm, arm_c, inner, wrong, wrong_c, *[pack(l) for l in names + [other]]))
PY
}
setup() {
	registry_setup
	eval "$(cat "$BATS_FILE_TMPDIR/layers")"
}
teardown() { registry_teardown; }
# The registry with our images: switches...
serve() { registry layout="$BATS_FILE_TMPDIR/layout" "$@"; }
# The blob was sent so many times. What was sent is written down a moment later.
fetched() { # digest, times
	eventually log "GET .*blobs/$1" || return
	is "$(log "GET .*blobs/$1" | wc -l)" "$2"
}
# How many blobs were sent.
has_sent() { [ "$(sent)" = "$1" ]; }
sent() { log 'GET /v2/[^ ]*/blobs/' | wc -l; }
has_partial() { [ "$(stat -c %s "$HOY_ROOT/partial/${1#sha256:}")" -gt "${2:-0}" ]; }
no_image() { [ -z "$(hoy images -aq)" ] && [ -z "$(ls -A "$HOY_ROOT/tmp")" ] && [ -z "$(ls "$HOY_ROOT/layers")" ] && [ -z "$(ls "$HOY_ROOT/blobs/sha256")" ]; }

@test "pull prints docker's lines, and the image runs" {
	serve
	hoy pull "$R/x/y:one" >"$D/out"
	is "$(head -1 "$D/out")" "one: Pulling from x/y"
	is "$(grep -c 'Pulling fs layer$' "$D/out")" 4
	is "$(grep -c 'Pull complete$' "$D/out")" 4
	is "$(tail -3 "$D/out")" "Digest: $one
Status: Downloaded newer image for $R/x/y:one
$R/x/y:one"
	is "$(hoy run --rm "$R/x/y:one" sh -c 'cat /small; ls /etc')" $'shostname\nhosts\npasswd\nresolv.conf'
	is "$(hoy image inspect -f '{{json .RepoDigests}}' "$R/x/y:one")" "[\"$R/x/y@$one\"]"
	hoy system check
}

@test "what is here is not fetched again, and the second pull says so" {
	serve
	hoy pull -q "$R/x:one"
	: >"$P/log"
	is "$(hoy pull "$R/x:one" | tail -2 | head -1)" "Status: Image is up to date for $R/x:one"
	is "$(sent)" 0
	hoy pull "$R/x:two" >"$D/out"
	is "$(grep -c 'Already exists$' "$D/out")" 2
	# Its config and one layer.
	eventually has_sent 2
}

@test "that latest is meant is said of a name without a tag, and not of what is no name" {
	serve
	fails 1 hoy pull "$R/x"
	is "$output" "Using default tag: latest"
	fails 1 hoy pull "$R/X"
	is "$output" ""
	fails 1 hoy push "$R/X"
	is "$output" ""
}

@test "-q prints the name and nothing else" {
	serve
	is "$(hoy pull -q "$R/x:one" 2>&1)" "$R/x:one"
}

@test "an index leads to the machine's image, or to the one that is asked for" {
	serve
	has "$(hoy pull "$R/x:list")" "Digest: $list"
	is "$(hoy image inspect -f '{{.Architecture}} {{json .RepoDigests}}' "$R/x:list")" "amd64 [\"$R/x@$list\"]"
	hoy pull -q --platform linux/s390x "$R/x:list"
	is "$(hoy image inspect -f '{{.Architecture}}' "$R/x:list")" s390x
	fails 1 hoy pull --platform linux/mips64le "$R/x:list"
	has "$errors" linux/mips64le
}

@test "a digest names one image for ever, and a tag beside it counts for nothing" {
	serve
	hoy pull "$R/x@$one" >"$D/out"
	is "$(head -1 "$D/out")" "$R/x@$one: Pulling from x"
	has "$(cat "$D/out")" "Status: Downloaded newer image for $R/x@$one"
	is "$(hoy run --rm "$R/x@$one" sh -c 'cat /small')" s
	has "$(hoy pull "$R/x:two@$one")" "Image is up to date"
	# It is what image prune takes, and has a name.
	is "$(hoy images -f dangling=true --format '{{.Repository}} {{.Tag}}')" "$R/x <none>"
	is "$(hoy images -f dangling=false --format '{{.Repository}}' | sort | tr '\n' ' ')" "$R/x "
	has "$(hoy image prune -f)" "untagged: $R/x@$one"
	is "$(hoy images -f dangling=true -q)" ""
	fails 1 hoy pull "$R/x@sha256:$(printf '0%.0s' {1..64})"
	has "$errors" "not found"
}

@test "a digest by sha512 is said not to be supported, before anything that has it is asked for" {
	local tag sha512
	registry
	sha512=sha512:$(sha512sum <<<x | cut -d ' ' -f 1)
	fails 1 hoy pull "$R/x@$sha512"
	is "$errors" "hoy: \"${sha512:0:100}\" is a sha512 digest, which is not supported: only sha256 is."
	fails 125 hoy run --rm "$R/x@$sha512" true
	has "$errors" "is a sha512 digest, which is not supported"
	is "$(cat "$P/log")" ""
	for tag in layer config index; do
		fails 1 hoy pull "$R/x:sha512$tag"
		has "$errors" "is a sha512 digest, which is not supported: only sha256 is"
		is "$(wc -l <<<"$errors")" 1
	done
	log "manifests/sha512index 200"
	fails 1 log /blobs/
	registry saysdigest=sha512
	fails 1 hoy pull "$R/x:one"
	has "$errors" "is a sha512 digest, which is not supported"
	no_image
}

@test "-a pulls every tag, says of each that fails what is wrong with it, and refuses one" {
	serve
	fails 1 hoy pull -a "$R/x"
	has "$errors" "hoy: wrong: layer"
	has "$errors" "diff id"
	has "$errors" "hoy: bad: layer"
	is "${errors##*$'\n'}" "hoy: pull $R/x: 2 of 6 tags failed."
	has "$(hoy images --format '{{.Tag}}' | sort | tr '\n' ' ')" "list one same two"
	fails 1 hoy pull -a "$R/x:one"
	has "$errors" "tag can't be used with --all-tags/-a"
}

@test "a layer that an image has twice is fetched once" {
	serve
	hoy pull -q "$R/x:same"
	fetched "$other" 1
	is "$(hoy run --rm "$R/x:same" sh -c 'cat /other')" o
}

@test "a pull that breaks keeps what it has, and the next one goes on behind it" {
	serve cut=1000
	fails 1 hoy pull "$R/x:one"
	no_image
	local kept
	kept=$(find "$HOY_ROOT/partial" -type f -size +900c | head -1)
	hoy system df | grep -F Downloads
	registry_end
	kept="${kept##*/} .*range=bytes=$(stat -c %s "$kept")-"
	serve
	hoy pull -q "$R/x:one"
	eventually log "$kept"
	is "$(ls "$HOY_ROOT/partial")" ""
	is "$(in_layer "$R/x:one" 2 'wc -c <"$L/large"')" 3000000
	hoy system check
}

@test "what was kept and is not the beginning of the blob is thrown away, and the blob fetched whole" {
	serve
	mkdir -p "$HOY_ROOT/partial"
	head -c 1000000 /dev/urandom >"$HOY_ROOT/partial/${large#sha256:}"
	head -c 9999 /dev/zero >"$HOY_ROOT/partial/${small#sha256:}"
	hoy pull -q "$R/x:one"
	fetched "$large" 2
	hoy system check
}

@test "a blob that is another one is refused by its digest, and nothing of it stays" {
	serve blob=other
	fails 1 hoy pull "$R/x:one"
	no_image
	is "$(ls "$HOY_ROOT/partial")" ""
}

@test "a layer that is not what the config says is refused, and nothing of it stays" {
	serve
	fails 1 hoy pull "$R/x:wrong"
	has "$errors" "diff id"
	no_image
}

@test "^C ends a pull within moments, says so by 130, and the next one resumes" {
	serve slow=400000
	env --default-signal=INT "$BUILD/hoy" pull "$R/x:one" >"$D/out" 2>&1 3>&- &
	local pid=$!
	eventually has_partial "$large" 100000
	kill -INT "$pid"
	local status=0
	wait "$pid" || status=$?
	is "$status" 130
	no_image
	registry_end
	serve
	hoy pull -q "$R/x:one"
	eventually log "$large .*range=bytes=[1-9]"
	hoy system check
}

@test "^C ends a pull of all tags, which is no failure of one of them" {
	serve slow=400000
	env --default-signal=INT "$BUILD/hoy" pull -a "$R/x" >"$D/out" 2>"$D/errors" 3>&- &
	local pid=$!
	eventually log manifests/list
	eventually has_partial "$large"
	kill -INT "$pid"
	local status=0
	wait "$pid" || status=$?
	is "$status" 130
	has "$(cat "$D/errors")" "hoy: bad: "
	hasnt "$(cat "$D/errors")" "hoy: list: "
	hasnt "$(cat "$D/errors")" "tags failed"
	hasnt "$(cat "$P/log")" manifests/one
}

@test "a registry that goes away ends a pull of all tags at the first one that it takes with it" {
	serve slow=400000
	HOY_FETCH_ATTEMPTS=1 "$BUILD/hoy" pull -a "$R/x" >"$D/out" 2>"$D/errors" 3>&- &
	local pid=$! status=0
	eventually has_partial "$large"
	registry_end
	wait "$pid" || status=$?
	is "$status" 1
	has "$(cat "$D/errors")" "hoy: bad: "
	is "$(grep -cE "^hoy: (one|same|two): " "$D/errors")" 0
	hasnt "$(cat "$D/errors")" "tags failed"
	no_image
}

@test "two pulls of one image at once fetch each blob once" {
	serve slow=3000000
	hoy pull "$R/x:one" >"$D/first" 2>&1 3>&- &
	local pid=$!
	hoy pull "$R/x:one" >"$D/second"
	wait "$pid"
	fetched "$large" 1
	is "$(hoy run --rm "$R/x:one" sh -c 'cat /small')" s
	hoy system check
}

@test "two pulls and an rmi at once: each image is whole or not there" {
	serve slow=2000000
	hoy pull -q "$R/x:two"
	hoy pull -q "$R/x:one" >"$D/first" 2>&1 3>&- &
	local one_pid=$!
	hoy pull -q "$R/y:one" >"$D/second" 2>&1 3>&- &
	local two_pid=$!
	hoy rmi "$R/x:two" >/dev/null
	wait "$one_pid"
	wait "$two_pid"
	is "$(hoy run --rm "$R/x:one" sh -c 'cat /small')$(hoy run --rm "$R/y:one" sh -c 'cat /small')" ss
	hoy system check
}

@test "a killed pull leaves nothing but what it fetched" {
	serve slow=400000
	"$BUILD/hoy" pull "$R/x:one" >"$D/out" 2>&1 3>&- &
	local pid=$!
	eventually has_partial "$large" 100000
	kill -KILL "$pid"
	wait "$pid" || true
	# The next command takes back what it had published.
	eventually no_image
	hoy image prune -f >/dev/null
	is "$(ls "$HOY_ROOT/partial")" ""
}

@test "on a terminal each layer has a bar, and only the result stays" {
	serve
	"$PTY" size 30x100 -- "$BUILD/hoy" pull "$R/x:one" >"$D/out"
	has "$(cat "$D/out")" "Downloading ["
	has "$(cat "$D/out")" "Total"
	is "$(tr -d '\r' <"$D/out" | sed 's/.*\x1b\[J//' | tail -3)" "Digest: $one
Status: Downloaded newer image for $R/x:one
$R/x:one"
}

@test "what skopeo finds in the registry is what was saved of the pulled image, digest by digest" {
	serve
	hoy pull -q "$R/x:one"
	hoy save -o "$D/saved.tar" "$R/x:one"
	is "$(skopeo inspect --raw "oci-archive:$D/saved.tar" | sha256sum | cut -d ' ' -f 1)" "${one#sha256:}"
}

@test "run pulls what is not here, says so on stderr, and runs it" {
	serve
	is "$(hoy run --rm "$R/x:one" cat /small 2>"$D/errors")" s
	is "$(head -2 "$D/errors")" "Unable to find image '$R/x:one' locally
one: Pulling from x"
	is "$(tail -1 "$D/errors")" "Status: Downloaded newer image for $R/x:one"
	: >"$P/log"
	is "$(hoy run --rm "$R/x:one" cat /small 2>&1)" s
	is "$(cat "$P/log")" ""
	is "$(hoy run -q --rm "$R/y:one" cat /small 2>&1)" s
}

@test "--pull always asks the registry each time, --pull never not once" {
	serve
	fails 125 hoy run --pull never --rm "$R/x:one" true
	is "$errors" "hoy: No such image: $R/x:one."
	is "$(cat "$P/log")" ""
	hoy create --pull always --name ctr "$R/x:one" cat /small >"$D/id" 2>"$D/errors"
	is "$(hoy start -a ctr)" s
	has "$(cat "$D/errors")" "Downloaded newer image"
	has "$(hoy run --pull always --rm "$R/x:one" cat /small 2>&1)" "Image is up to date"
}

@test "--platform pulls when what is here is for another one" {
	serve
	hoy pull -q "$R/x:list"
	has "$(hoy create --platform linux/s390x "$R/x:list" 2>&1)" "Downloaded newer image"
	is "$(hoy image inspect -f '{{.Architecture}}' "$R/x:list")" s390x
	fails 125 hoy create --platform linux/mips64le "$R/x:list"
	fails 125 hoy create --platform a/b/c/d "$R/x:list"
	has "$errors" a/b/c/d
}

@test "an image for another machine is said to be one, and refused where --platform asked for something else" {
	serve
	fails 125 hoy create --platform linux/s390x "$R/x:one"
	has "$errors" "image $R/x:one is not for the platform linux/s390x: it is for linux/amd64"
	fails 125 hoy create --pull never --platform linux/s390x "$R/x:one"
	has "$errors" "it is for linux/amd64"
	fails 125 hoy create --pull always --platform linux/s390x "$R/x:one"
	has "$errors" "it is for linux/amd64"
	is "$(hoy ps -aq)" ""
	# A variant runs what is for an earlier one.
	hoy create --platform linux/amd64/v3 "$R/x:one" >/dev/null 2>&1
	hoy pull -q --platform linux/s390x "$R/x:list"
	has "$(hoy create "$R/x:list" 2>&1 >/dev/null)" "it is for linux/s390x"
	is "$(hoy create --platform linux/s390x "$R/x:list" 2>&1 >/dev/null)" ""
}

@test "a run whose image cannot be had makes nothing" {
	serve
	fails 125 hoy run --cidfile "$D/cid" --name ctr "$R/x:none"
	has "$errors" "manifest for $R/x:none not found"
	[ ! -e "$D/cid" ]
	is "$(hoy ps -aq)" ""
}

@test "an alias of the operator's and a registry to search stand for a name without a registry" {
	serve
	printf 'unqualified-search-registries = ["127.0.0.1:1", "%s"]\n[aliases]\n"short" = "%s/long/name"\n' "$R" "$R" >"$D/registries.conf"
	export CONTAINERS_REGISTRIES_CONF=$D/registries.conf
	is "$(hoy pull -q short:one)" "$R/long/name:one"
	is "$(hoy run --rm short:one cat /small 2>/dev/null)" s
}

@test "what a short name brought is found by the short name again, without asking the registry" {
	serve
	printf 'unqualified-search-registries = ["127.0.0.1:1", "%s"]\n[aliases]\n"short" = "%s/long/name"\n' "$R" "$R" >"$D/registries.conf"
	export CONTAINERS_REGISTRIES_CONF=$D/registries.conf
	hoy pull -q short:one
	hoy tag "$R/long/name:one" "$R/team/app:v1"
	: >"$P/log"
	is "$(hoy run --rm short:one cat /small 2>&1)" s
	is "$(hoy run --pull never --rm team/app:v1 cat /small 2>&1)" s
	is "$(hoy image inspect -f '{{.Id}}' team/app:v1)" "$(hoy image inspect -f '{{.Id}}' "short@$one")"
	is "$(hoy history -q short:one)" "$(hoy history -q "$R/long/name:one")"
	hoy tag team/app:v1 team/app:v2
	is "$(cat "$P/log")" ""
	# The whole name is written down, and the other one is a repository of Docker Hub.
	hoy save -o "$D/saved.tar" short
	is "$(tar -xOf "$D/saved.tar" manifest.json | jq -c '.[].RepoTags')" "[\"$R/long/name:one\"]"
	has "$(hoy push short:one)" "The push refers to repository [$R/long/name]"
	is "$(hoy push -q team/app:v1)" "$R/team/app:v1"
	is "$(hoy push -aq short)" "$R/long/name"
	log "PUT /v2/team/app/manifests/v1"
	is "$(hoy rmi team/app:v1)" "Untagged: $R/team/app:v1
Untagged: $R/team/app@$one"
	fails 1 hoy rmi team/app:v1
	is "$(hoy images --format '{{.Repository}}:{{.Tag}}' | sort)" "$R/long/name:one
team/app:v2"
	fails 1 hoy push "$(hoy images -q | head -1)"
	has "$errors" "does not exist locally"
}

@test "a registries.conf that cannot be read changes nothing for what is here, and not what is said of what is not" {
	serve
	hoy pull -q "$R/x:one"
	hoy tag "$R/x:one" here
	echo 'unqualified-search-registries = 7' >"$D/registries.conf"
	export CONTAINERS_REGISTRIES_CONF=$D/registries.conf
	is "$(hoy run --rm here cat /small)" s
	fails 1 hoy rmi gone
	is "$errors" "hoy: No such image: gone."
	fails 125 hoy run --rm gone true
	has "$errors" "registries.conf"
}

@test "system check --repair fetches what is lost or damaged again, by digest, and makes the layers of it" {
	serve
	hoy pull -q "$R/x:list"
	local id blob damage
	id=$(hoy image inspect -f '{{.Id}}' "$R/x:list")
	for blob in "$large" "$small" "$id" "$one"; do
		for damage in 'rm' 'truncate -s 5' 'truncate -s +5'; do
			$damage "$HOY_ROOT/blobs/sha256/${blob#sha256:}"
			fails 1 hoy system check
			has "$output" "${blob#sha256:}"
			fails 1 hoy system check --repair
			has "$output" "(repaired)"
			hoy system check
		done
	done
	# All of it: blobs and layers.
	rm -r "$HOY_ROOT"/blobs/sha256/* "$HOY_ROOT"/layers/*
	fails 1 hoy system check --repair
	hasnt "$output" "cannot be"
	hoy system check
	is "$(hoy run --rm "$R/x:list" cat /small)" s
}

@test "system check --repair that gets another blob, or no answer, leaves the store as it was and says why" {
	serve
	hoy pull -q "$R/x:one"
	local name=$R/x@$one
	registry_end
	rm "$HOY_ROOT/blobs/sha256/${small#sha256:}" "$HOY_ROOT/blobs/sha256/${large#sha256:}"
	HOY_FETCH_ATTEMPTS=1 fails 1 hoy system check --repair
	is "$(grep -c "cannot be repaired: fetch it by $name: " <<<"$output")" 1
	is "$(grep -c "cannot be repaired: the registry of $name could not be asked" <<<"$output")" 1
	serve blob=other
	printf '[[registry]]\nprefix = "%s"\nlocation = "%s"\n' "${name%/*}" "$R" >"$D/registries.conf"
	CONTAINERS_REGISTRIES_CONF=$D/registries.conf fails 1 hoy system check --repair
	is "$(grep -c "cannot be repaired: fetch it by $name: .* came instead" <<<"$output")" 2
	[ ! -e "$HOY_ROOT/blobs/sha256/${large#sha256:}" ]
	is "$(ls -A "$HOY_ROOT/tmp")" ""
	is "$(hoy run --rm "$name" cat /small)" s
	registry_end
	serve
	printf '[[registry]]\nprefix = "%s"\nlocation = "%s"\n' "${name%/*}" "$R" >"$D/registries.conf"
	CONTAINERS_REGISTRIES_CONF=$D/registries.conf fails 1 hoy system check --repair
	is "$(grep -c "(repaired)" <<<"$output")" 2
	hoy system check
}

# A store on a small file system of its own: mount options...
small_store() {
	mkdir -p "$HOY_ROOT"
	mount -t tmpfs -o "$1" none "$HOY_ROOT"
}
one_sentence() { is "$(wc -l <<<"$errors")" 1 && matches "$errors" "$1"; }

@test "a pull into a full file system says so in one sentence, leaves no image, and works when there is room" {
	local size
	serve
	for size in 200k 1M 3M 5M; do
		small_store size=$size
		fails 1 hoy pull -q "$R/x:one"
		one_sentence 'No space left on device|there is no room for more'
		is "$(hoy images -aq)" ""
		no_image
		mount -o remount,size=50M "$HOY_ROOT"
		hoy pull -q "$R/x:one"
		is "$(hoy run --rm "$R/x:one" cat /small)" s
		is "$(ls -A "$HOY_ROOT/partial")" ""
		hoy system check
		hoy system reset -f
		umount "$HOY_ROOT"
	done
}

@test "a pull into a file system without inodes says so in one sentence, leaves no image, and works when there are some" {
	local inodes
	serve
	for inodes in 18 24 32; do
		small_store size=50M,nr_inodes=$inodes
		fails 1 hoy pull -q "$R/x:one"
		one_sentence 'No space left on device|there is no room for more'
		no_image
		mount -o remount,nr_inodes=5000 "$HOY_ROOT"
		hoy pull -q "$R/x:one"
		is "$(hoy run --rm "$R/x:one" cat /small)" s
		is "$(ls -A "$HOY_ROOT/partial")" ""
		hoy system check
		hoy system reset -f
		umount "$HOY_ROOT"
	done
}
