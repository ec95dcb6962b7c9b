# run: in the foreground its program's streams, signals and exit code are ours; afterwards nothing is there.
load helper

@test "the exit code is the program's, and nothing is left" {
	bundle c
	fails 0 runs c true
	fails 3 runs c sh -c 'exit 3'
	has_no_leak
}

@test "standard streams are the caller's" {
	bundle c '.process.args = ["sh", "-c", "cat; echo oops >&2"]'
	echo typed | rt run --bundle "$T/c" c >"$D/out" 2>"$D/err"
	is "$(cat "$D/out")" typed
	is "$(cat "$D/err")" oops
}

@test "signals reach the program" {
	bundle c '.process.args = ["sh", "-c", "trap \"echo got-term; exit 7\" TERM; echo ready; while :; do sleep 1000 & wait; done"]'
	"$RT" --root "$ROOT" run --bundle "$T/c" c >"$D/out" 2>&1 </dev/null 3>&- &
	pid=$!
	eventually grep -q ready "$D/out"
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	is $status 7
	grep -q got-term "$D/out"
	has_no_leak
}

@test "while it runs it has a state, and can be killed by it" {
	bundle c
	"$RT" --root "$ROOT" run --bundle "$T/c" --pid-file "$D/pid" c >"$D/out" 2>&1 </dev/null 3>&- &
	pid=$!
	eventually test -e "$D/pid"
	eventually status_is c running
	rt kill c KILL
	status=0
	wait $pid || status=$?
	is $status 137
	has_no_leak
}

@test "--detach leaves a running container behind" {
	bundle c
	rt run --detach --bundle "$T/c" c </dev/null >"$D/out" 2>&1
	status_is c running
}

@test "--keep leaves the stopped container" {
	bundle c '.process.args = ["sh", "-c", "exit 5"]'
	fails 5 rt run --keep --bundle "$T/c" c
	status_is c stopped
	rt delete c
}

@test "a program that cannot be executed is named, and nothing is left" {
	bundle c
	fails 1 runs c /no/such/program
	has "$errors" /no/such/program
	touch "$T/c/rootfs/plain"
	fails 1 runs c /plain
	has "$errors" /plain
	has_no_leak
}

@test "a container that somebody else deletes by force ends the run" {
	bundle c
	"$RT" --root "$ROOT" run --bundle "$T/c" --pid-file "$D/pid" c >"$D/out" 2>&1 </dev/null 3>&- &
	pid=$!
	eventually test -e "$D/pid"
	eventually status_is c running
	rt delete --force c
	status=0
	wait $pid || status=$?
	is $status 137
	has_no_leak
}

@test "run killed by SIGKILL leaves a container that can be deleted" {
	bundle c
	"$RT" --root "$ROOT" run --bundle "$T/c" --pid-file "$D/pid" c >"$D/out" 2>&1 </dev/null 3>&- &
	pid=$!
	eventually test -e "$D/pid"
	eventually status_is c running
	kill -KILL $pid
	wait $pid 2>/dev/null || true
	status_is c running
	rt delete --force c
	has_no_leak
}
