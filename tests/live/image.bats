# Images: import, list, tag, remove, history, commit, export.
load helper
load tree
source "$TREE/tests/images.bash"

export -f tree_facts
layer_facts() { in_layer "$1" "${2:-0}" 'tree_facts "$L"'; } # image, number
blocks_of() { stat -c %b "$1"; }

setup() {
	instance_make
	tree_make "$D/tree"
}

@test "import: a pax tar becomes the same tree, attribute by attribute" {
	tar --format=pax --xattrs --xattrs-include='*' -S -cf "$D/t.tar" -C "$D/tree" .
	local packed
	gzip -k "$D/t.tar"
	zstd -q -k "$D/t.tar"
	for packed in t.tar t.tar.gz t.tar.zst; do
		hoy import "$D/$packed" "$packed:1" >/dev/null
		diff <(tree_facts "$D/tree") <(layer_facts "$packed:1")
		# 20 MB of it are holes.
		[ "$(du -sk "$(layer_path "$packed:1" 0)" | cut -f 1)" -lt 8000 ]
	done
}

@test "import: a GNU tar becomes the same tree as GNU tar makes of it" {
	tar --format=gnu -S -cf "$D/t.tar" -C "$D/tree" .
	mkdir "$D/gnu"
	tar -C "$D/gnu" -xpf "$D/t.tar"
	hoy import - gnu <"$D/t.tar" >/dev/null
	diff <(tree_facts "$D/gnu") <(layer_facts gnu)
}

@test "import: the blob is kept as it came, its digest is the file's, the diff id is the tar's" {
	tar -C "$D/tree" -cf "$D/t.tar" .
	gzip -k "$D/t.tar"
	hoy import "$D/t.tar.gz" x >/dev/null
	is "$(hoy image inspect -f '{{index .RootFS.Layers 0}}' x)" "sha256:$(sha256sum <"$D/t.tar" | cut -d ' ' -f 1)"
	cmp "$D/t.tar.gz" "$HOY_ROOT/blobs/sha256/$(sha256sum <"$D/t.tar.gz" | cut -d ' ' -f 1)"
}

