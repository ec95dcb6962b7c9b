# The runtime under conmon alone, as CRI-O and podman start it: exit files, logs, consoles, execs.

load runtime

setup_file() {
	needs conmon
	box_start
}
setup() {
	needs conmon
	box_name
	D=$BATS_TEST_TMPDIR
	ID=$TAG-$BATS_TEST_NUMBER
	mkdir -p "$D/bundle" "$D/exits" "$D/exec-exits" "$D/sockets" "$D/state"
	cd "$D" # conmon leaves a file "oom" where it runs
}
# conmon adopts the container, so that its end is noticed even when a test failed before it.
teardown() {
	rt delete --force "$ID"
	[ ! -e "$D/conmon.pid" ] || eventually is_gone "$(cat "$D/conmon.pid")"
	box_check
}
teardown_file() {
	[ ! -e "$BATS_FILE_TMPDIR/T" ] || box_stop
}

rt() { in_box "$RUNTIME" --root "$D/state" "$@"; }

# A bundle of the runtime's own `spec`: a jq program that changes it, arguments of the program's...
bundle() {
	local change=$1
	shift
	rm -f "$D/bundle/config.json"
	(cd "$D/bundle" && "$RUNTIME" spec)
	jq --arg root "$T/rootfs" --arg cgroup "/$TAG/$ID" "(.root.path = \$root) | (.linux.cgroupsPath = \$cgroup) |
		(.process.args = \$ARGS.positional) | (.process.terminal = false) | (.process.rlimits = []) | $change" \
		--args -- "$@" <"$D/bundle/config.json" >"$D/config.json"
	mv "$D/config.json" "$D/bundle/config.json"
}

# Returns when the container is created; what conmon says on its synchronisation pipe, {"pid": N} or {"pid": -1, "message"},
# is in $said: conmon's flags...
conmon_create() {
	local fifo=$D/sync said_fd
	rm -f "$fifo"
	mkfifo "$fifo"
	_OCI_SYNCPIPE=3 in_box conmon -c "$ID" -u "$ID" -r "$RUNTIME" --runtime-arg --root --runtime-arg "$D/state" -b "$D/bundle" -n "$ID" \
		-p "$D/pid" --conmon-pidfile "$D/conmon.pid" -l "k8s-file:$D/log" --exit-dir "$D/exits" --socket-dir-path "$D/sockets" \
		--full-attach "$@" 3>"$fifo" >"$D/out" 2>&1 </dev/null &
	disown
	read -r -t 60 said <"$fifo"
}
said_pid() { jq -r '.data // .pid' <<<"$said"; }
exited() { eventually test -s "$D/exits/$ID" && cat "$D/exits/$ID"; }

@test "create, start, exit: pid file, log and exit file" {
	bundle . sh -c 'echo out; echo err >&2; exit 7'
	conmon_create
	is "$(cat "$D/pid")" "$(said_pid)"
	is "$(rt state "$ID" | jq -r '.status, .pid')" "created
$(said_pid)"
	rt start "$ID"
	is "$(exited)" 7
	has "$(cat "$D/log")" "stdout F out"
	has "$(cat "$D/log")" "stderr F err"
	is "$(rt state "$ID" | jq -r .status)" stopped
	rt delete "$ID"
	fails 1 rt state "$ID"
}

@test "what cannot be created: conmon hands the runtime's last line on" {
	bundle . nosuchprogram
	conmon_create
	is "$(said_pid)" -1
	has "$said" nosuchprogram
	[ ! -e "$D/state/$ID" ]
}

@test "with a JSON log the sentence is in it" {
	bundle . nosuchprogram
	conmon_create --runtime-arg --log-format=json --runtime-arg --log --runtime-arg "$D/runtime.log"
	is "$(said_pid)" -1
	is "$(tail -1 "$D/runtime.log" | jq -r .level)" error
	has "$(tail -1 "$D/runtime.log" | jq -r .msg)" nosuchprogram
}

@test "a terminal: the console socket" {
	bundle '.process.terminal = true' sh -c 'tty; test -t 0 && test -t 1 && echo terminal; exit 3'
	conmon_create -t
	[ "$(said_pid)" -gt 0 ]
	rt start "$ID"
	is "$(exited)" 3
	has "$(cat "$D/log")" /dev/
	has "$(cat "$D/log")" terminal
}

@test "standard input is closed for a program without -i and open with it" {
	bundle . sh -c 'cat; echo end'
	conmon_create
	rt start "$ID"
	is "$(exited)" 0
	has "$(cat "$D/log")" end
}

@test "exec by conmon: its own exit code and log" {
	bundle . sleep 1000
	conmon_create
	rt start "$ID"
	jq -n '{terminal: false, user: {uid: 0, gid: 0}, args: ["sh", "-c", "echo executed; exit 5"], env: ["PATH=/bin"], cwd: "/"}' >"$D/process.json"
	mkfifo "$D/exec-sync"
	_OCI_SYNCPIPE=3 in_box conmon -c "$ID" -u exec1 -r "$RUNTIME" --runtime-arg --root --runtime-arg "$D/state" -b "$D/bundle" -n "$ID" -e \
		--exec-process-spec "$D/process.json" -p "$D/exec.pid" -l "k8s-file:$D/exec.log" --exit-dir "$D/exec-exits" \
		--socket-dir-path "$D/sockets" 3>"$D/exec-sync" >"$D/out" 2>&1 </dev/null &
	disown
	read -r -t 60 said <"$D/exec-sync"
	is "$(jq .exit_code <<<"$said")" 5
	eventually grep -q executed "$D/exec.log"
	is "$(rt state "$ID" | jq -r .status)" running
	rt kill "$ID" KILL
	is "$(exited)" 137
}

@test "pause, resume, ps, events and update of a container that conmon watches" {
	bundle . sleep 1000
	conmon_create
	rt start "$ID"
	rt pause "$ID"
	is "$(rt state "$ID" | jq -r .status)" paused
	rt resume "$ID"
	is "$(rt ps --format json "$ID" | jq -c .)" "[$(said_pid)]"
	rt update --pids-limit 20 "$ID"
	[ "${RUNTIME##*/}" = crun ] || # it has no events
		is "$(rt events --stats "$ID" | jq -r '.type, .id, .data.pids.current, .data.pids.limit')" "stats
$ID
1
20"
	rt kill "$ID" 9
	is "$(exited)" 137
}

@test "create killed in a hook: delete --force removes what it left" {
	local creator
	peer_cannot "leaves the cgroup"
	printf '#!/bin/sh\necho $$ >%s\nexec sleep 1000\n' "$D/hook.pid" >"$D/hook"
	chmod 755 "$D/hook"
	bundle ".hooks = {createRuntime: [{path: \"$D/hook\"}]}" sleep 1000
	nsenter --target "$HOLDER" --mount --net -- "$RUNTIME" --root "$D/state" create --bundle "$D/bundle" "$ID" >"$D/out" 2>&1 </dev/null 3>&- &
	creator=$!
	eventually test -s "$D/hook.pid"
	kill -KILL "$creator"
	wait "$creator" || true
	kill -KILL "$(cat "$D/hook.pid")"
	rt delete --force "$ID"
}
