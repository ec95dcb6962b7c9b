# What every live, attack and fault test stands on: an instance of hoy of its own (root, runroot, cgroups), an image made of the
# machine's busybox, and a check that nothing is left when the test is over.
#
#   hoy ...                  the program under test, with this test's instance
#   claims                   those of tests/claims.bash

bats_require_minimum_version 1.5.0

TREE=$(cd "${BATS_TEST_DIRNAME:-tests/live}/../.." && pwd)
BUILD=${HOY_BUILD:-$TREE/build}
HOY=$BUILD/hoy
PTY=$TREE/build/tools/pty
source "$TREE/tests/own_network.bash"
source "$TREE/tests/claims.bash"

hoy() { timeout --foreground -k 5 "${HOY_TIMEOUT:-60}" "$HOY" "$@"; }

# A wrong value: status 125, one sentence that has $1 in it, nothing made.
refuses() { # text, command...
	local text=$1
	shift
	fails 125 "$@" || return
	has "$errors" "$text" || return
	is "$output" "" || return
	is "$(hoy ps -aq)" ""
}

has_no_container() { [ -z "$(hoy ps -aq)" ]; }
status_is() { [ "$(hoy inspect -f '{{.State.Status}}' "$1")" = "$2" ]; }

# Start a container that runs until it is stopped and return when its program runs and would hear SIGTERM: name, flags...
idle() {
	local name=$1 pid
	shift
	hoy run -d --name "$name" "$@" busybox sh -c 'trap "exit 0" TERM; while :; do sleep 1000 & wait; done' >/dev/null || return
	pid=$(pid_of "$name")
	[ "$pid" = 0 ] || eventually catches_term "$pid"
}
catches_term() { (($(awk '/^SigCgt:/ { print "0x" $2 }' "/proc/$1/status") & 1 << 14)); } # the shell; an init of --init too

# A container that is being made, its init stopped before a stage, and letting it go on and end: stage, flags of run...
start_held() {
	local stage=$1
	shift
	"$HOY" --hold "$stage" run --rm "$@" busybox true >"$D/held" 2>&1 &
	HELD=$!
	eventually grep -q 'is held before' "$D/held"
}
go_on() {
	kill -CONT "$(sed -n 's/.*: pid \([0-9]*\);.*/\1/p' "$D/held")"
	wait $HELD
}

inspect() { hoy inspect -f "$2" "$1"; } # container, template
pid_of() { inspect "$1" '{{.State.Pid}}'; }
monitor_of() { awk '/^PPid:/ { print $2 }' "/proc/$(pid_of "$1")/status"; }

# --- layers --------------------------------------------------------------------------------------------------------------

layer_path() { # image, number
	echo "$HOY_ROOT/layers/$(hoy image inspect -f "{{index .RootFS.Layers $2}}" "$1" | sed s/sha256://)"
}
# A bash script that sees a layer of an image at $L, in whatever form it is kept: image, number, script.
in_layer() {
	local path
	path=$(layer_path "$1" "$2")
	if [ -d "$path/fs" ]; then
		L=$path/fs bash -ec "$3"
	else
		mkdir -p "$D/layer"
		L=$D/layer "$TREE/build/tools/erofs" "$path/layer.erofs" "$D/layer" bash -ec "$3"
	fi
}

# The mount table of the store namespace, read from a copy of it; it has no program of its own, so one is lent.
holder_table() {
	cp /bin/busybox "$HOY_ROOT/busybox"
	nsenter --mount="$HOY_RUNROOT/holder/store" /store/busybox unshare -m /store/busybox sh -c \
		'/store/busybox mount -t proc proc /layers && /store/busybox cat /layers/self/mountinfo'
	rm "$HOY_ROOT/busybox"
}
layers_mounted() { holder_table | grep -c ' - erofs ' || true; }

# --- life of a test ------------------------------------------------------------------------------------------------------

# The image is imported once a file; each test gets a copy of the instance that has it.
setup_file() {
	rootfs_make "$BATS_FILE_TMPDIR/rootfs"
	image_pack
}

image_pack() {
	tar -C "$BATS_FILE_TMPDIR/rootfs" -cf "$BATS_FILE_TMPDIR/busybox.tar" .
	hoy --root "$BATS_FILE_TMPDIR/root" --runroot "$BATS_FILE_TMPDIR/run" import "$BATS_FILE_TMPDIR/busybox.tar" busybox >/dev/null
}

