# state: what a container is doing, found out and not remembered.
load helper

@test "the state has runc's keys in runc's order, indented by two" {
	bundle c '.annotations = { "org.example.a": "1", "org.example.b": "two words" }'
	create c
	text=$(rt state c)
	is "$(jq -r 'keys_unsorted | join(" ")' <<<"$text")" "ociVersion id pid status bundle rootfs created annotations owner"
	is "$(sed -n 2p <<<"$text")" '  "ociVersion": "1.3.0",'
	is "$(jq -r '.annotations["org.example.b"]' <<<"$text")" "two words"
	matches "$(jq -r .created <<<"$text")" '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?Z$'
	is "$(readlink "/proc/$(jq .pid <<<"$text")/ns/pid_for_children")" "$(readlink "/proc/$(jq .pid <<<"$text")/ns/pid")"
}

@test "the same keys, in the same order, as the runc of this machine prints" {
	command -v runc >/dev/null || skip "runc is not installed"
	bundle c
	create c
	cd "$T/c"
	# runc 1.1 knows no 1.3; its own cgroup, so that both can live at once.
	jq '.ociVersion = "1.0.2" | .linux.cgroupsPath += "-runc"' config.json >runc.json
	mkdir "$T/r" && cp runc.json "$T/r/config.json" && ln -s "$T/c/rootfs" "$T/r/rootfs"
	runc --root "$T/runc" create --bundle "$T/r" peer </dev/null >"$D/runc.log" 2>&1 || skip "runc does not work here: $(cat "$D/runc.log")"
	theirs=$(runc --root "$T/runc" state peer | jq -r 'keys_unsorted | join(" ")')
	runc --root "$T/runc" delete --force peer
	is "$(rt state c | jq -r 'keys_unsorted | join(" ")')" "$theirs"
}

@test "created, running, paused by its cgroup, stopped" {
	bundle c
	create c
	status_is c created
	rt pause c
	status_is c paused
	rt resume c
	status_is c created
	rt start c
	status_is c running
	freezer=$(cgroup_of c freezer)
	if [ -e "$freezer/freezer.state" ]; then
		echo FROZEN >"$freezer/freezer.state"
		eventually grep -q FROZEN "$freezer/freezer.state"
	else
		echo 1 >"$freezer/cgroup.freeze"
	fi
	eventually status_is c paused
	rt kill c KILL
	eventually status_is c stopped
	is "$(pid_of c)" 0
}

@test "a container that does not exist has no state" {
	fails 1 rt state nobody
	has "$errors" "container does not exist"
	is "$output" ""
}

@test "a pid that belongs to another process by now is not taken for the container's" {
	bundle c
	launch c
	# The pid of somebody who lives, with the start time of init.
	jq -c ".pid = $$" "$ROOT/c/state.json" >"$D/state" && pid=$(pid_of c)
	cp "$ROOT/c/state.json" "$D/before" && cp "$D/state" "$ROOT/c/state.json"
	status_is c stopped
	fails 1 rt kill c KILL
	has "$errors" "container not running"
	cp "$D/before" "$ROOT/c/state.json"
	is "$(pid_of c)" "$pid"
}

@test "a state file that is cut short is an error that names it" {
	bundle c
	launch c
	cp "$ROOT/c/state.json" "$D/before"
	head -c 40 "$D/before" >"$ROOT/c/state.json"
	fails 1 rt state c
	has "$errors" "state.json"
	cp "$D/before" "$ROOT/c/state.json"
}
