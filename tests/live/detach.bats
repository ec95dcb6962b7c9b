# Detached containers, which live on their monitor alone: run -d, create, start, wait, kill, attach.
load helper

@test "run -d prints the id and returns while the program runs" {
	local id
	id=$(hoy run -d --name det busybox sleep 1000)
	matches "$id" '^[0-9a-f]{64}$'
	is "$(inspect det '{{.Id}} {{.State.Running}}')" "$id true"
}

@test "the exit code of a detached container is true afterwards" {
	hoy run -d --name det busybox sh -c 'exit 7' >/dev/null
	is "$(hoy wait det)" 7
	is "$(inspect det '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}')" "exited 7 false"
}

@test "start and finish times are those of the clock" {
	local before after started finished
	before=$(date +%s%N)
	hoy run -d --name det busybox true >/dev/null
	hoy wait det >/dev/null
	after=$(date +%s%N)
	started=$(date -d "$(inspect det '{{.State.StartedAt}}')" +%s%N)
	finished=$(date -d "$(inspect det '{{.State.FinishedAt}}')" +%s%N)
	[ "$before" -le "$started" ] && [ "$started" -le "$finished" ] && [ "$finished" -le "$after" ]
}

@test "a detached command that does not exist is told at once with 127 and the container stays as created" {
	fails 127 hoy run -d --name det busybox nothing-here
	has "$errors" nothing-here
	is "$(inspect det '{{.State.Running}} {{.State.ExitCode}}')" "false 127"
	hoy rm det
}

@test "create makes, start runs, start again runs again" {
	local id
	id=$(hoy create --name cre busybox sh -c 'echo run >>/root/runs; wc -l </root/runs')
	matches "$id" '^[0-9a-f]{64}$'
	is "$(inspect cre '{{.State.Status}} {{.State.Pid}}')" "created 0"
	is "$(hoy start cre)" cre
	hoy wait cre >/dev/null
	is "$(hoy start -a cre)" 2
}

@test "start of a running container changes nothing and is no error" {
	hoy run -d --name det busybox sleep 1000 >/dev/null
	local pid
	pid=$(pid_of det)
	is "$(hoy start det)" det
	is "$(pid_of det)" "$pid"
}

@test "start names what is not there and goes on with the others" {
	hoy create --name there busybox sleep 1000 >/dev/null
	fails 1 hoy start not-there there
	has "$errors" "not-there"
	is "$output" there
	status_is there running
}

@test "start -a ends with the program's code" {
	hoy create --name cre busybox sh -c 'echo out; exit 3' >/dev/null
	fails 3 hoy start -a cre
	is "$output" out
}

@test "start -ai hands input on" {
	hoy create -i --name cre busybox cat >/dev/null
	is "$(echo typed | hoy start -ai cre)" typed
}

@test "wait returns the code of each, also of one that has ended already" {
	hoy run -d --name aaa busybox sh -c 'exit 3' >/dev/null
	hoy run -d --name bbb busybox sh -c 'exit 4' >/dev/null
	hoy wait aaa >/dev/null
	is "$(hoy wait aaa bbb | tr '\n' ' ')" "3 4 "
}

@test "wait waits" {
	mkfifo "$D/go"
	hoy run -d --name wai -v "$D:/d" busybox sh -c 'read x </d/go; exit 6' >/dev/null
	hoy wait wai >"$D/code" &
	local pid=$!
	[ ! -s "$D/code" ]
	echo >"$D/go"
	wait $pid
	is "$(cat "$D/code")" 6
}

@test "kill sends SIGKILL, -s another by name or number" {
	idle kil
	is "$(hoy kill kil)" kil
	is "$(hoy wait kil)" 137
	idle lll
	hoy kill -s TERM lll >/dev/null
	is "$(hoy wait lll)" 0
	idle mmm
	hoy kill --signal=SIGTERM mmm >/dev/null
	is "$(hoy wait mmm)" 0
	idle nnn
	hoy kill -s 15 nnn >/dev/null
	is "$(hoy wait nnn)" 0
}

