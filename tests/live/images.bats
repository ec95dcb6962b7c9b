#!/usr/bin/env bats
# hoy images: which images a name or a filter finds, and the tree.
load helper
load ../images

setup() {
	DAEMON=""
	instance_make
}
teardown() {
	[ -z "$DAEMON" ] || { kill "$DAEMON" && wait "$DAEMON"; } 2>/dev/null || true
	instance_remove
}

# Of one image, as the tree has it: names in front, then the line of the image and the line below it.
tree_of() { # image, arguments of images...
	local id
	id=$(hoy image inspect -f '{{.Id}}' "$1")
	hoy images --tree "${@:2}" | grep -A1 " ${id:7:12} "
}
listed() { hoy images --format '{{.Repository}}:{{.Tag}}' "$@" | sort | tr '\n' ' '; }
short() { # one or more registries in which names without one are searched
	printf 'unqualified-search-registries = [%s]\n[aliases]\n"short" = "alias.example/long/name"\n' "$1" >"$D/registries.conf"
	export CONTAINERS_REGISTRIES_CONF=$D/registries.conf
}
# The pty's program on a terminal of a width, its output without \r: columns, command...
on_terminal() { "$PTY" size "24x$1" -- "${@:2}" | tr -d '\r'; }

@test "images --tree: an image with its sizes, and below it what it is for and the digest of its manifest" {
	local size content manifest
	tree_of busybox >"$D/tree"
	size=$(hoy image inspect -f '{{.Size}}' busybox)
	content=$(cat "$HOY_ROOT"/blobs/sha256/* | wc -c)
	manifest=$(jq -r '.manifests[0].digest' <(hoy save busybox | tar -xO index.json))
	human() { python3 -c 'import sys; n = float(sys.argv[1]); u = 0
while n >= 1000: n, u = n / 1000, u + 1
print("%.3g%s" % (n, ("B", "kB", "MB")[u]))' "$1"; }
	matches "$(sed -n 1p "$D/tree")" "^busybox:latest +[0-9a-f]{12} +$(human $((size + content))) +$(human "$content") +$"
	matches "$(sed -n 2p "$D/tree")" "^└─ $(hoy image inspect -f '{{.Os}}/{{.Architecture}}' busybox) +${manifest:7:12} +$(human $((size + content))) +$(human "$content") +$"
	is "$(hoy images --tree | head -1)" "$(printf '%80s' 'Info ->  U In Use ')"
	is "$(hoy image ls --tree)" "$(hoy images --tree)"
}

@test "images --tree: U is for what a container uses, running or not" {
	hasnt "$(tree_of busybox)" " U "
	hoy create --name one busybox true >/dev/null
	is "$(tree_of busybox | grep -c ' U    $')" 2
	hoy rm one >/dev/null
	hasnt "$(tree_of busybox)" " U "
}

@test "images --tree: an image has its names in one place, of which filters leave those that are asked for" {
	hoy tag busybox registry.example/a/rather/long/name/of/an/image:1
	hoy tag busybox other:2
	is "$(hoy images --tree | sed -n '4,6{s/ .*//;p}')" "registry.example/a/rather/long/name/of/an/image:1
busybox:latest
other:2"
	is "$(hoy images --tree other | sed -n '4,${s/ .*//;p}')" $'other:2\n└─'
	is "$(hoy images --tree -f reference='*:2' | sed -n '4,${s/ .*//;p}')" $'other:2\n└─'
	is "$(hoy images --tree none | sed -n '4,$p')" ""
	is "$(hoy images --tree -f label=none | sed -n '4,$p')" ""
}

@test "images --tree: what has no tag is shown with -a, and where it is asked for" {
	local id
	id=$(hoy image inspect -f '{{.Id}}' busybox)
	hoy import "$BATS_FILE_TMPDIR/busybox.tar" busybox >/dev/null
	hasnt "$(hoy images --tree)" "${id:7:12}"
	matches "$(hoy images --tree -a)" "<untagged> +${id:7:12} "
	is "$(hoy images --tree -f dangling=true | grep -c '^└─')" 1
	matches "$(hoy images --tree -f dangling=true)" "<untagged> +${id:7:12} "
	hasnt "$(hoy images --tree -f dangling=false)" "<untagged>"
	hasnt "$(hoy images --tree -a busybox)" "<untagged>"
}

