#!/usr/bin/env bats
# Push to Debian's docker-registry and to tests/tools/registry.py: what goes out has the digests that it has here; what was made here is
# compressed first.
load helper
load registry

setup() {
	instance_make
	registry_home
	hoy run --name changed busybox sh -c 'echo changed >/changed' >/dev/null
	hoy commit changed changed >/dev/null
	hoy rm changed >/dev/null
}
teardown() { registry_teardown; }
# Debian's registry; its host:port is $R.
debian() {
	mkdir "$D/storage"
	printf '%s\n' 'version: 0.1' 'log: {level: error}' "storage: {filesystem: {rootdirectory: $D/storage}}" 'http: {addr: "127.0.0.1:0"}' >"$D/config.yml"
	docker-registry serve "$D/config.yml" >"$D/registry.log" 2>&1 3>&- &
	REGISTRIES+=($!)
	eventually port
	R=127.0.0.1:$(port)
}
port() { ss -ltnpH | sed -nE "s/.* 127\.0\.0\.1:([0-9]+) .*pid=${REGISTRIES[-1]},.*/\1/p" | grep .; }
layer_types() { skopeo inspect --tls-verify=false --raw "docker://$1" | jq -r '[.layers[].mediaType] | unique | join(" ")'; }
remote() { skopeo inspect --tls-verify=false "docker://$1" | jq -r "$2"; }

@test "what is pushed has the digest that it has here, and comes back as the same image" {
	debian
	hoy tag changed "$R/a/changed:v1"
	hoy push "$R/a/changed:v1" >"$D/out"
	is "$(head -1 "$D/out")" "The push refers to repository [$R/a/changed]"
	is "$(grep -c ': Preparing$' "$D/out")" 2
	is "$(grep -c ': Pushed$' "$D/out")" 2
	local digest
	digest=$(remote "$R/a/changed:v1" .Digest)
	matches "$(tail -1 "$D/out")" "^v1: digest: $digest size: [0-9]+$"
	is "$(hoy image inspect -f '{{json .RepoDigests}}' changed)" "[\"$R/a/changed@$digest\"]"
	local id
	id=$(hoy image inspect -f '{{.Id}}' changed)
	hoy rmi -f "$id" >/dev/null
	is "$(hoy run --rm "$R/a/changed:v1" cat /changed 2>/dev/null)" changed
	is "$(hoy image inspect -f '{{.Id}}' "$R/a/changed:v1")" "$id"
	hoy system check
}

@test "plain layers go out as gzip, are compressed once, and go with the image" {
	debian
	local id plain blobs before
	id=$(hoy image inspect -f '{{.Id}}' changed)
	hoy save changed >"$D/before.tar"
	plain=$(find "$HOY_ROOT/blobs/sha256" -type f | wc -l)
	hoy tag changed "$R/a/x"
	hoy push -q "$R/a/x"
	is "$(layer_types "$R/a/x")" application/vnd.oci.image.layer.v1.tar+gzip
	is "$(skopeo inspect --tls-verify=false --config "docker://$R/a/x" --raw | sha256sum | cut -d ' ' -f 1)" "${id#sha256:}"
	is "$(hoy image inspect -f '{{json .RepoDigests}}' changed)" "[\"$R/a/x@$(remote "$R/a/x" .Digest)\"]"
	is "$(hoy image inspect -f '{{.Id}}' changed)" "$id"
	# Two layers and a manifest have come.
	is "$(find "$HOY_ROOT/blobs/sha256" -type f | wc -l)" $((plain + 3))
	hoy system check >"$D/check"
	is "$(cat "$D/check")" ""
	# A second time nothing is written and nothing is sent.
	before=$(find "$HOY_ROOT/blobs" "$HOY_ROOT/images/records" -type f -printf '%i %p %T@\n' | sort)
	is "$(hoy push "$R/a/x" | grep -c ': Layer already exists$')" 2
	is "$(find "$HOY_ROOT/blobs" "$HOY_ROOT/images/records" -type f -printf '%i %p %T@\n' | sort)" "$before"
	# Nor for an image on top of it, but for its own layer.
	hoy run --name more changed touch /more
	hoy commit more more >/dev/null
	hoy rm more >/dev/null
	hoy tag more "$R/a/more"
	is "$(hoy push "$R/a/more" | grep -c ": Mounted from a/x$")" 2
	hoy rmi -f more "$R/a/more" >/dev/null
	# What is saved is what is here, as before.
	hoy save changed | cmp - "$D/before.tar"
	# It goes with the image; busybox has its plain layer still.
	hoy rmi -f "$id" >/dev/null
	is "$(find "$HOY_ROOT/blobs/sha256" -type f | wc -l)" 3
	hoy system check >"$D/check"
	is "$(cat "$D/check")" ""
	is "$(hoy run --rm "$R/a/x" cat /changed 2>/dev/null)" changed
	is "$(hoy image inspect -f '{{.Id}}' "$R/a/x")" "$id"
}

