# A runtime under its real callers. Everything that a caller makes is in a box: a mount namespace with a /run and a /dev/shm of its
# own and a network namespace of its own, both held by one process, and one cgroup parent that carries the box's name. What is
# left in there when the last container is gone is a leak, and fails the file.
#
#   HOY_COMPAT_RUNTIME=/usr/sbin/runc bats tests/compat     the same tests with another runtime
#
#   in_box COMMAND...     run it in the box
#   $RUNTIME $TAG $T      the runtime; the box's name, which every cgroup has in its path; the box's directory
#   peer_cannot REASON    skip, because runc or crun is under test and cannot do this
load ../live/helper

RUNTIME=${HOY_COMPAT_RUNTIME:-$BUILD/hoy-runtime}
PATH=$PATH:/usr/sbin:/sbin

# --- the box ---------------------------------------------------------------------------------------------------------------

needs() { # program...
	local program
	[ "$(id -u)" = 0 ] || skip "not root"
	for program in "$RUNTIME" "$@"; do
		command -v "$program" >/dev/null || skip "$program is not installed (scripts/deps callers)"
	done
}

peer_cannot() {
	case ${RUNTIME##*/} in
	runc | crun) skip "${RUNTIME##*/}: $1" ;;
	esac
}

box_name() {
	T=$(cat "$BATS_FILE_TMPDIR/T")
	HOLDER=$(cat "$T/holder.pid")
	TAG=${T##*/}
}

# -w: nsenter would leave us at the root; the callers' working directory is part of what they do.
in_box() { nsenter --target "$HOLDER" --mount --net --wdns="$PWD" -- "$@"; }

box_start() {
	T=$(mktemp -d /tmp/hoy-box.XXXXXX)
	chmod 711 "$T" # root of a user namespace passes here
	printf '%s\n' "$T" >"$BATS_FILE_TMPDIR/T"
	# 3>&-: bats waits for whoever holds its descriptor.
	setsid unshare --mount --net --propagation private sh -c '
		mount -t tmpfs -o mode=755 tmpfs /run && mount -t tmpfs -o mode=1777 tmpfs /dev/shm && mkdir -m 1777 /run/lock &&
		ip link set lo up && : >"$0/ready" && exec sleep infinity' "$T" >"$T/holder.log" 2>&1 </dev/null 3>&- &
	printf '%s\n' $! >"$T/holder.pid"
	disown # a shell tells of its jobs that are killed
	eventually test -e "$T/ready" || { cat "$T/holder.log"; return 1; }
	box_name
	# Each test claims that nothing is left when it is over.
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	# crun refuses a cgroup2 mount that has a stray controller beside cgroup v1, and makes directories in what is there instead.
	[ "${RUNTIME##*/}" != crun ] || ! mountpoint -q /sys/fs/cgroup/unified || in_box mount -t tmpfs tmpfs /sys/fs/cgroup/unified
	rootfs_make "$T/rootfs"
	tar -C "$T/rootfs" -cf "$T/busybox.tar" .
}

# A daemon of the box's, in the background: name, command...
box_daemon() {
	local name=$1
	shift
	setsid nsenter --target "$HOLDER" --mount --net -- "$@" >"$T/$name.log" 2>&1 </dev/null 3>&- &
	printf '%s\n' $! >"$T/$name.pid"
	disown
}

is_gone() { ! kill -0 "$1" 2>/dev/null; }

box_daemon_stop() { # name
	local pid
	pid=$(cat "$T/$1.pid" 2>/dev/null) || return 0
	kill "$pid" 2>/dev/null || return 0
	eventually is_gone "$pid" && return
	kill -KILL "$pid"
	return 1
}

# --- what is left ----------------------------------------------------------------------------------------------------------

# Everybody in the box but its holder: callers, monitors, shims, runtimes. Containers have left it and are found by cgroup.
box_processes() {
	local pid namespace
	namespace=$(readlink "/proc/$HOLDER/ns/mnt")
	for pid in /proc/[0-9]*; do
		[ "$(readlink "$pid/ns/mnt" 2>/dev/null)" = "$namespace" ] && [ "${pid#/proc/}" != "$HOLDER" ] &&
			echo "${pid#/proc/} $(tr '\0' ' ' <"$pid/cmdline" 2>/dev/null)"
	done
	return 0
}
box_cgroups() { find /sys/fs/cgroup -type d -path "*/$TAG*" 2>/dev/null; }
# Of containers; their parent, which the caller made, stays, and so does conmon's.
box_container_cgroups() { find /sys/fs/cgroup -type d -path "*/$TAG/*" ! -name conmon 2>/dev/null; }
box_container_processes() { grep -lsF "$TAG" /proc/[0-9]*/cgroup | sed 's/[^0-9]//g' | sort -u; }
# Root file systems and the like, but not what dockerd and the storage of podman and buildah mount onto themselves.
box_mounts() {
	awk -v t="$T/" 'index($5, t) == 1 { print $5 }' "/proc/$HOLDER/mountinfo" | grep -vxE "$T/(data|podman/root/overlay|buildah/root/overlay)" || true
}

# What containers left behind, one finding a line; callers may still run.
box_leaks() {
	box_container_cgroups | sed 's/^/cgroup: /'
	box_container_processes | sed 's/^/process in a cgroup: /'
	box_mounts | sed 's/^/mount: /'
	awk -v t="$T/" 'index($5, t) == 1 { print "mount of the host: " $5 }' /proc/self/mountinfo
}
box_has_no_leak() { [ -z "$(box_leaks)" ]; }
box_is_empty() { [ -z "$(box_processes)" ]; }

# At the end of each test, when its containers are removed. A leak fails this test and not the next ones too.
box_check() {
	eventually box_has_no_leak && return
	box_leaks
	box_container_processes | xargs -r kill -KILL
	box_mounts | sort -r | xargs -r -n 1 nsenter --target "$HOLDER" --mount umount -l
	eventually box_cgroups_remove
	return 1
}
box_cgroups_remove() {
	box_container_cgroups | sort -r | xargs -r rmdir
	[ -z "$(box_container_cgroups)" ]
}

# At the end of the file: daemons...
box_stop() {
	local status=0 pid name
	box_name || return 0
	for name in "$@"; do
		box_daemon_stop "$name" || { echo "$name does not end"; status=1; }
	done
	if ! eventually box_is_empty; then
		box_processes | sed 's/^/process: /'
		status=1
	fi
	for pid in $(box_processes | cut -d' ' -f1) $(box_container_processes) "$HOLDER"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	eventually is_gone "$HOLDER" || status=1
	box_cgroups | sort -r | xargs -r rmdir || status=1
	[ "${HOY_TEST_KEEP:-}" ] || rm -rf --one-file-system "$T" || status=1
	return $status
}