@test "images --tree: refuses what it has no place for by name, and prints nothing" {
	local flag
	for flag in --quiet --no-trunc --digests --format=json; do
		fails 1 hoy images --tree "$flag"
		is "$output" ""
		is "$errors" "hoy: ${flag%=*} is not yet supported with --tree."
	done
}

@test "images --tree: is coloured on a terminal, unless NO_COLOR says otherwise, and never elsewhere" {
	has "$(on_terminal 100 "$HOY" images --tree)" $'\e[34m\e[1mbusybox:latest\e[0m'
	hasnt "$(NO_COLOR=1 on_terminal 100 "$HOY" images --tree)" $'\e'
	has "$(NO_COLOR='' on_terminal 100 "$HOY" images --tree)" $'\e[34m'
	hasnt "$(hoy images --tree)" $'\e'
}

@test "images --tree: a narrow terminal has fewer columns, and cuts names" {
	local name=registry.example/a/rather/long/name/of/an/image
	hoy tag busybox $name:1
	hoy rmi busybox:latest >/dev/null
	export NO_COLOR=1
	is "$(on_terminal 60 "$HOY" images --tree | sed -n 3p)" "IMAGE               ID             DISK USAGE   CONTENT SIZE"
	is "$(on_terminal 40 "$HOY" images --tree | sed -n 3p)" "IMAGE          ID             DISK USAGE"
	is "$(on_terminal 39 "$HOY" images --tree | sed -n 3p)" "IMAGE                      ID          "
	is "$(on_terminal 16 "$HOY" images --tree | sed -n 3p)" "IMAGE               "
	matches "$(on_terminal 60 "$HOY" images --tree | sed -n 4p)" '^registry[.]example… +[0-9a-f]{12} '
	hoy tag $name:1 b:1
	# Beside another one it has a line of its own.
	is "$(on_terminal 60 "$HOY" images --tree | sed -n 4p)" "$name:1"
	is "$(on_terminal 30 "$HOY" images --tree | sed -n 4p)" "registry.example/a/rather/lon…"
	has "$(hoy images --tree)" "$name:1"
}

