# Containers with a user namespace of their own: --userns, --uidmap, --gidmap.
load helper
load overlay_root
unset HOY_STORAGE_DRIVER # a test says which

maps() { awk '{ print $1 ":" $2 ":" $3 }' "/proc/$(pid_of "$1")/uid_map"; }
upper_of() { echo "$HOY_ROOT/containers/$(inspect "$1" '{{.Id}}')/upper"; }

@test "--userns auto: root inside is nobody's user outside, and files have the ids of the image on both sides of the map" {
	idle con --userns auto
	local host
	host=$(maps con)
	matches "$host" '^0:[0-9]{6,}:65536$'
	host=${host#0:} host=${host%:*}
	is "$(stat -c %u "/proc/$(pid_of con)")" "$host"
	is "$(hoy exec con sh -c 'id -u; stat -c %u /bin/busybox; touch /new; chown 7:8 /new; stat -c "%u %g" /new')" $'0\n0\n7 8'
	is "$(stat -c '%u %g' "$(upper_of con)/new")" "7 8"
	is "$(inspect con '{{.HostConfig.UsernsMode}} {{index .HostConfig.IDMappings.UidMap 0}}')" "auto 0:$host:65536"
}

@test "with every driver a mapped container runs, commits and exports with the image's ids" {
	local driver
	for driver in erofs overlay vfs; do
		export HOY_STORAGE_DRIVER=$driver
		hoy import "$BATS_FILE_TMPDIR/busybox.tar" "img-$driver" >/dev/null
		hoy run --name con --userns auto "img-$driver" sh -c 'touch /new; chown 33:34 /new; rm -rf /root; mkdir -p /d'
		is "$(hoy export con | tar -tv --numeric-owner | awk '$6 ~ /new$/ { print $2 }')" 33/34
		hoy commit con "made-$driver" >/dev/null
		is "$(hoy run --rm "made-$driver" sh -c 'stat -c "%u %g" /new; ls -d /root 2>/dev/null; true')" "33 34"
		hoy start -a con
		hoy rm con >/dev/null
	done
}

@test "two containers with auto share no id, and a range whose container is gone is taken again" {
	idle one --userns auto
	idle two --userns auto
	local first
	first=$(maps one)
	[ "$first" != "$(maps two)" ]
	hoy rm -f one >/dev/null
	idle three --userns auto
	is "$(maps three)" "$first"
}

@test "six that start at once get six ranges" {
	local i pids=()
	for i in 1 2 3 4 5 6; do
		hoy create --userns auto busybox true >"$D/$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	is "$(cat "$D"/[1-6] | xargs -n 1 "$HOY" inspect -f '{{index .HostConfig.IDMappings.UidMap 0}}' | sort -u | wc -l)" 6
}

@test "auto:size=N maps as many ids and no more" {
	is "$(hoy run --rm --userns auto:size=5000 busybox awk '{ print $1, $3 }' /proc/self/gid_map)" "0 5000"
	fails 1 hoy run --rm --userns auto:size=5000 busybox chown 5000 /bin
	hoy run --rm --userns auto:size=5000 busybox chown 4999 /bin
}

@test "--uidmap and --gidmap say which ids; one alone serves for both" {
	is "$(hoy run --rm --uidmap 0:100000:10 --uidmap 10:200000:5 --gidmap 0:300000:20 busybox sh -c 'cat /proc/self/uid_map /proc/self/gid_map' | awk '{ print $1, $2, $3 }')" \
		$'0 100000 10\n10 200000 5\n0 300000 20'
	is "$(hoy run --rm --uidmap 0:100000:10 busybox awk '{ print $2 }' /proc/self/gid_map)" 100000
	is "$(hoy run --rm --userns host busybox awk '{ print $2, $3 }' /proc/self/uid_map)" "0 4294967295"
}

@test "maps that make no sense, and modes that do not go together, are refused" {
	refuses "is not CONTAINER:HOST:COUNT" hoy run --uidmap 0:1 busybox true
	refuses "is not CONTAINER:HOST:COUNT" hoy run --uidmap 0:2147483647:2 busybox true
	refuses "the container's 0 is mapped to nothing" hoy run --uidmap 1:100000:10 busybox true
	refuses "maps an id that is mapped already" hoy run --uidmap 0:100000:10 --uidmap 10:100009:1 busybox true
	refuses "exclude each other" hoy run --userns auto --uidmap 0:100000:10 busybox true
	refuses "1 to 65536 ids" hoy run --userns auto:size=65537 busybox true
	refuses "keep-id is not supported yet" hoy run --userns keep-id busybox true
	refuses "privileged mode is incompatible" hoy run --userns auto --privileged busybox true
	local mode
	for mode in network pid ipc uts; do
		refuses "namespace when user namespaces are enabled" hoy run --userns auto --$mode host busybox true
	done
}

@test "volumes are mapped with the container, filled with the image's owners, and the next one sees its own ids" {
	cp -a "$BATS_FILE_TMPDIR/rootfs" "$D/r"
	mkdir "$D/r/data"
	echo x >"$D/r/data/f"
	chown 5:6 "$D/r/data/f"
	tar -C "$D/r" -c . | hoy import - img >/dev/null
	is "$(hoy run --rm --userns auto -v vol:/data img sh -c 'stat -c "%u %g" /data/f; touch /data/n; chown 3 /data/n')" "5 6"
	is "$(stat -c %u "$HOY_ROOT/volumes/vol/_data/n")" 3
	is "$(hoy run --rm --userns auto -v vol:/v busybox stat -c '%u %g' /v/f)" "5 6"
	is "$(hoy run --rm -v vol:/v busybox stat -c '%u %g' /v/n)" "3 0"
}

@test "the files of a bind keep the host's owners, who are nobody inside" {
	echo secret >"$D/f"
	chmod 600 "$D/f"
	is "$(hoy run --rm --userns auto -v "$D:/b" busybox stat -c %u /b/f)" 65534
	fails 1 hoy run --rm --userns auto -v "$D:/b" busybox cat /b/f
}

@test "/etc/hosts and its companions can be read and written inside" {
	is "$(hoy run --rm --userns auto busybox sh -c 'echo "1.2.3.4 me" >>/etc/hosts && stat -c %u /etc/hosts /etc/hostname /etc/resolv.conf' | sort -u)" 0
}

@test "exec, a terminal, a user of the image, limits and stop work as without" {
	idle con --userns auto -m 64m --pids-limit 50
	is "$(hoy exec con awk '{ print $3 }' /proc/self/uid_map)" 65536
	is "$(hoy exec -u 1000:33 con sh -c 'id -u; id -g')" $'1000\n33'
	is "$("$PTY" expect terminal -- "$HOY" exec -it con sh -c 'test -t 0 && echo terminal' >/dev/null && echo yes)" yes
	hoy stop con >/dev/null
	hoy start con >/dev/null
	is "$(hoy exec con id -u)" 0
	is "$("$PTY" expect terminal -- "$HOY" run --rm -it --userns auto busybox sh -c 'test -t 0 && echo terminal' >/dev/null && echo yes)" yes
}

@test "its network namespace belongs to its user namespace: root inside may change it" {
	is "$(hoy run --rm --userns auto --cap-add NET_ADMIN busybox sh -c 'ip link add dummy1 type dummy 2>/dev/null; ip addr add 127.0.0.2/8 dev lo && ip addr show lo | grep -c 127.0.0.2')" 1
	hoy run --rm --userns auto --network none busybox true
}

@test "layers are mounted once, mapped or not, and a mapped start leaves no mount" {
	idle one --userns auto
	idle two
	idle three --userns auto
	is "$(layers_mounted)" 1
}

# --- where mounts cannot be mapped ---------------------------------------------------------------------------------------

first_of() { inspect "$1" '{{index .HostConfig.IDMappings.UidMap 0}}' | cut -d: -f2; }

# As $BATS_FILE_TMPDIR/busybox.tar, with owners, links and capabilities: made at $D/owned.tar.
owned_image() {
	cp -a "$BATS_FILE_TMPDIR/rootfs" "$D/owned"
	mkdir "$D/owned/data"
	echo x >"$D/owned/data/f"
	ln "$D/owned/data/f" "$D/owned/data/g"
	ln -s f "$D/owned/data/l"
	mkdir "$D/owned/capable"
	cp "$D/owned/bin/busybox" "$D/owned/capable/cat"
	setcap cap_dac_read_search=ep "$D/owned/capable/cat"
	chown -h 5:6 "$D/owned/data/f" "$D/owned/data/l"
	chown 70000:70001 "$D/owned/data"
	tar -C "$D/owned" --xattrs --xattrs-include='*' -cf "$D/owned.tar" .
}

@test "on an overlay the container has a copy of its own: root's files are 0 inside and the range's on the disk" {
	on_overlay
	hoy run -d --name con --userns auto busybox sleep 1000 >/dev/null 2>"$D/warning"
	local host
	host=$(first_of con)
	matches "$host" '^[0-9]{6,}$'
	is "$(stat -c %u "/proc/$(pid_of con)")" "$host"
	is "$(hoy exec con sh -c 'id -u; stat -c %u / /bin /bin/busybox /dev/null /etc/hosts; touch /new; chown 7:8 /new; stat -c "%u %g" /new')" \
		$'0\n0\n0\n0\n65534\n0\n7 8'
	is "$(stat -c '%u %g' "$(root_of con)/bin/busybox" "$(root_of con)/new")" "$host $host"$'\n'"$((host + 7)) $((host + 8))"
	is "$(inspect con '{{.Driver}}')" vfs
	is "$(hoy exec con sh -c 'echo "1.2.3.4 me" >>/etc/hosts && tail -n 1 /etc/hosts; cat /etc/resolv.conf >/dev/null && hostname >/etc/hostname && echo ok')" \
		$'1.2.3.4 me\nok'
}

@test "the copy is warned of with its reason when the container is made, and not when it starts" {
	on_overlay
	hoy create --name con --userns auto busybox true >/dev/null 2>"$D/create"
	is "$(wc -l <"$D/create")" 1
	matches "$(cat "$D/create")" '^WARNING: container con has a copy of its image, .*: map the ids of .*: its file system or this kernel cannot'
	hoy start -a con 2>"$D/start"
	is "$(cat "$D/start")" ""
	hoy run --rm --userns auto busybox true 2>"$D/run"
	is "$(grep -c WARNING "$D/run")" 1
	hoy run --rm busybox true 2>"$D/without"
	is "$(cat "$D/without")" ""
}

@test "where mounts can be mapped nothing is copied or warned of" {
	local driver
	for driver in erofs overlay; do
		export HOY_STORAGE_DRIVER=$driver
		hoy import "$BATS_FILE_TMPDIR/busybox.tar" "img-$driver" >/dev/null
		hoy create --name con --userns auto "img-$driver" true >/dev/null 2>"$D/create"
		is "$(cat "$D/create")" ""
		is "$(inspect con '{{.Driver}}')" "$driver"
		[ ! -e "$(root_of con)" ]
		hoy start -a con
		hoy run --userns auto --name other "img-$driver" true 2>"$D/run"
		is "$(cat "$D/run")" ""
		[ ! -e "$(root_of other)" ]
		hoy rm con other >/dev/null
	done
}

@test "a copied container starts again, commits and exports with the ids from inside, and goes without a trace" {
	on_overlay
	hoy run --name con --userns auto busybox sh -c 'echo 1 >/new; chown 33:34 /new; mkdir -p /d; chown 3 /d' 2>/dev/null
	hoy start -a con
	is "$(stat -c %u "$(root_of con)/new")" $(($(first_of con) + 33))
	is "$(hoy export con | tar -tv --numeric-owner | awk '$6 ~ /^(\.\/)?(new|d\/|bin\/busybox)$/ { print $2 }' | sort)" $'0/0\n3/0\n33/34'
	hoy commit con made >/dev/null
	is "$(hoy run --rm made sh -c 'stat -c "%u %g" /new /d /bin /')" $'33 34\n3 0\n0 0\n0 0'
	is "$(in_layer made 1 'cd "$L" && find . -mindepth 1 -not -path "./etc*" | sort')" $'./d\n./new'
	hoy rm con >/dev/null
	is "$(find "$HOY_ROOT"/containers "$HOY_ROOT"/pending "$HOY_ROOT"/names "$HOY_ROOT"/tmp -mindepth 1)" ""
}

@test "a running copy is exported and committed with the ids from inside" {
	on_overlay
	idle con --userns auto 2>/dev/null
	hoy exec con sh -c 'echo 1 >/new; chown 33:34 /new'
	is "$(hoy export con | tar -tv --numeric-owner | awk '$6 ~ /(^|\/)new$/ { print $2 }')" 33/34
	hoy commit con made >/dev/null
	is "$(hoy run --rm made stat -c '%u %g' /new)" "33 34"
}

@test "a copy keeps the image's owners, links and capabilities; an owner without a place is nobody" {
	owned_image
	on_overlay "$D/owned.tar"
	hoy run --name con --userns auto busybox sh -c 'stat -c "%u %g %h" /data/f /data/g /data/l /data; touch /secret; chmod 0 /secret' >"$D/out" 2>/dev/null
	is "$(cat "$D/out")" $'5 6 2\n5 6 2\n5 6 1\n65534 65534 2'
	local host root
	host=$(first_of con)
	root=$(root_of con)
	is "$(stat -c '%u %g' "$root/data")" "65534 65534"
	matches "$(getcap -n "$root/capable/cat")" "rootid=$host"
	hoy commit con made >/dev/null
	is "$(in_layer made 1 'cd "$L" && find . -mindepth 1 -not -path "./etc*"')" "./secret"
	is "$(hoy run --rm made stat -c '%u %g' /data)" "70000 70001"
	# To another user the capability opens what is closed to him.
	hoy run --name capable --userns auto busybox sh -c 'echo s >/secret; chmod 0 /secret' 2>/dev/null
	hoy commit capable secret >/dev/null
	is "$(hoy run --rm --cap-add DAC_READ_SEARCH -u 1000 --userns auto secret /capable/cat /secret 2>/dev/null)" s
	fails 1 hoy run --rm -u 1000 --userns auto secret busybox cat /secret
}

@test "a volume that is made for a copy is root's inside, with the image's owners; one that was there keeps its own" {
	owned_image
	chown 4:4 "$D/owned/data"
	tar -C "$D/owned" -cf "$D/owned.tar" .
	on_overlay "$D/owned.tar"
	hoy run --rm -v old:/data busybox true
	hoy create --name con --userns auto -v vol:/data -v empty:/nothing -v old:/old -v /anonymous busybox \
		sh -c 'stat -c "%u %g" /data /data/f /nothing /anonymous /old/f; touch /data/n /nothing/n /anonymous/n; stat -c %u /data/n' >/dev/null 2>&1
	is "$(hoy start -a con)" $'4 4\n5 6\n0 0\n0 0\n65534 65534\n0'
	local host
	host=$(first_of con)
	is "$(stat -c %u "$HOY_ROOT/volumes/old/_data/f" "$HOY_ROOT/volumes/vol/_data/f" "$HOY_ROOT/volumes/empty/_data/n")" \
		$'5\n'"$((host + 5))"$'\n'"$host"
}

@test "--uidmap and --gidmap on an overlay give files to just these ids" {
	on_overlay
	hoy run --name con --uidmap 0:100000:10 --gidmap 0:300000:20 busybox sh -c 'touch /new; chown 9:19 /new' 2>/dev/null
	is "$(stat -c '%u %g' "$(root_of con)/new" "$(root_of con)/bin")" $'100009 300019\n100000 300000'
}
