# The runtime under podman and its conmon, in storage and directories of the test's own.

load runtime

# conmon's directories of sockets, and what the runtime keeps without --root, are in /run, which is the box's own.
P() {
	in_box env "CONTAINERS_CONF=$T/containers.conf" timeout --foreground -k 5 120 podman --root "$T/podman/root" --runroot "$T/podman/run" \
		--tmpdir "$T/podman/tmp" --cgroup-manager cgroupfs --events-backend file --runtime "$RUNTIME" "$@"
}
name() { printf 't%s-%s' "$BATS_TEST_NUMBER" "$1"; }
R() { P run --rm --network none --cgroup-parent "/$TAG" "$@"; }
idle() { # name, flags...
	local container=$1
	shift
	P run -d --network none --cgroup-parent "/$TAG" --name "$(name "$container")" "$@" busybox sleep 1000 >/dev/null
}
inspect() { P inspect -f "$2" "$(name "$1")"; }
state_is() { [ "$(inspect "$1" '{{.State.Status}}')" = "$2" ]; }
logs_have() { [[ "$(P logs "$(name "$1")" 2>&1)" == *"$2"* ]]; }
terminal() { # steps of pty... -- arguments of podman...
	local steps=()
	while [ "$1" != -- ]; do
		steps+=("$1")
		shift
	done
	shift
	"$PTY" "${steps[@]}" -- nsenter --target "$HOLDER" --mount --net -- env "CONTAINERS_CONF=$T/containers.conf" podman \
		--root "$T/podman/root" --runroot "$T/podman/run" --tmpdir "$T/podman/tmp" --cgroup-manager cgroupfs \
		--events-backend file --runtime "$RUNTIME" "$@"
}

setup_file() {
	needs podman conmon
	box_start
	# podman's own limits are above what a machine may allow; the runtime's errors as JSON, as docs/hoy-runtime.md says.
	cat >"$T/containers.conf" <<-END
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
		[engine]
		runtime_supports_json = ["runc", "crun", "hoy-runtime"]
	END
	P import "$T/busybox.tar" busybox >/dev/null 2>&1
}
setup() {
	needs podman conmon
	box_name
}
teardown() {
	local id
	for id in $(P ps -aq --filter "name=^$(name '')"); do P rm -f -t 0 "$id" >/dev/null; done
	box_check
}
teardown_file() {
	[ -e "$BATS_FILE_TMPDIR/T" ] || return 0
	box_name
	in_box umount "$T/podman/root/overlay" 2>/dev/null || true
	box_stop
}

@test "info: the runtime's name and version" {
	has "$(P info -f '{{.Host.OCIRuntime.Path}} {{.Host.OCIRuntime.Version}}')" "$RUNTIME"
	has "$(P info -f '{{.Host.OCIRuntime.Version}}')" "spec: 1."
}

@test "run: output, errors, input and exit code are the program's" {
	run --separate-stderr R busybox sh -c 'echo out; echo err >&2; exit 3'
	is "$status $output $stderr" "3 out err"
	is "$(seq 1 100000 | P run -i --rm --network none --cgroup-parent "/$TAG" busybox md5sum)" "$(seq 1 100000 | md5sum)"
}

@test "run: a program that is not there is 127, one that cannot be executed 126, and the sentence names it" {
	fails 127 R busybox nosuchprogram
	has "$errors" nosuchprogram
	fails 127 R busybox /nosuchprogram
	fails 126 R busybox /etc/passwd
	has "${errors,,}" "permission denied"
}

@test "run: without the JSON log the runtime's last line is told as well" {
	sed -i '/runtime_supports_json/d' "$T/containers.conf"
	fails 127 R busybox nosuchprogram
	echo 'runtime_supports_json = ["runc", "crun", "hoy-runtime"]' >>"$T/containers.conf"
	has "$errors" nosuchprogram
}

@test "run: user, groups, directory, environment, host name, umask" {
	is "$(R -u 1000:2000 --group-add 33 -w /var/www -e A=b -h box --umask 0077 busybox sh -c 'id; pwd; echo $A; hostname; umask')" \
		"uid=1000(user) gid=2000(extra) groups=33(www-data),2000(extra)
/var/www
b
box
0077"
}

@test "run -t: a terminal with the size of the user's, and the changed one after a resize" {
	run terminal size 30x90 expect "#" send 'stty size\r' expect "30 90" size 33x77 \
		send 'while ! stty size | grep -q "33 77"; do sleep 0.1; done; echo re''sized; tty\r' expect resized send 'exit 7\r' end -- \
		run -it --rm --network none --cgroup-parent "/$TAG" busybox sh
	is "$status" 7
	has "$output" /dev/
}