@test "--platform pushes an image that is for it, and nothing of another one" {
	debian
	hoy tag changed "$R/a/x"
	fails 1 hoy push --platform linux/s390x "$R/a/x"
	has "$errors" "is not for the platform linux/s390x: it is for linux/"
	fails 1 skopeo inspect --tls-verify=false "docker://$R/a/x"
	hoy push -q --platform "$(hoy image inspect -f '{{.Os}}/{{.Architecture}}' changed)" "$R/a/x"
	skopeo inspect --tls-verify=false "docker://$R/a/x" >/dev/null
}

@test "several plain layers are compressed at once, each has a bar on a terminal, and only the result stays" {
	debian
	local up
	for _ in 1 2; do
		hoy run --name more changed sh -c 'head -c 50000000 /dev/urandom >/$HOSTNAME'
		hoy commit more changed >/dev/null
		hoy rm more >/dev/null
	done
	hoy tag changed "$R/a/x"
	"$PTY" size 30x100 -- "$BUILD/hoy" push "$R/a/x" >"$D/out"
	has "$(cat "$D/out")" "Compressing ["
	# Two lines are drawn over: both of the large ones were on their way.
	up=$(printf '\033[2A')
	grep -qF "$up" "$D/out"
	is "$(tr -d '\r' <"$D/out" | sed -n 's/.*\x1b\[J//; $p')" "latest: digest: $(remote "$R/a/x" .Digest) size: $(skopeo inspect --tls-verify=false --raw "docker://$R/a/x" | wc -c)"
	is "$(tr -d '\r' <"$D/out" | sed 's/.*\x1b\[J//' | grep -c ': Pushed$')" 4
	is "$(layer_types "$R/a/x")" application/vnd.oci.image.layer.v1.tar+gzip
	hoy system check >"$D/check"
	is "$(cat "$D/check")" ""
	# What is no terminal gets docker's lines alone.
	hoy tag busybox "$R/a/y"
	hasnt "$(hoy push "$R/a/y")" Compressing
}

@test "on a terminal each layer that is sent has a bar and there is a total, and only the result stays" {
	registry minimum=1
	hoy run --name more busybox sh -c 'head -c 8000000 /dev/urandom >/noise' >/dev/null
	hoy commit more more >/dev/null
	hoy rm more >/dev/null
	hoy tag more "$R/a/more"
	# Many requests, so that it takes a while.
	HOY_FETCH_CHUNK=16384 "$PTY" size 30x100 -- "$BUILD/hoy" push "$R/a/more" >"$D/out"
	matches "$(tr -d '\r' <"$D/out")" ': Pushing \[=*> *\]  [0-9.]+[kM]?B/8(\.[0-9]+)?MB'
	matches "$(tr -d '\r' <"$D/out")" 'Total  [0-9.]+[kM]?B/[89](\.[0-9]+)?MB  [0-9.]+[kM]?B/s'
	is "$(tr -d '\r' <"$D/out" | sed 's/.*\x1b\[J//' | grep -c ': Pushed$')" 2
	matches "$(tr -d '\r' <"$D/out" | tail -1)" '(^|J)latest: digest: sha256:[0-9a-f]+ size: [0-9]+$'
	# What is no terminal gets docker's lines alone.
	registry minimum=1
	hoy tag more "$R/a/again"
	HOY_FETCH_CHUNK=16384 hoy push "$R/a/again" >"$D/out"
	hasnt "$(cat "$D/out")" Pushing
	hasnt "$(cat "$D/out")" Total
}

@test "a plain layer that came from a registry goes out plain" {
	debian
	hoy save -o "$D/x.tar" changed
	mkdir "$D/oci"
	tar -xf "$D/x.tar" -C "$D/oci"
	skopeo copy -q --preserve-digests --dest-tls-verify=false "oci:$D/oci" "docker://$R/b/plain"
	hoy rmi -f changed >/dev/null
	hoy pull -q "$R/b/plain" >/dev/null
	hoy tag "$R/b/plain" "$R/c/plain"
	hoy push -q "$R/c/plain"
	is "$(remote "$R/c/plain" .Digest)" "$(remote "$R/b/plain" .Digest)"
	is "$(layer_types "$R/c/plain")" application/vnd.oci.image.layer.v1.tar
}