# A place for an instance, which nothing is in yet.
instance_place() {
	T=$(mktemp -d /tmp/hoy-test.XXXXXX)
	export HOY_RUNROOT=$T/run
	# A file, so that whoever looks for the path does not have it in its own arguments.
	printf '%s/\n' "$T" >"$BATS_TEST_TMPDIR/pattern"
	INSTANCES=()
	instance_at "$T/root"
	D=$T/d # for the test's own files
	mkdir "$D"
	# A test that asks for an image that is not there must not ask the world.
	printf '[[registry]]\nprefix = "docker.io"\nblocked = true\n' >"$T/registries.conf"
	export CONTAINERS_REGISTRIES_CONF=$T/registries.conf
}
instance_make() {
	instance_place
	cp -a "$BATS_FILE_TMPDIR/root" "$HOY_ROOT"
}

setup() { instance_make; }
teardown() { instance_remove; }

# What follows works in the instance with this root. What is left of it is found, also when it is not the last one.
instance_at() { # root
	export HOY_ROOT=$1
	INSTANCE=$(instance_name "$1")
	INSTANCES+=("$INSTANCE")
}

# The name of an instance's cgroups: FNV-1a of the root's path, as in store/state.c.
instance_name() { # root
	local path hash=2166136261 i code
	path=$(readlink -m "$1")
	for ((i = 0; i < ${#path}; i++)); do
		printf -v code %d "'${path:i:1}"
		hash=$(((hash ^ code) * 16777619 & 0xffffffff))
	done
	printf 'hoy-%08x' $hash
}

# The holder's pins stay until a reset, exactly as they are made: RUNROOT/holder once, with two namespaces on it.
leaked_mounts() {
	local mine=$T/run/holder
	grep -F "$T/" /proc/self/mountinfo | if [ "${1:-}" = reset ]; then cat; else
		awk -v mine="$mine" '$5 == mine && !seen[$5]++ { next }
			($5 == mine "/store" || $5 == mine "/seed") && $9 == "nsfs" && !seen[$5]++ { next } { print }'
	fi
}
holder_remove() { umount -R "$HOY_RUNROOT/holder"; }
# Of containers; an instance's own, which is their parent, goes with a reset.
leaked_cgroups() {
	local name
	for name in "${INSTANCES[@]}"; do
		find /sys/fs/cgroup -mindepth 3 -maxdepth 3 -type d -path "*/$name/*" ! -name _monitor 2>/dev/null
		[ "${1:-}" != reset ] || find /sys/fs/cgroup -maxdepth 2 -name "$name*" 2>/dev/null
	done
}
# Processes of hoy (its root is in their arguments) and of containers (their cgroup has the instance's name): pid and arguments.
leaked_processes() {
	local file pid words
	{
		grep -lasFf "$BATS_TEST_TMPDIR/pattern" /proc/[0-9]*/cmdline
		grep -lsF "${INSTANCES[@]/#/-e/}" /proc/[0-9]*/cgroup
	} | while read -r file; do
		pid=${file#/proc/} pid=${pid%/*}
		words=$(tr '\0' ' ' <"/proc/$pid/cmdline") 2>/dev/null || continue
		if [[ $file == */cgroup || $words == *"hoy-monitor"*"$T/"* || $words == *"--root $T/"* ]]; then
			echo "$pid $words"
		fi
	done | sort -u
}
leaked_files() {
	local d
	for d in root/containers root/pending root/names root/volumes root/tmp run/containers; do
		[ ! -d "$T/$d" ] || find "$T/$d" -mindepth 1 | head -5
	done
}

# What is left, one finding a line; nothing when all is well. "files": no container should exist; "reset": not even an instance.
leaks() {
	leaked_mounts "${1:-}" | sed 's/^/mount: /'
	leaked_cgroups "${1:-}" | sed 's/^/cgroup: /'
	leaked_processes | sed 's/^/process: /'
	[ "${1:-}" = "" ] || leaked_files | sed 's/^/file: /'
}
has_no_leak() { [ -z "$(leaks "$@")" ]; }

instance_remove() {
	[ -n "${T:-}" ] && [ -d "$T" ] || return 0
	local status=0 left
	if [ "${HOY_TEST_KEEP:-}" ]; then
		echo "# kept: $T" >&3
		return 0
	fi
	hoy system reset -f >/dev/null || status=1
	if ! eventually has_no_leak reset; then
		leaks reset
		status=1
		# A leak fails this test and must not fail the next ones.
		leaked_processes | while read -r pid _; do kill -9 "$pid"; done
		leaked_mounts reset | awk '{ print $5 }' | sort -r | xargs -r -n 1 umount -l
		eventually leaked_cgroups_remove
	fi
	rm -rf --one-file-system "$T" || status=1
	return $status
}
leaked_cgroups_remove() {
	leaked_cgroups reset | while read -r d; do [ ! -d "$d" ] || find "$d" -depth -type d -exec rmdir {} +; done
	[ -z "$(leaked_cgroups reset)" ]
}
