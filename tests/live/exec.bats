# hoy exec: one more process in a running container.
load helper

@test "exec runs in the container and ends with the program's code" {
	idle box
	is "$(hoy exec box echo inside)" inside
	fails 5 hoy exec box sh -c 'exit 5'
	fails 143 hoy exec box sh -c 'kill -TERM $$'
}

@test "exec's program sees the container's namespaces, not the host's" {
	idle box -h box
	is "$(hoy exec box hostname)" box
	local ns
	for ns in uts ipc net pid mnt cgroup; do
		is "$(hoy exec box readlink /proc/self/ns/$ns)" "$(hoy exec box readlink /proc/1/ns/$ns)"
		hasnt "$(readlink /proc/self/ns/$ns)" "$(hoy exec box readlink /proc/self/ns/$ns)"
	done
}

@test "exec is in the container's cgroups" {
	idle box
	local id
	id=$(inspect box '{{.Id}}')
	hoy exec -d box sleep 1234
	eventually pgrep -f '^sleep 1234$'
	has "$(cat "/proc/$(pgrep -f '^sleep 1234$' | head -1)/cgroup")" "$id"
	is "$(hoy exec box cat /proc/self/cgroup)" "$(hoy exec box cat /proc/1/cgroup)"
}

@test "exec has the container's capabilities, seccomp and no more" {
	idle box --cap-drop CHOWN
	local lines='/^Cap(Inh|Prm|Eff|Bnd|Amb)|^Seccomp:|^NoNewPrivs/'
	is "$(hoy exec box awk "$lines" /proc/self/status)" "$(hoy exec box awk "$lines" /proc/1/status)"
}

@test "exec --privileged has all capabilities" {
	idle box
	local eff bounding
	bounding=$(awk '/^CapBnd/ { print $2 }' /proc/self/status)
	eff=$(hoy exec --privileged box awk '/^CapEff/ { print $2 }' /proc/self/status)
	is "$eff" "$bounding"
	is "$(hoy exec box awk '/^CapEff/ { print $2 }' /proc/self/status)" 00000000a80425fb
}

@test "-e, -w and -u hold for exec" {
	idle box -e FROM=run
	is "$(hoy exec -e A=1 -w /etc -u www-data box sh -c 'echo $FROM $A; pwd; id -u; echo $HOME')" $'run 1\n/etc\n33\n/var/www'
}

@test "the container's own user, directory and environment are the default" {
	idle box -u 1000 -w /tmp -e X=y
	is "$(hoy exec box sh -c 'id -u; pwd; echo $X')" $'1000\n/tmp\ny'
}

@test "-i hands input on and its end" {
	idle box
	is "$(printf 'a\nb\n' | hoy exec -i box wc -l)" 2
	is "$(printf 'a\nb\n' | hoy exec box wc -l)" 0
}

@test "megabytes arrive intact both ways through exec" {
	idle box
	head -c 4194304 /dev/urandom >"$D/data"
	hoy exec -i box cat <"$D/data" | cmp - "$D/data"
}

@test "stdout and stderr of exec stay separate" {
	idle box
	fails 0 hoy exec box sh -c 'echo out; echo err >&2'
	is "$output" out
	is "$errors" err
}

@test "-d returns at once and the process goes on" {
	idle box
	mkfifo "$D/never" # exec -d must not wait for its program
	hoy exec -d box sh -c 'while [ ! -e /tmp/go ]; do usleep 10000; done; echo done >/tmp/done'
	hoy exec box touch /tmp/go
	eventually hoy exec box test -e /tmp/done
}

@test "a command that does not exist gives 127, one that cannot run 126" {
	idle box
	fails 127 hoy exec box nothing-here
	has "$errors" nothing-here
	fails 126 hoy exec box /etc/passwd
}

@test "exec into a container that does not run is refused by its name" {
	hoy create --name cre busybox true >/dev/null
	fails 1 hoy exec cre true || fails 125 hoy exec cre true
	has "$errors" "not running"
	fails 1 hoy exec not-there true || fails 125 hoy exec not-there true
	has "$errors" not-there
}

@test "signals of the caller reach the executed program" {
	idle box -v "$D:/d"
	mkfifo "$D/ready"
	local status=0
	"$HOY" exec box sh -c 'trap "exit 8" TERM; echo >/d/ready; while :; do sleep 1000 & wait; done' &
	local pid=$!
	timeout 10 cat "$D/ready"
	kill -TERM $pid
	wait $pid || status=$?
	is "$status" 8
}

@test "the executed program is killed when its foreground client dies" {
	idle box -v "$D:/d"
	mkfifo "$D/ready"
	"$HOY" exec box sh -c 'echo $$ >/d/ready; exec sleep 4321' &
	local pid=$!
	timeout 10 cat "$D/ready"
	kill -KILL $pid
	wait $pid || true
	eventually is "$(hoy exec box sh -c 'pgrep -f "^sleep 4321" | wc -l')" 0 ||
		eventually no_process "sleep 4321"
}
no_process() { ! pgrep -f "^$1\$"; }

@test "exec works while the container's PID 1 is stopped by a signal" {
	idle box
	kill -STOP "$(pid_of box)"
	is "$(HOY_TIMEOUT=10 hoy exec box echo works)" works
	kill -CONT "$(pid_of box)"
}

@test "twenty execs at once all end well" {
	idle box
	local i pids=() p
	for i in $(seq 20); do
		hoy exec box sh -c "exit 0" &
		pids+=($!)
	done
	for p in "${pids[@]}"; do wait "$p"; done
}

@test "an executed program that outlives nothing leaves no process behind" {
	idle box
	hoy exec box true
	is "$(leaked_processes | grep -c monitor)" 1
	# PID 1, its sleep, and the shell that counts.
	is "$(hoy exec box sh -c 'set -- /proc/[0-9]*; echo $#')" 3
}

@test "descriptors of the caller do not reach the executed program" {
	idle box
	is "$(hoy exec box sh -c 'ls /proc/self/fd | wc -l' 7</etc 8</dev/null)" 4
}