@test "import: the id is the digest of the config, and config and manifest are OCI's" {
	tar -C "$D/tree" -cf "$D/t.tar" .
	local id config
	id=$(hoy import -c 'CMD ["a", "b"]' -c 'ENV X=1' -m note "$D/t.tar" x)
	config=$HOY_ROOT/blobs/sha256/${id#sha256:}
	is "sha256:$(sha256sum <"$config" | cut -d ' ' -f 1)" "$id"
	is "$(jq -c '[.config.Cmd, .config.Env, .rootfs.type, .history[0].comment, .os]' "$config")" '[["a","b"],["X=1"],"layers","note","linux"]'
	grep -lq '"schemaVersion":2' "$HOY_ROOT"/blobs/sha256/*
}

@test "import: a terminal sees how much was read, and in the end the id alone" {
	"$PTY" size 30x100 expect 'Importing 262.1kB  ' send '\r' end -- bash -c '{ head -c 500000 "$1"; read -r _; tail -c +500001 "$1"; } | "$2" import - read' - \
		"$BATS_FILE_TMPDIR/busybox.tar" "$HOY" >"$D/out"
	matches "$(cat "$D/out")" 'Importing 262[.]1kB  [0-9.]+[kM]?B/s'
	is "$(tr -d '\r' <"$D/out" | sed $'s/.*\e\\[J//' | tail -1)" "$(hoy image inspect -f '{{.Id}}' read)"
	is "$(hoy import - read <"$BATS_FILE_TMPDIR/busybox.tar" 2>&1)" "$(hoy image inspect -f '{{.Id}}' read)"
}

@test "import: a wrong change is refused before anything is read" {
	fails 1 hoy import -c 'NONSENSE x' "$D/nothing.tar" x
	tar -C "$D/tree" -cf "$D/t.tar" .
	fails 1 hoy import -c 'NONSENSE x' "$D/t.tar" x
	fails 1 hoy import "$D/t.tar" UPPER
	is "$(hoy images -q | wc -l)" 1
}

@test "import: of bzip2 and xz the blob is the tar, as no media type names them" {
	tar --format=pax --xattrs --xattrs-include='*' -S -cf "$D/t.tar" -C "$D/tree" .
	bzip2 -k "$D/t.tar"
	# Two streams, and zeros between and behind them.
	{ head -c 5000 "$D/t.tar" | xz --check=sha256; head -c 8 /dev/zero; tail -c +5001 "$D/t.tar" | xz -0; head -c 512 /dev/zero; } >"$D/t.tar.xz"
	local packed sum
	sum=$(sha256sum <"$D/t.tar" | cut -d ' ' -f 1)
	for packed in t.tar.bz2 t.tar.xz; do
		hoy import - x <"$D/$packed" >/dev/null
		diff <(tree_facts "$D/tree") <(layer_facts x)
		is "$(hoy image inspect -f '{{index .RootFS.Layers 0}}' x)" "sha256:$sum"
		cmp "$D/t.tar" "$HOY_ROOT/blobs/sha256/$sum"
		is "$(hoy save x | tar -xO "blobs/sha256/$(hoy save x | tar -xO index.json | jq -r '.manifests[0].digest' | cut -d : -f 2)" | jq -r '.layers[0] | "\(.mediaType) \(.digest)"')" \
			"application/vnd.oci.image.layer.v1.tar sha256:$sum"
		[ ! -e "$HOY_ROOT/blobs/sha256/$(sha256sum <"$D/$packed" | cut -d ' ' -f 1)" ]
		hoy system check
		hoy rmi x >/dev/null
	done
}

@test "import, load: xz is given what -9 asks for, and what asks for more than 128 MiB is refused by that" {
	tar -C "$D/tree" -cf "$D/t.tar" .
	xz -9kc "$D/t.tar" >"$D/nine.tar.xz"
	hoy import "$D/nine.tar.xz" x >/dev/null
	xz --lzma2=preset=0,dict=256MiB -kc "$D/t.tar" >"$D/more.tar.xz"
	fails 1 hoy import "$D/more.tar.xz" y
	is "$errors" "hoy: the xz data takes 256 MiB of memory to decompress: more than a dictionary of 128 MiB is not given."
	fails 1 hoy load -i "$D/more.tar.xz"
	has "$errors" "takes 256 MiB of memory"
}

@test "import, load: a directory is named" {
	mkdir "$D/place"
	fails 1 hoy import "$D/place" x
	has "$errors" "open $D/place: Is a directory"
	fails 1 hoy load -i "$D/place"
	has "$errors" "open $D/place: Is a directory"
}

@test "--platform: import says what an image is for, history, inspect and rmi take it only for that" {
	hoy import --platform linux/arm/v6 "$BATS_FILE_TMPDIR/busybox.tar" small >/dev/null
	is "$(hoy image inspect -f '{{.Os}} {{.Architecture}} {{.Variant}}' small)" "linux arm v6"
	is "$(hoy image inspect --platform linux/arm/v6 -f '{{.Architecture}}' small)" arm
	is "$(hoy history --platform linux/arm/v6 -q small | wc -l)" 1
	fails 1 hoy image inspect --platform linux/riscv64 -f '{{.Architecture}}' small
	has "$errors" "image small is not for the platform linux/riscv64: it is for linux/arm/v6"
	# One that is does not suffer from another that is not.
	fails 1 hoy image inspect --platform linux/arm/v6 -f '{{.RepoTags}}' busybox small nothing
	is "$output" "[small:latest]"
	fails 1 hoy history --platform linux/riscv64 small
	fails 1 hoy rmi --platform linux/riscv64 small
	has "$errors" "not for the platform linux/riscv64"
	hoy rmi --platform linux/arm/v6 small >/dev/null
	fails 1 hoy image inspect small
	fails 1 hoy import --platform a/b/c/d "$BATS_FILE_TMPDIR/busybox.tar" small
	has "$errors" a/b/c/d
}

@test "images: columns, quiet, filters, formats" {
	hoy tag busybox other:2
	hoy tag busybox registry.example/path/name:3
	is "$(hoy images --format '{{.Repository}} {{.Tag}}' | sort | tr '\n' ',')" "busybox latest,other 2,registry.example/path/name 3,"
	matches "$(hoy images | head -1)" '^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE$'
	is "$(hoy images -q | sort -u | wc -l)" 1
	is "$(hoy images other --format '{{.Tag}}')" 2
	is "$(hoy images 'registry.example/*/*' -q | wc -l)" 1
	is "$(hoy images -f dangling=true -q)" ""
	is "$(hoy images --no-trunc -q | head -1 | wc -c)" 72
	fails 1 hoy images -f nonsense=1
}

@test "images: by age and by the labels that it must not have" {
	images <<'PY'
a, b, c = layer(a="a"), layer(b="b"), layer(c="c")
write(D + "/a.tar", tar(docker((config([a], created="2020-01-01T00:00:00Z", config={"Labels": {"keep": "yes"}}), ["one:1"], [a]),
                               (config([b], created="2021-01-01T00:00:00Z", config={"Labels": {"keep": "no"}}), ["two:1"], [b]),
                               (config([c], created="2022-01-01T00:00:00Z"), ["three:1"], [c]))))
PY
	hoy load -q -i "$D/a.tar" >/dev/null
	listed() { hoy images --format '{{.Repository}}' "$@" | sort | tr '\n' ' '; }
	is "$(listed -f until=2021-06-01)" "one two "
	is "$(listed -f until=10m -f since=two:1)" "three "
	is "$(listed -f until=2021-06-01 -f before=two:1)" "one "
	is "$(listed -f before=two:1 -f before=three:1)" "one "
	is "$(listed -f label!=keep -f until=2023-01-01)" "three "
	is "$(listed -f label!=keep=yes -f label=keep)" "two "
	fails 1 hoy images -f until=nonsense
	has "$errors" nonsense
}

@test "a tag moves to a new image and leaves the old one without a name" {
	tar -C "$D/tree" -cf "$D/t.tar" .
	local old
	old=$(hoy image inspect -f '{{.Id}}' busybox)
	hoy import "$D/t.tar" busybox >/dev/null
	is "$(hoy images -f dangling=true -q --no-trunc)" "$old"
	hoy rmi "$old"
	is "$(hoy images -q | wc -l)" 1
}

@test "sha256 is no name for an image: sha256:abc is how one is called by its id" {
	fails 1 hoy tag busybox sha256:abc
	has "$errors" "ambiguous tag"
	fails 1 hoy import "$BATS_FILE_TMPDIR/busybox.tar" sha256
	hoy tag busybox registry.example/sha256:abc
	hoy tag "$(hoy images -q --no-trunc busybox | cut -c 1-15)" team/sha256
	is "$(hoy images --format '{{.Repository}}' | sort | tr '\n' ' ')" "busybox registry.example/sha256 team/sha256 "
}

@test "rmi: names, then the image; docker's lines; nothing left on disk" {
	hoy tag busybox other
	is "$(hoy rmi other)" "Untagged: other:latest"
	matches "$(hoy rmi busybox)" 'Untagged: busybox:latest
Deleted: sha256:[0-9a-f]{64}
Deleted: sha256:[0-9a-f]{64}'
	is "$(find "$HOY_ROOT"/{blobs,layers,images,tmp} -type f ! -name lock)" ""
	fails 1 hoy rmi busybox
	has "$errors" "No such image: busybox"
}

@test "rmi: refuses what a container uses, and keeps its layers when it is forced" {
	hoy create --name ctr busybox cat /etc/passwd >/dev/null
	fails 1 hoy rmi busybox
	has "$errors" "must force"
	hoy rmi -f busybox >/dev/null
	is "$(hoy start -a ctr | head -1)" root:x:0:0:root:/root:/bin/sh
	hoy system check
	hoy rm ctr >/dev/null
	is "$(ls "$HOY_ROOT/layers")" ""
}

# Somebody waits for the lock of the images.
waits_for_images() { grep -q -- "-> FLOCK .*:$(stat -c %i "$HOY_ROOT/images/lock") " /proc/locks; }

@test "rmi: waits until a container that is being made has said what it needs, and the other way round" {
	local verb p lock
	for verb in create run; do
		exec {lock}>"$HOY_ROOT/images/lock"
		flock -x "$lock"
		hoy $verb --name "$verb" busybox true {lock}>&- & p=$!
		eventually waits_for_images
		is "$(ls "$HOY_ROOT/pending")" ""
		exec {lock}>&-
		wait $p
	done
	exec {lock}>"$HOY_ROOT/images/lock"
	flock -s "$lock"
	hoy rmi busybox >"$D/out" 2>"$D/err" {lock}>&- & p=$!
	eventually waits_for_images
	hoy rm create run >/dev/null
	hoy create --name late busybox true >/dev/null
	exec {lock}>&-
	! wait $p
	has "$(cat "$D/err")" "must force"
	hoy start -a late
}

@test "a container with a new volume is made although the images are held and something lies in tmp" {
	local lock
	exec {lock}>"$HOY_ROOT/images/lock"
	flock -s "$lock"
	mkdir -p "$HOY_ROOT/tmp/debris"
	HOY_TIMEOUT=20 hoy create --name ctr -v vol:/var busybox true >/dev/null {lock}>&-
	exec {lock}>&-
	hoy system check
	[ ! -e "$HOY_ROOT/tmp/debris" ]
}

@test "the root directory of a container has the mode and owner of the image's" {
	mkdir "$D/r"
	cp -r "$BATS_FILE_TMPDIR/rootfs/." "$D/r"
	chown 12:34 "$D/r"
	chmod 3711 "$D/r"
	tar -C "$D/r" -cf "$D/r.tar" .
	hoy import "$D/r.tar" odd >/dev/null
	is "$(hoy run --rm odd stat -c '%a %u %g' /)" "3711 12 34"
	is "$(umask 077; hoy run --rm busybox stat -c '%a %u %g' /)" "$(in_layer busybox 0 'stat -c "%a %u %g" "$L"')"
}

@test "layers that nothing needs are found by check and removed by its repair" {
	hoy create --name ctr busybox true >/dev/null
	hoy rmi -f busybox >/dev/null
	rm "$HOY_ROOT/containers"/*/record.json # as after damage: nobody knows what it needed
	fails 1 hoy system check
	has "$output" "that nothing needs"
	[ -n "$(ls "$HOY_ROOT/layers")" ]
	hoy rm ctr >/dev/null
	fails 1 hoy system check --repair
	has "$output" "that nothing needs (repaired)"
	is "$(ls "$HOY_ROOT/layers")" ""
	hoy system check
}

@test "rmi: refuses the image of a running container even when it is forced" {
	idle ctr
	local id
	id=$(hoy image inspect -f '{{.Id}}' busybox)
	fails 1 hoy rmi -f "$id"
	has "$errors" "cannot be forced"
	is "$(hoy images -q | wc -l)" 1
}

@test "commit: added, changed, removed, replaced; whiteouts and opaque directories both ways" {
	hoy run --name ctr busybox sh -c 'rm /etc/group; rm -r /var; mkdir /var; echo new >/var/file; echo more >>/etc/passwd
		ln /var/file /var/other; ln -s x /l; mkfifo /p; chmod 4711 /bin/busybox; mv /home /moved'
	hoy commit -a me -m msg -c 'CMD ["ls"]' ctr made >/dev/null
	hoy rm ctr >/dev/null
	is "$(hoy run --rm made ls /var)" "file
other"
	is "$(hoy run --rm made sh -c 'stat -c "%h %a" /var/file; tail -n 1 /etc/passwd; stat -c %a /bin/busybox; readlink /l')" "2 644
more
4711
x"
	fails 1 hoy run --rm made ls /etc/group
	fails 1 hoy run --rm made ls -d /home
	hoy run --rm made test -d /moved -a -p /p
	is "$(hoy history --format '{{.Comment}}' made | head -1)" msg
	is "$(hoy image inspect -f '{{.Author}} {{json .Config.Cmd}} {{len .RootFS.Layers}}' made)" 'me ["ls"] 2'
}

@test "commit: the layer's tar unpacks to the same layer, and does not share files with the container" {
	hoy run --name ctr busybox sh -c 'echo one >/file; rm /etc/group'
	hoy commit ctr made >/dev/null
	# But for what overlay keeps for itself, and whiteouts, which share one inode in an upper directory.
	local facts='grep -v -e "|c|" -e user.overlay -e "^# file" -e "^$"'
	diff <(tree_facts "$HOY_ROOT/containers/$(hoy inspect -f '{{.Id}}' ctr)/upper" | eval "$facts") <(layer_facts made 1 | eval "$facts")
	in_layer made 1 '[ -c "$L/etc/group" ]'
	echo two >"$HOY_ROOT/containers/$(hoy inspect -f '{{.Id}}' ctr)/upper/file"
	is "$(hoy run --rm made cat /file)" one
}

@test "commit: of a running container, frozen meanwhile, running afterwards" {
	idle ctr
	hoy exec ctr sh -c 'echo x >/x'
	hoy commit ctr made >/dev/null
	is "$(hoy run --rm made cat /x)" x
	status_is ctr running
	hoy exec ctr true
}

@test "commit: nothing changed adds no layer" {
	hoy create --name ctr busybox true >/dev/null
	hoy commit ctr made >/dev/null
	is "$(hoy image inspect -f '{{len .RootFS.Layers}}' made)" 1
	is "$(hoy history -q made | wc -l)" 2
}

# Stop the second child of process $1, a commit: what unpacks. So what packs gets no further than the pipe between them is long.
stop_unpacker() {
	local children=()
	until [ ${#children[@]} -eq 2 ]; do
		read -r -a children <"/proc/$1/task/$1/children" || [ ${#children[@]} -gt 0 ] || kill -0 "$1" || return
	done
	kill -STOP "${children[1]}"
	echo "${children[1]}"
}

# The command in process $1 (its errors in $D/errors) has noticed that the container is gone.
noticed() {
	local status=0
	wait "$1" || status=$?
	is "$status" 1
	is "$(cat "$D/errors")" "hoy: container ctr has been removed meanwhile."
}

@test "commit: a container that is removed meanwhile leaves no image" {
	local write='i=0; while [ $i -lt 2000 ]; do echo $i >/f$i; i=$((i + 1)); done; echo written; exec sleep 1000' state client tool
	for state in running exited; do
		hoy run -d --name ctr busybox sh -c "$write" >/dev/null
		eventually has_written ctr
		[ "$state" = running ] || hoy stop -t 0 ctr >/dev/null
		"$HOY" commit ctr made >"$D/out" 2>"$D/errors" &
		client=$!
		tool=$(stop_unpacker $client)
		hoy rm -f ctr >/dev/null
		kill -CONT "$tool"
		noticed $client
		is "$(cat "$D/out")" ""
		fails 1 hoy image inspect made
	done
}
has_written() { [ "$(hoy logs "$1")" = written ]; }

@test "export: a container that is removed meanwhile is an error" {
	local state client
	mkfifo "$D/fifo"
	for state in running exited; do
		idle ctr
		[ "$state" = running ] || hoy stop ctr >/dev/null
		"$HOY" export ctr >"$D/fifo" 2>"$D/errors" &
		client=$!
		exec 7<"$D/fifo"
		eventually pgrep -P $client -x hoy-image >/dev/null
		hoy rm -f ctr >/dev/null
		cat <&7 >/dev/null
		exec 7<&-
		noticed $client
	done
}

@test "export: a stopped container's tree comes out as it went in" {
	tar --format=pax --xattrs --xattrs-include='*' -S -cf "$D/t.tar" -C "$D/tree" .
	hoy import "$D/t.tar" tree >/dev/null
	hoy create --name ctr tree /x >/dev/null
	hoy export ctr -o "$D/out.tar"
	mkdir "$D/out"
	tar -C "$D/out" --xattrs --xattrs-include='*' -xpf "$D/out.tar" 2>/dev/null
	diff <(tree_facts "$D/tree" | grep -v '^\.|') <(tree_facts "$D/out" | grep -v '^\.|')
	[ "$(blocks_of "$D/out/sparse")" -lt 100 ]
}

@test "export: a running container without its volumes and without /proc" {
	mkdir "$D/v"
	echo hidden >"$D/v/hidden"
	idle ctr -v "$D/v:/vol"
	hoy exec ctr sh -c 'echo x >/x; rm /etc/group'
	local list
	list=$(hoy export ctr | tar -t)
	has "$list" "x"
	hasnt "$list" hidden
	hasnt "$list" proc/1
	hasnt "$list" etc/group
	has "$list" vol/
}

@test "a full disk: import says so and leaves nothing, rmi works" {
	mkdir -p "$D/small"
	mount -t tmpfs -o size=12m tmpfs "$D/small"
	local small=(timeout 60 "$HOY" --root "$D/small/r" --runroot "$D/small/rr")
	tar -C "$BATS_FILE_TMPDIR/rootfs" -cf "$D/bb.tar" .
	"${small[@]}" import "$D/bb.tar" one >/dev/null
	head -c 9000000 /dev/urandom >"$D/random"
	tar -C "$D" -cf "$D/large.tar" random
	fails 1 "${small[@]}" import "$D/large.tar" two
	has "$errors" "No space left"
	is "$("${small[@]}" images -q | wc -l)" 1
	is "$(find "$D/small/r/tmp" -mindepth 1)" ""
	dd if=/dev/zero of="$D/small/fill" bs=4k status=none || true
	run "${small[@]}" rmi one
	rm "$D/small/fill"
	is "$("${small[@]}" images -q)" ""
	is "$(find "$D/small/r/layers" "$D/small/r/blobs" -type f)" ""
	umount "$D/small"
}
