# Containers with a user namespace of their own: --userns, --uidmap, --gidmap.
load helper
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