@test "kill of a container that does not run is an error that says so" {
	hoy create --name cre busybox true >/dev/null
	fails 1 hoy kill cre
	has "$errors" "not running"
}

@test "kill with a signal that does not exist is refused" {
	idle kil
	fails 125 hoy kill -s NOSUCH kil || fails 1 hoy kill -s NOSUCH kil
	has "$errors" NOSUCH
	status_is kil running
}

@test "all processes of a container end with its PID 1" {
	hoy run -d --name many busybox sh -c 'sleep 1000 & sleep 1000 & sleep 1000 & wait' >/dev/null
	local pids
	pids=$(cat /sys/fs/cgroup/pids/"$INSTANCE"/*/tasks)
	hoy kill many >/dev/null
	hoy wait many >/dev/null
	local p
	for p in $pids; do eventually test ! -e "/proc/$p"; done
}

@test "attach sees what is printed from now on and ends with the container's code" {
	mkfifo "$D/go"
	hoy run -d --name aaa -v "$D:/d" busybox sh -c 'read x </d/go; echo late; echo err >&2; exit 9' >/dev/null
	hoy attach aaa >"$D/out" 2>"$D/err" &
	local pid=$! status=0
	eventually is_attached aaa
	echo >"$D/go"
	wait $pid || status=$?
	is "$status" 9
	is "$(cat "$D/out")" late
	is "$(cat "$D/err")" err
}

# Somebody is connected to the attach socket: the monitor holds a socket more than the listening one.
is_attached() {
	[ "$(find "/proc/$(monitor_of "$1")/fd" -lname 'socket:*' 2>/dev/null | wc -l)" -ge "${2:-2}" ]
}

@test "several attachers see the same" {
	mkfifo "$D/go"
	hoy run -d --name aaa -v "$D:/d" busybox sh -c 'read x </d/go; seq 1 2000' >/dev/null
	hoy attach aaa >"$D/one" & local one=$!
	hoy attach aaa >"$D/two" & local two=$!
	eventually is_attached aaa 3
	echo >"$D/go"
	wait $one
	wait $two
	is "$(sha256sum <"$D/one")" "$(seq 1 2000 | sha256sum)"
	cmp "$D/one" "$D/two"
}

@test "a stalled attacher holds neither the program nor another attacher up" {
	mkfifo "$D/go"
	hoy run -d --name aaa -v "$D:/d" busybox sh -c 'read x </d/go; yes | head -c 20000000; echo; echo done' >/dev/null
	"$HOY" attach aaa >"$D/stalled" & local stalled=$!
	eventually is_attached aaa 2
	kill -STOP $stalled
	echo >"$D/go"
	is "$(HOY_TIMEOUT=20 hoy wait aaa)" 0
	kill -CONT $stalled
	wait $stalled || true
}

@test "attach of a container that does not run is refused" {
	hoy create --name cre busybox true >/dev/null
	fails 1 hoy attach cre
	matches "$errors" 'not running|stopped'
}

@test "input of an attached container with -i reaches it" {
	hoy run -d -i --name inp busybox sh -c 'read line; echo "got $line"' >/dev/null
	echo something | hoy attach inp >/dev/null
	hoy wait inp >/dev/null
	is "$(hoy logs inp)" "got something"
}

@test "nothing of hoy runs when no container runs" {
	hoy run -d --name det busybox true >/dev/null
	hoy wait det >/dev/null
	eventually test -z "$(leaked_processes)"
}

@test "a running container has one monitor besides itself" {
	hoy run -d --name det busybox sleep 1000 >/dev/null
	is "$(leaked_processes | wc -l)" 2
}

@test "run -d returns though a process of the caller waits for its output to close" {
	is "$(timeout 10 bash -c '"$0" run -d busybox sleep 1000 2>&1 | wc -l' "$HOY")" 1
}
