# What the tests of hoy-runtime stand on: a state directory, bundles and cgroups of the test's own, and a check that nothing is left.
#
#   rt ...                  hoy-runtime with this test's root
#   bundle ID [FILTER ...]  a bundle at $T/ID: its own root file system, config.json changed by jq with FILTER (and jq's options)
#   config ID FILTER ...    change it once more
#   create ID [OPTION ...]  create ID from its bundle; what its program prints goes to $T/ID/output
#   launch ID [OPTION ...]  create and start
#   runs ID COMMAND ...     the bundle's program is COMMAND: `run` it in the foreground
#   status_is ID STATUS / pid_of ID / cgroup_of ID CONTROLLER

bats_require_minimum_version 1.5.0

TREE=$(cd "${BATS_TEST_DIRNAME:-tests/runtime}/../.." && pwd)
BUILD=${HOY_BUILD:-$TREE/build}
RT=$BUILD/hoy-runtime
PTY=$TREE/build/tools/pty
source "$TREE/tests/claims.bash"

rt() { timeout --foreground -k 5 "${HOY_TIMEOUT:-60}" "$RT" --root "$ROOT" "$@"; }

# --- bundles -------------------------------------------------------------------------------------------------------------

bundle() { # ID, jq filter and options...
	local id=$1
	shift
	mkdir -p "$T/$id"
	cp -a "$BATS_FILE_TMPDIR/rootfs" "$T/$id/rootfs"
	jq --arg path "$CGROUP/$id" '.linux.cgroupsPath = $path' "$TREE/tests/runtime/config.json" >"$T/$id/config.json"
	[ $# = 0 ] || config "$id" "$@"
}

config() { # ID, jq filter and options...
	local file=$T/$1/config.json
	shift
	jq "$@" <"$file" >"$file.new" && mv "$file.new" "$file"
}

create() { # ID, options...
	local id=$1
	shift
	rt create --bundle "$T/$id" "$@" "$id" </dev/null >"$T/$id/output" 2>&1 || { cat "$T/$id/output" && return 1; }
}

launch() { create "$@" && rt start "$1"; }

runs() { # ID, command...
	local id=$1
	shift
	config "$id" '.process.args = $ARGS.positional' --args -- "$@"
	rt run --bundle "$T/$id" "$id"
}

status_of() { rt state "$1" | jq -r .status; }
status_is() { [ "$(status_of "$1")" = "$2" ]; }
pid_of() { rt state "$1" | jq -r .pid; }
cgroup_of() { # ID, controller (v1) or anything (v2)
	local base=/sys/fs/cgroup
	[ -e $base/cgroup.controllers ] || base=$base/$2
	printf '%s\n' "$base$CGROUP/$1"
}
is_gone() { [ ! -d "/proc/$1" ] || [ "$(sed -E 's/.*\) (.).*/\1/' "/proc/$1/stat" 2>/dev/null)" = Z ]; }

# --- life of a test ------------------------------------------------------------------------------------------------------

setup_file() { rootfs_make "$BATS_FILE_TMPDIR/rootfs"; }

instance_make() {
	T=$(mktemp -d /tmp/hoy-test.XXXXXX)
	ROOT=$T/state
	CGROUP=/${T##*/}
	# A file, so that whoever looks for the path does not have it in its own arguments.
	printf '%s/\n' "$T" >"$BATS_TEST_TMPDIR/pattern"
	mkdir "$T/d" # for the test's own files
	D=$T/d
}

setup() { instance_make; }
teardown() { instance_remove; }

leaked_cgroups() { find /sys/fs/cgroup -mindepth 2 -type d -path "*$CGROUP/*" 2>/dev/null; }
leaked_mounts() { grep -F "$T/" /proc/self/mountinfo; }
# Whoever is in one of our cgroups, and every hoy-runtime with our root.
leaked_processes() {
	local file pid words
	{
		grep -lsF "$CGROUP" /proc/[0-9]*/cgroup
		grep -lasFf "$BATS_TEST_TMPDIR/pattern" /proc/[0-9]*/cmdline
	} | while read -r file; do
		pid=${file#/proc/} pid=${pid%/*}
		{ words=$(tr '\0' ' ' <"/proc/$pid/cmdline"); } 2>/dev/null || continue
		if [[ $file == */cgroup || $words == *"hoy-runtime"*"--root $T/"* ]]; then
			echo "$pid $words"
		fi
	done
}
leaked_files() { [ ! -d "$ROOT" ] || find "$ROOT" -mindepth 1 -maxdepth 1 ! -name '@*'; }

leaks() {
	leaked_mounts | sed 's/^/mount: /'
	leaked_cgroups | sed 's/^/cgroup: /'
	leaked_processes | sed 's/^/process: /'
	leaked_files | sed 's/^/file: /'
}
has_no_leak() { [ -z "$(leaks)" ]; }

delete_all() {
	local directory
	for directory in "$ROOT"/*/; do
		[ ! -d "$directory" ] || [[ $directory == */@* ]] || rt delete --force "$(basename "$directory")" || return
	done
}

instance_remove() {
	[ -n "${T:-}" ] && [ -d "$T" ] || return 0
	local status=0
	if [ "${HOY_TEST_KEEP:-}" ]; then
		echo "# kept: $T" >&3
		return 0
	fi
	delete_all || status=1
	if ! eventually has_no_leak; then
		leaks
		status=1
		# A leak fails this test and must not fail the next ones.
		leaked_processes | while read -r pid _; do kill -9 "$pid"; done
		leaked_mounts | awk '{ print $5 }' | sort -r | xargs -r -n 1 umount -l
		eventually leaked_cgroups_remove
	fi
	eventually cgroup_parents_remove || status=1
	rm -rf --one-file-system "$T" || status=1
	return $status
}
# The parents of all were named by us, so they are ours; that of a test without a path lies below hoy-runtime's own.
cgroup_parents() { find /sys/fs/cgroup -mindepth 1 -maxdepth 3 -type d -name "${CGROUP#/}"; }
cgroup_parents_remove() {
	cgroup_parents | xargs -r rmdir
	[ -z "$(cgroup_parents)" ]
}
leaked_cgroups_remove() {
	leaked_cgroups | sort -r | xargs -r rmdir 2>/dev/null
	[ -z "$(leaked_cgroups)" ]
}
