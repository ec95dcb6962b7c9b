# hoy stop: the stop signal, the timeout, then SIGKILL to all.
load helper

took_ms() { # command... ; sets $ms
	local begin
	begin=$(date +%s%N)
	"$@" >"$D/stdout" 2>"$D/stderr" </dev/null
	ms=$((($(date +%s%N) - begin) / 1000000))
}

@test "stop sends SIGTERM and returns when the program has ended" {
	idle sto
	took_ms hoy stop sto
	is "$(cat "$D/stdout")" sto
	[ $ms -lt 5000 ]
	is "$(inspect sto '{{.State.Status}} {{.State.ExitCode}}')" "exited 0"
}

@test "stop kills after the timeout when the program ignores the signal" {
	hoy run -d --name sto busybox sh -c 'trap "" TERM; while :; do sleep 1000; done' >/dev/null
	took_ms hoy stop -t 1 sto
	[ $ms -ge 900 ] && [ $ms -lt 5000 ]
	is "$(inspect sto '{{.State.Status}} {{.State.ExitCode}}')" "exited 137"
}

@test "stop -t 0 kills at once" {
	hoy run -d --name sto busybox sh -c 'trap "" TERM; while :; do sleep 1000; done' >/dev/null
	took_ms hoy stop -t 0 sto
	[ $ms -lt 2000 ]
	is "$(inspect sto '{{.State.ExitCode}}')" 137
}

@test "stop says so and does not wait when PID 1 has no handler for the signal" {
	hoy run -d --name sto busybox sleep 1000 >/dev/null
	took_ms hoy stop sto
	[ $ms -lt 3000 ]
	has "$(cat "$D/stderr")" "SIGTERM"
	status_is sto exited
}

@test "--stop-signal is the signal that stop sends, -s another one" {
	hoy run -d --name sto --stop-signal USR1 busybox sh -c 'trap "exit 11" USR1; trap "exit 15" TERM
		while :; do sleep 1000 & wait; done' >/dev/null
	eventually handles sto
	hoy stop sto >/dev/null
	is "$(inspect sto '{{.State.ExitCode}} {{.Config.StopSignal}}')" "11 USR1"
	hoy start sto >/dev/null
	eventually handles sto
	hoy stop -s TERM sto >/dev/null
	is "$(inspect sto '{{.State.ExitCode}}')" 15
}

# PID 1 of the container has installed its handlers for SIGUSR1 and SIGTERM (bits 9 and 14).
handles() {
	local caught
	caught=$(awk '/^SigCgt/ { print $2 }' "/proc/$(pid_of "$1")/status")
	(((0x$caught & 0x4200) == 0x4200))
}

@test "--stop-timeout is the timeout of stop without -t" {
	hoy run -d --name sto --stop-timeout 1 busybox sh -c 'trap "" TERM; while :; do sleep 1000; done' >/dev/null
	took_ms hoy stop sto
	[ $ms -ge 900 ] && [ $ms -lt 5000 ]
}

@test "stop of several waits for all at the same time" {
	local i
	for i in 1 2 3 4; do
		hoy run -d --name "sto$i" busybox sh -c 'trap "" TERM; while :; do sleep 1000; done' >/dev/null
	done
	took_ms hoy stop -t 2 sto1 sto2 sto3 sto4
	is "$(cat "$D/stdout")" $'sto1\nsto2\nsto3\nsto4'
	[ $ms -ge 1900 ] && [ $ms -lt 5000 ]
	for i in 1 2 3 4; do status_is "sto$i" exited; done
}

@test "stop of several stops all and names those that are not there" {
	idle aaa
	idle bbb
	fails 1 hoy stop aaa not-there bbb
	is "$output" $'aaa\nbbb'
	has "$errors" not-there
	status_is aaa exited
	status_is bbb exited
}

@test "stop of a container that has ended already is no error" {
	hoy run --name sto busybox true
	is "$(hoy stop sto)" sto
}

@test "stop ends a container that is frozen from outside" {
	idle sto
	echo FROZEN >/sys/fs/cgroup/freezer/"$INSTANCE"/*/freezer.state
	HOY_TIMEOUT=20 hoy stop -t 1 sto >/dev/null
	status_is sto exited
}

@test "stop ends a fork bomb within the timeout and a second" {
	# Not in the shell's language: a shell that may not fork ends, its PID 1 too.
	hoy run -d --name bomb --pids-limit 64 -v "$TREE/build/tools/bomb:/bomb:ro" busybox /bomb >/dev/null
	eventually full_of_pids
	took_ms hoy stop -t 1 bomb
	[ $ms -lt 4000 ]
	hoy rm bomb >/dev/null
}
full_of_pids() { [ "$(cat /sys/fs/cgroup/pids/"$INSTANCE"/*/pids.current)" -ge 60 ]; }

@test "a container with --rm that is stopped is gone when stop returns" {
	idle sto --rm
	hoy stop sto >/dev/null
	eventually has_no_container
}