@test "run -d, wait, logs" {
	P run -d --network none --cgroup-parent "/$TAG" --name "$(name one)" busybox sh -c 'echo one; echo two >&2; exit 9' >/dev/null
	is "$(P wait "$(name one)")" 9
	is "$(P logs "$(name one)" 2>/dev/null)" one
}

@test "run --privileged: all the capabilities that there are to give" {
	local all
	all=$(sed -n 's/^CapBnd:\t//p' /proc/self/status)
	is "$(R --privileged busybox sh -c 'sed -n "s/^CapEff:\t//p; s/^Seccomp:\t/seccomp /p" /proc/self/status; test -c /dev/kmsg && echo device')" \
		"$all
seccomp 0
device"
}

@test "run --cap-drop, --cap-add, no-new-privileges, seccomp" {
	is "$(R --cap-drop ALL --cap-add NET_RAW busybox grep CapEff /proc/self/status)" $'CapEff:\t0000000000002000'
	is "$(R -u 1000 busybox grep CapEff /proc/self/status)" $'CapEff:\t0000000000000000'
	is "$(R -u 1000 --cap-add NET_RAW busybox grep CapAmb /proc/self/status)" $'CapAmb:\t0000000000002000'
	is "$(R --security-opt no-new-privileges busybox grep NoNewPrivs /proc/self/status)" $'NoNewPrivs:\t1'
	is "$(R busybox grep Seccomp: /proc/self/status)" $'Seccomp:\t2'
	is "$(R --security-opt seccomp=unconfined busybox grep Seccomp: /proc/self/status)" $'Seccomp:\t0'
}

@test "run --security-opt mask, unmask" {
	is "$(R --security-opt mask=/etc/passwd:/var busybox sh -c 'wc -c </etc/passwd; ls /var')" 0
	is "$(R --security-opt unmask=/proc/sys busybox sh -c 'test -w /proc/sys/kernel/hostname && echo writable')" writable
}

@test "run --read-only, --tmpfs, -v, --mount" {
	fails 1 R --read-only busybox touch /x
	mkdir "$BATS_TEST_TMPDIR/source"
	R -v "$BATS_TEST_TMPDIR/source:/x" busybox sh -c 'echo written >/x/file'
	is "$(cat "$BATS_TEST_TMPDIR/source/file")" written
	fails 1 R -v "$BATS_TEST_TMPDIR/source:/x:ro" busybox touch /x/other
	# podman asks for tmpcopyup: what the image has there is there.
	is "$(R --mount type=tmpfs,dst=/etc busybox cat /etc/passwd | head -1)" "root:x:0:0:root:/root:/bin/sh"
	is "$(R --mount type=tmpfs,dst=/etc,notmpcopyup busybox ls /etc/passwd 2>&1 | grep -c 'No such')" 1
	is "$(R -v "$(name volume):/var/www" busybox sh -c 'touch /var/www/a; ls /var/www')" a
	P volume rm "$(name volume)" >/dev/null
}

@test "run --device, --sysctl, --ulimit, --oom-score-adj" {
	is "$(R --device /dev/loop-control:/dev/foo:r busybox sh -c '(: </dev/foo) && echo read; (: >/dev/foo) || echo refused' 2>/dev/null)" "read
refused"
	is "$(R --sysctl net.ipv4.ip_forward=1 busybox cat /proc/sys/net/ipv4/ip_forward)" 1
	is "$(R --ulimit nofile=64:128 --ulimit nproc=1000:1000 busybox sh -c 'ulimit -n; ulimit -Hn')" "64
128"
	is "$(R --oom-score-adj 500 busybox cat /proc/self/oom_score_adj)" 500
}

@test "run --uidmap: a user namespace of its own" {
	idle one --uidmap 0:100000:5000 --gidmap 0:200000:5000
	is "$(stat -c '%u %g' "/proc/$(inspect one '{{.State.Pid}}')")" "100000 200000"
	is "$(P exec "$(name one)" sh -c 'id -u; touch /file; stat -c "%u %g" /file /etc/passwd')" "0
0 0
0 0"
}

@test "run --init" {
	command -v catatonit >/dev/null || [ -e /usr/libexec/podman/catatonit ] || skip "catatonit is not installed"
	is "$(R --init busybox sh -c 'echo $$ >/dev/null; tr "\0" " " </proc/1/cmdline | grep -o init')" init
}

@test "run --preserve-fds: descriptors of podman's caller reach the program" {
	echo handed >"$BATS_TEST_TMPDIR/file"
	is "$(R --preserve-fds 2 busybox sh -c 'cat <&4' 3</dev/null 4<"$BATS_TEST_TMPDIR/file")" handed
}

