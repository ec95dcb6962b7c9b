# Images between hoy, docker, podman and buildah: what one writes, the others read, as an archive and by a registry, and it is the
# same image afterwards.

load helper
source "$TREE/tests/images.bash"

setup_file() {
	[ -z "$(why_not)" ] || return 0
	peers_start
}
teardown_file() { peers_stop; }
setup() {
	[ -z "$(why_not)" ] || skip "$(why_not)"
	T=$(cat "$BATS_FILE_TMPDIR/T")
	D=$(mktemp -d "$T/images.XXXXXX")
	REGISTRY=""
}
teardown() {
	[ -z "$REGISTRY" ] || { kill "$REGISTRY" && wait "$REGISTRY"; } 2>/dev/null || true
	[ ! -d "$D/podman" ] || peer podman system reset -f >/dev/null 2>&1
	return 0
}

# In the network namespace of dockerd, whose loopback they share: command.
beside() { nsenter -n -t "$(cat "$BATS_FILE_TMPDIR/pid")" "$@"; }
hoy() { beside "$HOY" --root "$T/root" --runroot "$T/run" "$@"; }
docker() { "$DOCKER" -H "unix://$T/docker.sock" "$@"; }
# podman or buildah, with a store of this test's own: program, arguments.
peer() { beside "$1" --root "$D/podman/root" --runroot "$D/podman/run" --storage-driver vfs "${@:2}"; }
is() { [ "$1" = "$2" ] || { printf 'is:     %q\nshould: %q\n' "$1" "$2" && return 1; }; }
needs() { command -v "$1" >/dev/null || skip "$1 is not installed (scripts/deps callers)"; }

# An image of two layers, the upper one with a change, a removal and a program to run: name.
two_layers() {
	hoy run --network none --name change busybox sh -c 'rm /etc/group; echo two >/etc/two; ln /etc/two /etc/three; chmod 4750 /bin/busybox'
	hoy commit -c 'CMD ["cat", "/etc/two"]' -c 'ENV A=1' change "$1" >/dev/null
	hoy rm change >/dev/null
}
# Debian's registry on a free port: R is its address.
registry() {
	needs docker-registry
	local port
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	R=127.0.0.1:$port
	printf 'version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: %s}\n' "$D/blobs" "$R" >"$D/registry.yml"
	nsenter -n -t "$(cat "$BATS_FILE_TMPDIR/pid")" docker-registry serve "$D/registry.yml" >"$D/registry.log" 2>&1 </dev/null 3>&- &
	REGISTRY=$!
	for _ in $(seq 400); do
		beside bash -c "exec 4<>/dev/tcp/127.0.0.1/$port" 2>/dev/null && return
		read -r -t 0.05 <> <(:) || true
	done
	return 1
}

@test "docker loads what hoy saves, under the same id, and hoy what docker saves" {
	two_layers ours:1
	hoy save -o "$D/ours.tar" ours:1
	docker load -i "$D/ours.tar"
	is "$(docker inspect -f '{{.Id}}' ours:1)" "$(hoy inspect -f '{{.Id}}' ours:1)"
	is "$(docker run --rm --network none ours:1)" two
	docker tag ours:1 theirs:1
	docker save -o "$D/theirs.tar" theirs:1
	hoy rmi ours:1 >/dev/null
	hoy load -i "$D/theirs.tar"
	is "$(hoy inspect -f '{{.Id}}' theirs:1)" "$(docker inspect -f '{{.Id}}' theirs:1)"
	is "$(hoy run --rm --network none theirs:1 sh -c 'cat /etc/three; stat -c %a /bin/busybox; ls /etc/group 2>&1')" \
		"$(docker run --rm --network none theirs:1 sh -c 'cat /etc/three; stat -c %a /bin/busybox; ls /etc/group 2>&1')"
	hoy rmi theirs:1 >/dev/null
	docker rmi ours:1 theirs:1 >/dev/null
}