@test "images --tree: is what docker's command line prints of the same images, byte by byte" {
	command -v docker >/dev/null || skip "docker-cli is not installed (scripts/deps peers)"
	[[ $(docker --version) == *' 28.'* ]] || skip "docker's tree is that of 28"
	images <<'PY'
b, c = layer(b="b" * 5000), layer(c="c")
write(D + "/a.tar", tar(docker((config([b], created="2021-01-01T00:00:00Z", architecture="arm", variant="v7"), ["two:1", "registry.example/a/name:1", "a:2"], [b]),
                               (config([c], created="2022-01-01T00:00:00Z"), [], [c]))))
PY
	hoy load -q -i "$D/a.tar" >/dev/null
	hoy create --name one busybox true >/dev/null
	# What the daemon would say of them.
	hoy images -aq --no-trunc | sort -u | xargs "$HOY" image inspect | jq -c --argjson content "$(contents)" --argjson used "[\"$(hoy image inspect -f '{{.Id}}' busybox)\"]" '
		map($content[.Id] as $c | ((.Size + $c.size) as $total | .Id as $id | {Id, RepoTags, RepoDigests, Created: (.Created | .[:19] + "Z" | fromdate), Size: $total, Containers: 0,
		Manifests: [{ID: $c.manifest, Kind: "image", Available: true, Size: {Content: $c.size, Total: $total},
			ImageData: {Platform: {os: .Os, architecture: .Architecture, variant: (.Variant // "")}, Containers: (if ($used | index($id)) then ["one"] else [] end)}}]}))' >"$D/images.json"
	python3 "$TREE/tests/tools/images_api.py" "$D/socket" "$D/images.json" 3>&- &
	DAEMON=$!
	local arguments width
	eventually test -S "$D/socket"
	for arguments in "" "-a"; do
		docker -H "unix://$D/socket" images --tree $arguments | sed $'1d; s/\e\\[[0-9;]*m//g' >"$D/docker"
		is "$(hoy images --tree $arguments)" "$(cat "$D/docker")"
		for width in 30 66 80 132; do
			on_terminal $width docker -H "unix://$D/socket" images --tree $arguments | sed 1d >"$D/docker"
			# Docker ends the colour of two things twice.
			is "$(on_terminal $width "$HOY" images --tree $arguments)" "$(sed $'s/\e\\[0m\e\\[0m/\e[0m/g' "$D/docker")"
		done
	done
	hoy rm one >/dev/null
}
# Of each image, by its id: the manifest, and the bytes of its blobs.
contents() {
	local id
	for id in $(hoy images -aq --no-trunc | sort -u); do
		mkdir -p "$D/saved"
		hoy save "$id" | tar -C "$D/saved" -x
		jq -n --arg id "$id" --arg manifest "$(jq -r '.manifests[0].digest' "$D/saved/index.json")" --arg size "$(cat "$D"/saved/blobs/sha256/* | wc -c)" \
			'{($id): {manifest: $manifest, size: ($size | tonumber)}}'
		rm -r "$D/saved"
	done | jq -s add
}

@test "images: several patterns are alternatives, the name among them" {
	hoy tag busybox other:2
	hoy tag busybox third:3
	is "$(listed -f reference=other third)" "other:2 third:3 "
	is "$(listed -f reference=other -f reference='thi*')" "other:2 third:3 "
}

@test "images: a name is found by the registry to which a short one leads, by the alias, by a pattern, and whole" {
	hoy tag busybox quay.example/team/app:v1
	hoy tag busybox alias.example/long/name:v2
	hoy tag busybox elsewhere.example/team/app:v3
	is "$(listed team/app)" ""
	short '"quay.example", "[::1]:5000"'
	is "$(listed team/app)" "quay.example/team/app:v1 "
	is "$(listed team/app:v1)" "quay.example/team/app:v1 "
	is "$(listed team/app:v3)" ""
	is "$(listed 'team/*')" "quay.example/team/app:v1 "
	is "$(listed short)" "alias.example/long/name:v2 "
	is "$(listed short:v2)" "alias.example/long/name:v2 "
	is "$(listed -f reference=short -f reference=team/app)" "alias.example/long/name:v2 quay.example/team/app:v1 "
	is "$(hoy images --tree team/app | grep -c '^quay.example/team/app:v1 ')" 1
	# What docker means by a name without a registry is found as before.
	is "$(listed busybox)" "busybox:latest "
	is "$(listed docker.io/library/busybox)" "busybox:latest "
	is "$(listed docker.io/library/busybox:latest)" "busybox:latest "
	is "$(listed -f since=short:v2)" ""
}

@test "images: a pattern that is none is refused" {
	local pattern
	for pattern in '[' 'a[' '[]' 'x[a' 'b\'; do
		fails 1 hoy images "$pattern"
		is "$errors" "hoy: syntax error in pattern $pattern."
		fails 1 hoy images -f reference="$pattern" -q
	done
	is "$(listed '[b]usy*')" "busybox:latest "
	is "$(listed '[^a]usy*')" "busybox:latest "
}

@test "images: a command's name in place of a pattern is told, where nothing has it" {
	hoy images load >"$D/out" 2>"$D/errors"
	is "$(tail -n +2 "$D/out")" ""
	is "$(cat "$D/errors")" $'\nNo images found matching "load": did you mean "hoy image load"?'
	is "$(hoy image ls load 2>&1 >/dev/null)" ""
	is "$(hoy images nothing 2>&1 >/dev/null)" ""
	hoy tag busybox load
	is "$(hoy images load 2>&1 >/dev/null)" ""
	is "$(listed load)" "load:latest "
}

@test "images: a registries.conf that cannot be read changes nothing" {
	echo 'unqualified-search-registries = 7' >"$D/registries.conf"
	export CONTAINERS_REGISTRIES_CONF=$D/registries.conf
	is "$(listed busybox)" "busybox:latest "
	is "$(hoy images none -q 2>&1)" ""
}

@test "images, history: sizes have three digits, as docker's" {
	rm -rf "$D/size" && mkdir "$D/size"
	head -c 1234567 /dev/zero >"$D/size/file"
	tar -C "$D/size" -c . | hoy import - sized >/dev/null
	is "$(hoy images --format '{{.Size}}' sized)" 1.23MB
	is "$(hoy history --format '{{.Size}}' sized)" 1.23MB
}
