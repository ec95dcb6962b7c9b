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

@test "an empty volume that was there is filled too, also while others run on it; what is in one stays" {
	hoy run --name base busybox sh -c 'mkdir -p /srv/sub && echo i >/srv/sub/f && chown 33:34 /srv && chmod 750 /srv'
	hoy commit base filled >/dev/null
	hoy volume create vol >/dev/null
	hoy run --rm -v vol:/nothing/here filled true
	hoy run --rm -v vol:/srv:nocopy filled true
	is "$(ls -A "$HOY_ROOT/volumes/vol/_data")" ""
	idle user -v vol:/elsewhere
	is "$(hoy run --rm -v vol:/srv filled sh -c 'cat /srv/sub/f; stat -c "%u %g %a" /srv')" $'i\n33 34 750'
	is "$(hoy exec user cat /elsewhere/sub/f)" i
	is "$(ls "$HOY_ROOT/volumes/vol")" "_data
volume.json"
	hoy run --rm -v vol:/srv filled sh -c 'rm -r /srv/sub; echo mine >/srv/own'
	is "$(hoy run --rm -v vol:/srv filled ls /srv)" own
}

@test "of many that fill one volume at the same time each sees all of it" {
	hoy run --name base busybox sh -c 'mkdir /many; i=0; while [ $i -lt 300 ]; do echo $i >/many/$i; i=$((i + 1)); done'
	hoy commit base filled >/dev/null
	hoy volume create vol >/dev/null
	local i
	for i in 1 2 3 4 5 6; do
		hoy run --rm -v vol:/many filled sh -c 'ls /many | wc -l' >"$D/$i" &
	done
	wait
	is "$(cat "$D"/[1-6] | sort | uniq -c | tr -s ' ')" " 6 300"
}

@test "a volume that is moved to another file system is filled where it is" {
	hoy volume create vol >/dev/null
	mount -t tmpfs tmpfs "$HOY_ROOT/volumes/vol/_data"
	is "$(hoy run --rm -v vol:/etc busybox head -n 1 /etc/passwd)" "root:x:0:0:root:/root:/bin/sh"
	[ -e "$HOY_ROOT/volumes/vol/_data/passwd" ]
	umount "$HOY_ROOT/volumes/vol/_data"
}

@test "an anonymous volume that another container has too stays for that" {
	hoy run --name one -v /a busybox sh -c 'echo x >/a/f'
	hoy create --name two -v "$(volumes):/b" busybox cat /b/f >/dev/null
	hoy rm -v one >/dev/null
	is "$(hoy start -a two)" x
	hoy rm -v two >/dev/null
	is "$(volumes | wc -l)" 1 # of the second it was a named one
	hoy volume prune -f >/dev/null
	is "$(volumes)" ""
}

@test "volumes are not removed while a container that may need one is being made" {
	hoy volume create vol >/dev/null
	local remover status=0
	exec 7<"$HOY_ROOT/volumes"
	flock -s 7 # as a create that has looked and not written its record
	"$HOY" volume rm vol >"$D/out" 7<&- &
	remover=$!
	sleep 0.3
	kill -0 $remover
	is "$(volumes)" vol
	hoy create --name ctr -v vol:/d busybox true >/dev/null # two at a time are fine
	exec 7<&-
	wait $remover || status=$?
	is "$status" 1
	is "$(volumes)" vol
}

@test "a volume of a container that is just being started is in use" {
	hoy volume create vol >/dev/null
	start_held mounts -v vol:/d
	fails 1 hoy volume rm vol
	matches "$errors" 'volume is in use - \[[0-9a-f]{64}\]'
	is "$(hoy volume prune -fa)" "Total reclaimed space: 0B"
	go_on
	hoy volume rm vol >/dev/null
}

@test "of a container that is just being deleted, volume and image can go whatever is still there" {
	local id
	id=$(hoy create --name ctr -v vol:/d busybox true)
	mv "$HOY_ROOT/containers/$id" "$HOY_ROOT/pending/$id"
	exec 7>>"$HOY_ROOT/pending/$id/lock"
	flock 7 # somebody is at work on it
	fails 1 hoy volume rm vol
	fails 1 hoy rmi -f "$(hoy image inspect -f '{{.Id}}' busybox)"
	chmod u+s "$HOY_ROOT/pending/$id" # as its removal does first
	hoy volume rm vol >/dev/null
	hoy rmi busybox >/dev/null
	exec 7<&-
	hoy ps >/dev/null
	[ ! -e "$HOY_ROOT/pending/$id" ]
	is "$(ls "$HOY_ROOT/layers")" ""
	is "$(hoy system check)" ""
}

@test "volume-nocopy leaves it empty" {
	hoy run --rm --mount type=volume,src=vol,dst=/etc/,volume-nocopy busybox true
	is "$(ls -A "$HOY_ROOT/volumes/vol/_data" | grep -v -e '^host' -e '^resolv')" "" # what hoy mounts there needs places
	hoy run --rm --mount type=volume,src=other,dst=/etc/ busybox true
	[ -e "$HOY_ROOT/volumes/other/_data/passwd" ]
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