@test "docker and hoy make the same layer of an archive in bzip2 and xz, and load each other's so compressed" {
	local way id
	id=$(docker inspect -f '{{.Id}}' busybox)
	for way in "bzip2 -1" "xz -1"; do
		$way -c "$T/busybox.tar" >"$D/packed"
		docker import "$D/packed" packed:1 >/dev/null
		hoy import "$D/packed" packed:1 >/dev/null
		is "$(hoy inspect -f '{{json .RootFS.Layers}}' packed:1)" "$(docker inspect -f '{{json .RootFS.Layers}}' packed:1)"
		hoy save packed:1 | $way | docker load
		is "$(docker inspect -f '{{.Id}}' packed:1)" "$(hoy inspect -f '{{.Id}}' packed:1)"
		hoy rmi packed:1 >/dev/null
		docker save busybox | $way | hoy load
		is "$(hoy inspect -f '{{.Id}}' busybox)" "$id"
		docker rmi packed:1 >/dev/null
	done
}

@test "docker and hoy say and note the same of an import from a URL, and make the same layer of it" {
	local url server said name
	mkdir "$D/www" "$D/server"
	gzip -c "$T/busybox.tar" >"$D/www/a.tar.gz"
	xz -1c "$T/busybox.tar" >"$D/www/a.tar.xz"
	nsenter -n -t "$(cat "$BATS_FILE_TMPDIR/pid")" python3 "$TREE/tests/tools/files.py" "$D/server" "$D/www" 3>&- &
	server=$!
	peers_wait test -e "$D/server/ports"
	url=http://127.0.0.1:$(cut -d ' ' -f 1 "$D/server/ports")
	for name in a.tar.gz a.tar.xz; do
		said=$(hoy import "$url/$name" url:1)
		is "$(head -n 1 <<<"$said")" "$(docker import "$url/$name" url:1 | head -n 1)"
		is "$(wc -l <<<"$said")" 2
		is "$(hoy inspect -f '{{json .RootFS.Layers}}' url:1)" "$(docker inspect -f '{{json .RootFS.Layers}}' url:1)"
		is "$(hoy history --format '{{.Comment}}' url:1)" "$(docker history --format '{{.Comment}}' url:1)"
		docker rmi url:1 >/dev/null
		hoy rmi url:1 >/dev/null
	done
	run docker import "$url/none" url:2
	is "$status" 1
	run hoy import "$url/none" url:2
	is "$status" 1
	is "$output" "hoy: $url/none not found: 404 Not Found."
	rm "$D/server/ports"
	wait "$server"
}

@test "docker and hoy load the same archive whose layers are in bzip2 and xz" {
	source "$TREE/tests/images.bash"
	images <<'PY'
import bz2, lzma
raw = [layer(file="%d" % i) for i in range(3)]
names = ["%d/layer.tar" % i for i in range(3)]
packed = [lzma.compress(raw[0]), bz2.compress(raw[1]), raw[2]]
write(D + "/a.tar", tar([("c.json", config(raw)), ("manifest.json", json.dumps([{"Config": "c.json", "RepoTags": ["packed:2"], "Layers": names}]).encode())] + list(zip(names, packed))))
PY
	docker load -i "$D/a.tar"
	hoy load -i "$D/a.tar"
	is "$(hoy inspect -f '{{.Id}} {{json .RootFS.Layers}}' packed:2)" "$(docker inspect -f '{{.Id}} {{json .RootFS.Layers}}' packed:2)"
	docker rmi packed:2 >/dev/null
	hoy rmi packed:2 >/dev/null
}

@test "docker loads an image that hoy saves in two packings once, with all its names" {
	local id
	images <<'PY'
a = layer(a="a")
c = config([a])
plain, packed = manifest(c, [a]), manifest(c, [pack(a)], LAYER + "+gzip")
write(D + "/packings.tar", tar(layout(index(descriptor(MANIFEST, plain, **named("1", "docker.io/library/plain:1")),
    descriptor(MANIFEST, packed, **named("1", "docker.io/library/gzip:1"))), plain, packed, c, a, pack(a))))
PY
	hoy load -q -i "$D/packings.tar" >/dev/null
	id=$(hoy image inspect -f '{{.Id}}' plain:1)
	hoy save "$id" gzip:1 | docker load | tee "$D/out"
	is "$(cat "$D/out")" "Loaded image: gzip:1"
	docker rmi gzip:1 >/dev/null
	hoy save gzip:1 "$id" plain:1 | docker load >"$D/out"
	is "$(sort "$D/out")" $'Loaded image: gzip:1\nLoaded image: plain:1'
	is "$(docker image inspect -f '{{.Id}}' plain:1)" "$id"
	is "$(docker image inspect -f '{{.Id}}' gzip:1)" "$id"
	docker rmi gzip:1 plain:1 >/dev/null
	hoy rmi gzip:1 plain:1 >/dev/null
}

