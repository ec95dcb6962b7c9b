# Volumes: named, anonymous, filled from the image, outliving the container.
load helper

volumes() { hoy volume ls -q; }

@test "a named volume outlives its container and is shared" {
	hoy run --rm -v data:/d busybox sh -c 'echo kept >/d/f'
	is "$(hoy run --rm -v data:/elsewhere busybox cat /elsewhere/f)" kept
	is "$(volumes)" data
}

@test "an anonymous volume goes with --rm and with rm -v, not with rm" {
	hoy run --rm -v /a busybox touch /a/x
	is "$(volumes)" ""
	hoy run --name con -v /a busybox touch /a/x
	matches "$(volumes)" '^[0-9a-f]{64}$'
	hoy rm con >/dev/null
	matches "$(volumes)" '^[0-9a-f]{64}$'
	hoy run --name dif -v /a busybox touch /a/x
	is "$(volumes | wc -l)" 2
	hoy rm -v dif >/dev/null
	is "$(volumes | wc -l)" 1
}

@test "rm -v keeps named volumes" {
	hoy run --name con -v data:/d busybox true
	hoy rm -v con >/dev/null
	is "$(volumes)" data
}

@test "a new volume is filled with what the image has at the destination, with owners and modes" {
	hoy run --name base busybox sh -c 'mkdir -p /srv/sub && echo i >/srv/sub/f && chown 33:33 /srv/sub/f && chmod 640 /srv/sub/f && chmod 750 /srv'
	hoy commit base filled >/dev/null
	is "$(hoy run --rm -v vol:/srv filled sh -c 'cat /srv/sub/f; stat -c "%u %g %a" /srv/sub/f; stat -c %a /srv')" $'i\n33 33 640\n750'
	# Used once, it stays as it is.
	hoy run --rm -v vol:/srv filled sh -c 'rm -r /srv/sub; echo mine >/srv/own'
	is "$(hoy run --rm -v vol:/srv filled ls /srv)" own
}

@test "volume-nocopy leaves it empty" {
	is "$(hoy run --rm --mount type=volume,src=vol,dst=/etc/,volume-nocopy busybox sh -c 'ls /etc | grep -v -e host -e resolv')" "" ||
		is "$output" ""
}

@test "volumes of the image are made anonymous" {
	hoy import -c 'VOLUME /data' "$BATS_FILE_TMPDIR/busybox.tar" withvolume >/dev/null
	hoy run --name con withvolume sh -c 'echo x >/data/f'
	is "$(volumes | wc -l)" 1
	is "$(hoy inspect con | jq -r '.[0].Mounts[0].Destination')" /data
	is "$(hoy start -a con && volumes | wc -l)" 1
	hoy rm -v con >/dev/null
	is "$(volumes)" ""
}

@test "volume create, ls, inspect, rm" {
	is "$(hoy volume create made)" made
	is "$(hoy volume inspect -f '{{.Name}} {{.Driver}}' made)" "made local"
	local path
	path=$(hoy volume inspect -f '{{.Mountpoint}}' made)
	[ -d "$path" ]
	hoy volume rm made >/dev/null
	is "$(volumes)" ""
	[ ! -e "$path" ]
}

@test "a volume in use cannot be removed and says by whom" {
	local id
	id=$(hoy create --name user -v used:/d busybox true)
	fails 1 hoy volume rm used
	has "$errors" used
	has "$errors" "${id:0:12}"
}

@test "a volume's name with a slash or a dot first is refused" {
	fails 1 hoy volume create a/b || fails 125 hoy volume create a/b
	fails 1 hoy volume create ../x || fails 125 hoy volume create ../x
	is "$(volumes)" ""
}

@test "read-only volumes are read-only" {
	fails 1 hoy run --rm -v data:/d:ro busybox touch /d/x
	has "$errors" "Read-only"
}

@test "a volume filled by a container that failed to start is not left half" {
	fails 127 hoy run --rm -v vol:/etc busybox nothing-here
	is "$(hoy run --rm -v vol:/etc busybox cat /etc/passwd | head -1)" "root:x:0:0:root:/root:/bin/sh"
}