@test "a damaged blob is not compressed, and nothing of it stays" {
	debian
	hoy tag changed "$R/a/x"
	local blob blobs
	blob=$(hoy image inspect -f '{{index .RootFS.Layers 1}}' changed)
	printf x | dd of="$HOY_ROOT/blobs/sha256/${blob#sha256:}" conv=notrunc status=none
	blobs=$(ls "$HOY_ROOT/blobs/sha256")
	fails 1 hoy push "$R/a/x"
	has "$errors" "blob $blob is damaged"
	is "$(ls "$HOY_ROOT/blobs/sha256")" "$blobs"
	is "$(ls "$HOY_ROOT/tmp")" ""
}

@test "a push that is killed while it compresses leaves what the next command clears" {
	debian
	# Some seconds of compressing.
	head -c 200M /dev/urandom >"$D/noise"
	tar -cf "$D/noise.tar" -C "$D" noise
	hoy import "$D/noise.tar" "$R/a/noise" >/dev/null
	rm "$D/noise" "$D/noise.tar"
	local blobs
	blobs=$(ls "$HOY_ROOT/blobs/sha256")
	"$BUILD/hoy" push "$R/a/noise" >"$D/out" 2>&1 3>&- &
	local pid=$!
	eventually has_compressed_some
	kill -KILL "$pid"
	wait "$pid" || true
	eventually hoy system check --repair
	is "$(ls "$HOY_ROOT/tmp")" ""
	is "$(ls "$HOY_ROOT/blobs/sha256")" "$blobs"
	hoy system check >"$D/check"
	is "$(cat "$D/check")" ""
}
has_compressed_some() { find "$HOY_ROOT/tmp" -name blob -size +1M | grep -q .; }

@test "what the registry has is not sent again, and another repository's is mounted" {
	debian
	hoy tag changed "$R/a/changed"
	hoy push -q "$R/a/changed" >"$D/out"
	is "$(cat "$D/out")" "$R/a/changed:latest"
	is "$(hoy push "$R/a/changed" | grep -c ': Layer already exists$')" 2
	hoy tag changed "$R/b/other"
	is "$(hoy push "$R/b/other" | grep -c ": Mounted from a/changed$")" 2
	is "$(remote "$R/b/other" .Digest)" "$(remote "$R/a/changed" .Digest)"
}

@test "-a pushes every tag of the repository and nothing else" {
	debian
	hoy tag changed "$R/a/x:one"
	hoy tag busybox "$R/a/x:two"
	hoy tag busybox "$R/a/y:three"
	hoy push -a "$R/a/x" >"$D/out"
	is "$(grep -c ': digest: ' "$D/out")" 2
	is "$(remote "$R/a/x:one" '.RepoTags | sort | join(" ")')" "one two"
	fails 1 hoy pull "$R/a/y:three"
}

@test "a pulled image goes out with the manifest that it came with" {
	debian
	hoy tag changed "$R/a/x"
	hoy save -o "$D/x.tar" changed
	skopeo copy -q --dest-tls-verify=false --dest-compress "docker-archive:$D/x.tar" "docker://$R/b/gzip"
	hoy pull -q "$R/b/gzip"
	hoy tag "$R/b/gzip" "$R/c/gzip"
	hoy push -q "$R/c/gzip"
	is "$(remote "$R/c/gzip" .Digest)" "$(remote "$R/b/gzip" .Digest)"
}

@test "what is not here, and what a registry does not take, is said in one sentence" {
	registry push=no auth=bearer
	fails 1 hoy push "$R/x:none"
	has "$errors" "An image does not exist locally with the tag: $R/x"
	hoy tag changed "$R/empty/x"
	fails 1 hoy push "$R/empty/x"
	is "$(grep -c ^hoy: <<<"$errors")" 1
	has "$errors" "$R/empty/x"
	is "$(hoy image inspect -f '{{json .RepoDigests}}' changed)" "[]"
}

@test "^C ends a push, and the image stays" {
	registry busy=503,1000,50
	hoy tag changed "$R/empty/x"
	env --default-signal=INT "$BUILD/hoy" push "$R/empty/x" >"$D/out" 2>&1 3>&- &
	local pid=$! status=0
	eventually log ' 503 '
	kill -INT "$pid"
	wait "$pid" || status=$?
	is "$status" 130
	is "$(hoy run --rm changed cat /changed)" changed
	hoy system check
}
