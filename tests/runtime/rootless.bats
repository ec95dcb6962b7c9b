# Without root: a user namespace with one mapping, no cgroups where none can be made, the state below XDG_RUNTIME_DIR.
load helper

as_user() { setpriv --reuid 1000 --regid 1000 --clear-groups env XDG_RUNTIME_DIR="$T/xdg" "$@"; }
user_rt() { as_user timeout --foreground -k 5 60 "$RT" "$@"; }

user_bundle() { # ID
	chmod 711 "$T"
	mkdir -p "$T/xdg" "$T/$1"
	cp -a "$BATS_FILE_TMPDIR/rootfs" "$T/$1/rootfs"
	chown -R 1000:1000 "$T/xdg" "$T/$1"
	user_rt spec --rootless --bundle "$T/$1"
	config "$1" '.process.terminal = false | .process.args = ["sh", "-c", "id -u; trap \"exit 6\" TERM; echo ready; while :; do sleep 1000 & wait; done"]'
	chown 1000:1000 "$T/$1/config.json"
}

@test "a user creates, starts, asks, kills and deletes a container of their own" {
	user_bundle c
	user_rt create --bundle "$T/c" c </dev/null >"$D/out" 2>&1 || { cat "$D/out" && return 1; }
	is "$(user_rt state c | jq -r .status)" created
	user_rt start c
	eventually grep -q ready "$D/out"
	is "$(head -1 "$D/out")" 0
	is "$(user_rt state c | jq -r .status)" running
	is "$(stat -c %u "/proc/$(user_rt state c | jq .pid)")" 1000
	fails 1 user_rt delete c
	user_rt kill c TERM
	stopped() { [ "$(user_rt state c | jq -r .status)" = stopped ]; }
	eventually stopped
	user_rt delete c
	is "$(find "$T/xdg/hoy-runtime" -mindepth 1 ! -name '@*')" ""
}

@test "a user runs a container in the foreground" {
	user_bundle c
	config c '.process.args = ["sh", "-c", "id -u; exit 5"]'
	fails 5 user_rt run --bundle "$T/c" c
	is "$output" 0
}

@test "a limit that a user cannot set is refused, not forgotten" {
	user_bundle c
	config c '.linux.resources.memory.limit = 10000000 | .linux.cgroupsPath = "/hoy-test-nobody-may-make-this"'
	fails 1 user_rt run --bundle "$T/c" c
	matches "$errors" "cgroup|memory"
	is "$(find "$T/xdg/hoy-runtime" -mindepth 1 ! -name '@*')" ""
}

@test "a user does not reach the containers of root" {
	bundle c
	launch c
	chmod 711 "$T"
	fails 1 user_rt --root "$ROOT" state c
	fails 1 user_rt --root "$ROOT" kill c KILL
	status_is c running
}