@test "podman loads what hoy saves, and hoy both of podman's archives" {
	needs podman
	two_layers ours:2
	local id format
	id=$(hoy inspect -f '{{.Id}}' ours:2)
	hoy save -o "$D/ours.tar" ours:2
	peer podman load -i "$D/ours.tar"
	is "sha256:$(peer podman inspect -f '{{.Id}}' ours:2)" "$id"
	for format in docker-archive oci-archive; do
		peer podman save -q --format "$format" -o "$D/$format.tar" ours:2
		hoy rmi ours:2 >/dev/null
		hoy load -i "$D/$format.tar"
		is "$(hoy run --rm --network none "$(hoy images -q --no-trunc | grep -v "$(hoy inspect -f '{{.Id}}' busybox)")")" two
		hoy images -q | grep -v "$(hoy images -q busybox)" | xargs "$HOY" --root "$T/root" --runroot "$T/run" rmi -f >/dev/null
		hoy load -i "$D/ours.tar" >/dev/null
	done
	hoy rmi ours:2 >/dev/null
}

@test "docker and podman pull what hoy pushes, and hoy what docker pushes, by the same digest" {
	registry
	two_layers "$R/ours:3"
	hoy push "$R/ours:3"
	docker pull "$R/ours:3"
	is "$(docker inspect -f '{{.Id}}' "$R/ours:3")" "$(hoy inspect -f '{{.Id}}' "$R/ours:3")"
	is "$(docker inspect -f '{{index .RepoDigests 0}}' "$R/ours:3")" "$(hoy inspect -f '{{index .RepoDigests 0}}' "$R/ours:3")"
	is "$(docker run --rm --network none "$R/ours:3")" two
	if command -v podman >/dev/null; then
		peer podman pull -q --tls-verify=false "$R/ours:3"
		is "sha256:$(peer podman inspect -f '{{.Id}}' "$R/ours:3")" "$(hoy inspect -f '{{.Id}}' "$R/ours:3")"
	fi
	docker tag "$R/ours:3" "$R/theirs:3"
	docker push "$R/theirs:3"
	hoy rmi "$R/ours:3" >/dev/null
	hoy pull "$R/theirs:3"
	is "$(hoy inspect -f '{{index .RepoDigests 0}}' "$R/theirs:3")" "$(docker inspect -f '{{range .RepoDigests}}{{println .}}{{end}}' "$R/theirs:3" | grep theirs)"
	is "$(hoy run --rm --network none "$R/theirs:3")" two
	hoy rmi "$R/theirs:3" >/dev/null
	docker rmi "$R/theirs:3" "$R/ours:3" >/dev/null
}

@test "buildah works on an image that hoy pushed, and hoy runs what it made of it" {
	needs buildah
	registry
	two_layers "$R/ours:4"
	hoy push -q "$R/ours:4"
	local box
	box=$(peer buildah from --tls-verify=false "$R/ours:4")
	peer buildah config --cmd 'cat /etc/four' "$box"
	echo four >"$D/four"
	peer buildah copy -q "$box" "$D/four" /etc/four
	peer buildah commit -q "$box" "$R/ours:5"
	peer buildah push -q --tls-verify=false "$R/ours:5"
	hoy pull -q "$R/ours:5"
	is "$(hoy run --rm --network none "$R/ours:5")" four
	is "$(hoy run --rm --network none "$R/ours:5" cat /etc/two)" two
	hoy rmi "$R/ours:4" "$R/ours:5" >/dev/null
}
