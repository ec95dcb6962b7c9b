#!/usr/bin/env bats
# Push to Debian's docker-registry and to tests/tools/registry.py: what goes out has the digests that it has here.
load helper
load registry

setup() {
	instance_make
	registry_home
	hoy run --name changed busybox sh -c 'echo changed >/changed' >/dev/null
	hoy commit changed changed >/dev/null
	hoy rm changed >/dev/null
}
teardown() {
	registries_end
	instance_remove
}
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