@test "run --hooks-dir: hooks get the state on standard input, at their moments" {
	mkdir "$BATS_TEST_TMPDIR/hooks"
	cat >"$BATS_TEST_TMPDIR/hook" <<-END
		#!/bin/sh
		jq -r --arg stage "\$1" '\$stage + " " + .status + " " + (if .pid // 0 > 0 then "pid" else "none" end)' >>$BATS_TEST_TMPDIR/said
	END
	chmod 755 "$BATS_TEST_TMPDIR/hook"
	for stage in prestart createRuntime poststart poststop; do
		jq -n --arg s "$stage" --arg p "$BATS_TEST_TMPDIR/hook" '{version: "1.0.0", hook: {path: $p, args: ["hook", $s],
			env: ["PATH=/bin:/usr/bin"]}, when: {always: true}, stages: [$s]}' >"$BATS_TEST_TMPDIR/hooks/$stage.json"
	done
	P --hooks-dir "$BATS_TEST_TMPDIR/hooks" run --network none --cgroup-parent "/$TAG" --name "$(name one)" busybox sleep 0.3
	P rm "$(name one)" >/dev/null
	eventually grep -q poststop "$BATS_TEST_TMPDIR/said"
	# The specification leaves it open when creating ends; runc and crun see it differently.
	matches "$(sort "$BATS_TEST_TMPDIR/said" | tr '\n' ' ')" \
		'^createRuntime (created|creating) pid poststart (created|running) pid poststop stopped none prestart (created|creating) pid $'
}

limit() { # container, controller, file of v1, file of v2
	local path=/sys/fs/cgroup/$4
	[ -e /sys/fs/cgroup/cgroup.controllers ] || path=/sys/fs/cgroup/$2/$3
	P exec "$(name "$1")" cat "$path"
}

@test "limits and update" {
	idle one -m 64m --memory-swap 64m --cpus 0.5 --cpu-shares 512 --pids-limit 50
	is "$(limit one memory memory.limit_in_bytes memory.max)" 67108864
	has "$(limit one cpu cpu.cfs_quota_us cpu.max)" 50000
	is "$(limit one pids pids.max pids.max)" 50
	P update -m 96m --memory-swap 96m --cpu-quota 20000 --cpu-period 100000 "$(name one)" >/dev/null
	is "$(limit one memory memory.limit_in_bytes memory.max)" 100663296
	has "$(limit one cpu cpu.cfs_quota_us cpu.max)" 20000
	# What was not named stays.
	is "$(limit one pids pids.max pids.max)" 50
}

@test "a container over its memory limit is killed" {
	run P run --network none --cgroup-parent "/$TAG" --name "$(name one)" -m 16m --memory-swap 16m busybox \
		sh -c 'x=$(head -c 60000000 /dev/zero | tr "\0" a)'
	is "$(inspect one '{{.State.ExitCode}}')" 137
}

@test "run --cgroups=disabled: no cgroup is made" {
	is "$(R --cgroups=disabled busybox cat /proc/self/cgroup | grep -c libpod)" 0
}

@test "exec: streams, exit code, user, directory, environment" {
	idle one
	run --separate-stderr P exec "$(name one)" sh -c 'echo out; echo err >&2; exit 9'
	is "$status $output $stderr" "9 out err"
	is "$(echo typed | P exec -i "$(name one)" cat)" typed
	is "$(P exec -u user -w /var -e A=1 "$(name one)" sh -c 'id -u; pwd; echo $A')" "1000
/var
1"
	fails 127 P exec "$(name one)" nosuchprogram
	has "$errors" nosuchprogram
	fails 126 P exec "$(name one)" /etc/passwd
	P exec -d "$(name one)" touch /made
	eventually P exec "$(name one)" test -e /made
}

@test "exec -it: its own terminal" {
	idle one
	run terminal size 20x60 expect "#" send 'stty size; tty\r' expect "/dev/pts/" send 'exit 8\r' end -- exec -it "$(name one)" sh
	is "$status" 8
	has "$output" "20 60"
}

@test "top, stats" {
	idle one
	P exec -d "$(name one)" sleep 1001
	eventually top_has 2
	has "$(P stats --no-stream --format '{{.PIDS}}' "$(name one)")" 2
}
top_has() { [ "$(P top "$(name one)" args | tail -n +2 | wc -l)" = "$1" ]; }

@test "pause and unpause" {
	idle one
	P pause "$(name one)" >/dev/null
	state_is one paused
	run P exec "$(name one)" true
	[ "$status" != 0 ]
	P unpause "$(name one)" >/dev/null
	state_is one running
	is "$(P exec "$(name one)" echo alive)" alive
}

