# kill: which signals, to whom.
load helper

trapping='.process.args = ["sh", "-c", "trap \"echo got-usr1\" USR1; trap \"echo got-term; exit 7\" TERM; echo ready; while :; do sleep 1000 & wait; done"]'

@test "SIGTERM is the default; names, names with SIG and numbers are the same" {
	bundle c "$trapping"
	launch c
	eventually grep -q ready "$T/c/output"
	for name in USR1 SIGUSR1 sigusr1 10; do
		: >"$T/c/output"
		rt kill c $name
		eventually grep -q got-usr1 "$T/c/output"
	done
	rt kill c
	eventually status_is c stopped
	grep -q got-term "$T/c/output"
}

@test "what is no signal is refused" {
	bundle c
	launch c
	for name in FOO 65 -1 9x SIG ''; do
		fails 1 rt kill c -- "$name"
		has "$errors" "unknown signal"
	done
	status_is c running
}

@test "signal 0 asks whether the container is there" {
	bundle c
	launch c
	rt kill c 0
	status_is c running
	rt kill c KILL
	eventually status_is c stopped
	fails 1 rt kill c 0
}

@test "a stopped container cannot be killed, and the sentence is the one that containerd looks for" {
	bundle c '.process.args = ["true"]'
	launch c
	eventually status_is c stopped
	fails 1 rt kill c KILL
	has "$errors" "container not running"
}

@test "a container that does not exist cannot be killed" {
	fails 1 rt kill nobody
	has "$errors" "container does not exist"
}

@test "a created container can be killed" {
	bundle c
	create c
	rt kill c KILL
	eventually status_is c stopped
}

@test "a paused container dies of SIGKILL" {
	bundle c
	launch c
	freezer=$(cgroup_of c freezer)
	[ ! -e "$freezer/freezer.state" ] || echo FROZEN >"$freezer/freezer.state"
	[ ! -e "$freezer/cgroup.freeze" ] || echo 1 >"$freezer/cgroup.freeze"
	eventually status_is c paused
	rt kill c KILL
	eventually status_is c stopped
}

@test "--all reaches every process of the container" {
	bundle c '.process.args = ["sh", "-c", "trap : USR1; sh -c \"trap \\\"echo child-got; exit\\\" USR1; echo child-ready; while :; do sleep 1000 & wait; done\" & while :; do wait; done"]'
	launch c
	eventually grep -q child-ready "$T/c/output"
	rt kill --all c USR1
	eventually grep -q child-got "$T/c/output"
}

@test "SIGKILL to a container that shares a pid namespace kills all of it" {
	bundle c '.linux.namespaces |= map(select(.type != "pid")) | .process.args = ["sh", "-c", "sleep 1000 & echo ready; wait"]'
	launch c
	eventually grep -q ready "$T/c/output"
	rt kill c KILL
	eventually status_is c stopped
	eventually test -z "$(cat "$(cgroup_of c pids)/cgroup.procs")"
}

@test "SIGKILL reaches what the first process of a shared pid namespace has left behind" {
	bundle c '.linux.namespaces |= map(select(.type != "pid")) | .process.args = ["sleep", "1000"]'
	launch c
	rt exec -d --pid-file "$D/pid" c sleep 1000 </dev/null >/dev/null 2>&1
	left=$(cat "$D/pid")
	kill -KILL "$(pid_of c)"
	eventually status_is c stopped
	rt kill c KILL
	eventually is_gone "$left"
	fails 1 rt kill c KILL
	has "$errors" "container not running"
}

@test "a created container ends by the signals that end a program" {
	for name in HUP INT QUIT TERM; do
		bundle "$name"
		create "$name"
		rt kill "$name" "$name"
		eventually status_is "$name" stopped
		rt delete "$name"
	done
}

@test "--regex reaches every container whose id matches, and no other" {
	for id in web-1 web-2 db; do
		bundle $id
		launch $id
	done
	rt kill --regex '^web-[0-9]$' KILL
	eventually status_is web-1 stopped
	eventually status_is web-2 stopped
	status_is db running
	rt delete -r '^web-'
	is "$(rt list -q)" db
	fails 1 rt kill -r '(' KILL
	has "$errors" "regular expression"
}