@test "kill, stop, start, restart" {
	P run -d --network none --cgroup-parent "/$TAG" --name "$(name one)" busybox sh -c 'trap "echo got usr1" USR1; trap "exit 7" TERM
		echo ready; while :; do sleep 0.1; done' >/dev/null
	eventually logs_have one ready
	P kill -s USR1 "$(name one)" >/dev/null
	eventually logs_have one "got usr1"
	P stop -t 60 "$(name one)" >/dev/null
	is "$(inspect one '{{.State.ExitCode}}')" 7
	P start "$(name one)" >/dev/null
	state_is one running
	P restart -t 0 "$(name one)" >/dev/null
	state_is one running
	P kill "$(name one)" >/dev/null
	eventually state_is one exited
}

@test "a paused container can be killed and removed" {
	idle one
	P pause "$(name one)" >/dev/null
	P rm -f -t 0 "$(name one)" >/dev/null
}

@test "create, init, start: created in between" {
	P create --network none --cgroup-parent "/$TAG" --name "$(name one)" busybox sh -c 'exit 2' >/dev/null
	P init "$(name one)" >/dev/null
	is "$(inspect one '{{.State.Status}}')" initialized
	P start "$(name one)" >/dev/null
	is "$(P wait "$(name one)")" 2
}

namespaces() { printf 'readlink /proc/self/ns/%s;' "$@"; } # kinds: a program that prints them

@test "namespaces: another container's and the host's" {
	idle one --ipc shareable
	is "$(R --pid "container:$(name one)" --ipc "container:$(name one)" busybox sh -c "$(namespaces pid ipc)")" \
		"$(P exec "$(name one)" sh -c "$(namespaces pid ipc)")"
	is "$(R --pid host --uts host busybox sh -c "$(namespaces pid uts)")" "$(sh -c "$(namespaces pid uts)")"
}

@test "a pod: its containers share network, ipc and host name" {
	local id
	P pod create --name "$(name pod)" --cgroup-parent "/$TAG" --network none --infra-image busybox --infra-command "sleep 1000" >/dev/null
	P run -d --pod "$(name pod)" --name "$(name one)" busybox sleep 1000 >/dev/null
	P run -d --pod "$(name pod)" --name "$(name two)" busybox sleep 1000 >/dev/null
	is "$(P exec "$(name one)" sh -c "$(namespaces net ipc uts)")" \
		"$(P exec "$(name two)" sh -c "$(namespaces net ipc uts)")"
	id=$(P pod inspect -f '{{.Id}}' "$(name pod)" 2>/dev/null || P pod inspect "$(name pod)" | jq -r .Id)
	P pod rm -f -t 0 "$(name pod)" >/dev/null
	# The pod's own cgroup is podman's, which forgets it where it knows no controller.
	find /sys/fs/cgroup -type d -path "*/$TAG/$id" -exec rmdir {} +
}

@test "checkpoint is refused and the container lives on" {
	case ${RUNTIME##*/} in runc | crun) skip "${RUNTIME##*/} can, with criu" ;; esac
	idle one
	run P container checkpoint "$(name one)"
	[ "$status" != 0 ]
	has "$output" checkpoint
	state_is one running
}

@test "build: RUN by the runtime" {
	mkdir "$BATS_TEST_TMPDIR/context"
	printf '%s\n' 'FROM busybox' 'ENV A=b' 'WORKDIR /new' 'RUN echo "$A $(pwd)" >/result' 'USER user' 'RUN id -u >/tmp/id' \
		'CMD cat /result /tmp/id' >"$BATS_TEST_TMPDIR/context/Dockerfile"
	P build --isolation oci --network none --ulimit nofile=1024:1024 --cgroup-parent "/$TAG/build" -t "$(name image)" "$BATS_TEST_TMPDIR/context"
	is "$(R "$(name image)")" "b /new
1000"
	P rmi -f "$(name image)" >/dev/null
}

@test "10 containers at once" {
	local i
	for i in {1..10}; do
		{ R busybox echo "word $i" >"$BATS_TEST_TMPDIR/$i" 2>&1 || echo "failed: $?" >>"$BATS_TEST_TMPDIR/$i"; } 3>&- &
	done
	wait
	for i in {1..10}; do is "$(cat "$BATS_TEST_TMPDIR/$i")" "word $i"; done
}

@test "the container's first process killed from the host, and its conmon: what is left goes by delete --force" {
	local conmon id
	idle one
	idle two
	kill -KILL "$(inspect one '{{.State.Pid}}')"
	eventually state_is one exited
	is "$(inspect one '{{.State.ExitCode}}')" 137
	conmon=$(inspect two '{{.State.ConmonPid}}')
	kill -KILL "$conmon"
	eventually is_gone "$conmon"
	id=$(inspect two '{{.Id}}')
	P rm -f -t 0 "$(name two)" >/dev/null
	# Without its conmon nobody calls the runtime's delete.
	in_box "$RUNTIME" delete --force "$id"
	in_box "$RUNTIME" delete --force "$id"
}
