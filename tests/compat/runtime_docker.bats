# A dockerd of its own with the runtime under test as its default runtime: what users do with docker must work as they know it.

load runtime

D() { timeout --foreground -k 5 120 docker -H "unix://$T/docker.sock" "$@"; }
# A container of this test's: removed after it.
name() { printf 't%s-%s' "$BATS_TEST_NUMBER" "$1"; }
R() { D run --rm --network none "$@"; }
idle() { # name, flags...
	local container=$1
	shift
	D run -d --network none --name "$(name "$container")" "$@" busybox sleep 1000 >/dev/null
}
inspect() { D inspect -f "$2" "$(name "$1")"; } # container, template
state_is() { [ "$(inspect "$1" '{{.State.Status}}')" = "$2" ]; }
logs_have() { [[ "$(D logs "$(name "$1")" 2>&1)" == *"$2"* ]]; }

setup_file() {
	needs dockerd docker
	box_start
	box_daemon dockerd dockerd -H "unix://$T/docker.sock" --data-root "$T/data" --exec-root "$T/exec" --pidfile "$T/docker.pid" \
		--bridge none --iptables=false --ip6tables=false --cgroup-parent "/$TAG" --add-runtime "tested=$RUNTIME" \
		--default-runtime tested --experimental --containerd-namespace "$TAG" --containerd-plugins-namespace "p$TAG"
	eventually D version || { tail -5 "$T/dockerd.log"; return 1; }
	D import "$T/busybox.tar" busybox >/dev/null
}
setup() {
	needs dockerd docker
	box_name
}
teardown() {
	D ps -aq --filter "name=^/?$(name '')" | xargs -r docker -H "unix://$T/docker.sock" rm -fv >/dev/null
	box_check
}
teardown_file() {
	[ ! -e "$BATS_FILE_TMPDIR/T" ] || box_stop dockerd
}

# --- run -------------------------------------------------------------------------------------------------------------------

@test "run: output, errors, input and exit code are the program's" {
	is "$(R busybox echo hello)" hello
	run --separate-stderr R busybox sh -c 'echo out; echo err >&2; exit 3'
	is "$status $output $stderr" "3 out err"
	is "$(seq 1 200000 | D run -i --rm --network none busybox md5sum)" "$(seq 1 200000 | md5sum)"
}

@test "run: a program that is not there is 127, one that cannot be executed 126, and the sentence names it" {
	fails 127 R busybox nosuchprogram
	has "$errors" nosuchprogram
	fails 127 R busybox /bin/nosuchprogram
	has "$errors" /bin/nosuchprogram
	fails 126 R busybox /etc/passwd
	has "$errors" "permission denied"
	fails 126 R busybox /etc
}

@test "run: what the runtime refuses reaches the user as its sentence" {
	fails 125 R --device /dev/null:/etc/passwd/x busybox true
	has "$errors" "OCI runtime create failed"
	has "$errors" /etc/passwd
	fails 125 R --sysctl kernel.msgmax=word busybox true
	has "$errors" msgmax
	fails 125 R --ulimit nofile=64:99999999999 busybox true
	has "${errors,,}" rlimit
}

@test "run: user, groups, directory, environment, host name" {
	is "$(R -u 1000:2000 --group-add 33 -w /var/www -e A=b -h box busybox sh -c 'id; pwd; echo $A; hostname')" \
		"uid=1000(user) gid=2000(extra) groups=33(www-data),2000(extra)
/var/www
b
box"
	is "$(R -u user busybox sh -c 'id -u; echo $HOME')" "1000
/home"
}

@test "run -t: a terminal with the size of the user's, and the changed one after a resize" {
	run "$PTY" size 30x90 expect "#" send 'stty size\r' expect "30 90" size 33x77 \
		send 'while ! stty size | grep -q "33 77"; do sleep 0.1; done; echo re''sized; tty\r' expect resized send 'exit 7\r' end -- \
		docker -H "unix://$T/docker.sock" run -it --rm --network none busybox sh
	is "$status" 7
	has "$output" /dev/
}

@test "run -t: ^C is the program's interrupt" {
	run "$PTY" expect started send ^C end -- docker -H "unix://$T/docker.sock" run -it --rm --network none busybox \
		sh -c 'trap "echo interrupted; exit 5" INT; echo started; while :; do sleep 0.1; done'
	is "$status" 5
	has "$output" interrupted
}

@test "run -d: it runs on, logs what it says, and wait gives the exit code" {
	D run -d --network none --name "$(name one)" busybox sh -c 'echo one; echo two >&2; read x </fifo || exit 9' >/dev/null
	is "$(D wait "$(name one)")" 9
	is "$(D logs "$(name one)" 2>/dev/null)" one
}

@test "run --init: a foreign process 1 reaps and passes signals on" {
	has "$(R --init busybox ps)" init
	D run -d --init --network none --name "$(name one)" busybox sh -c 'trap "exit 6" TERM; echo ready; while :; do sleep 0.1; done' >/dev/null
	eventually logs_have one ready
	D stop "$(name one)" >/dev/null
	is "$(inspect one '{{.State.ExitCode}}')" 6
}

# --- privileges --------------------------------------------------------------------------------------------------------------

capabilities() { sed -n "s/^$1:\t//p" /proc/self/status; }

@test "run --privileged: all the capabilities that there are to give, all devices, nothing masked" {
	local all
	[ "$(capabilities CapBnd)" = 000001ffffffffff ] || peer_cannot "does not give capabilities that it cannot have"
	# docker 20.10 knows no capability after CAP_AUDIT_READ.
	printf -v all %016x $((0x$(capabilities CapBnd) & 0x3fffffffff))
	run R --privileged busybox sh -c 'sed -n "s/^CapEff:\t//p; s/^Seccomp:\t/seccomp /p" /proc/self/status
		test -c /dev/kmsg && echo device; mount -t tmpfs x /tmp && echo mounted; grep -c "^[a-z]* /proc/" /proc/mounts; test -w /proc/sys/kernel/panic && echo writable'
	is "$status" 0
	is "$output" "$all
seccomp 0
device
mounted
0
writable"
	idle one --privileged
	is "$(D exec "$(name one)" sed -n 's/^CapEff:\t//p' /proc/self/status)" "$all"
	is "$(D exec --privileged "$(name one)" sed -n 's/^CapEff:\t//p' /proc/self/status)" "$all"
}

@test "run --cap-drop, --cap-add, no-new-privileges, seccomp" {
	is "$(R --cap-drop ALL busybox grep CapEff /proc/self/status)" $'CapEff:\t0000000000000000'
	is "$(R --cap-drop ALL --cap-add NET_RAW busybox grep CapBnd /proc/self/status)" $'CapBnd:\t0000000000002000'
	is "$(R busybox grep CapEff /proc/self/status)" $'CapEff:\t00000000a80425fb'
	is "$(R -u 1000 busybox grep CapEff /proc/self/status)" $'CapEff:\t0000000000000000'
	fails 1 R --cap-drop CHOWN busybox chown 1 /etc/passwd
	is "$(R --security-opt no-new-privileges busybox grep NoNewPrivs /proc/self/status)" $'NoNewPrivs:\t1'
	is "$(R busybox grep Seccomp: /proc/self/status)" $'Seccomp:\t2'
	is "$(R --security-opt seccomp=unconfined busybox grep Seccomp: /proc/self/status)" $'Seccomp:\t0'
	echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":28}]}' \
		>"$BATS_TEST_TMPDIR/profile.json"
	fails 1 R --security-opt "seccomp=$BATS_TEST_TMPDIR/profile.json" busybox mkdir /x
	has "$errors" "No space left"
}

@test "what is masked and read-only in /proc and /sys" {
	is "$(R busybox sh -c 'head -c1 /proc/kcore | wc -c; ls /proc/acpi /sys/firmware 2>/dev/null | grep -v :; echo 1 >/proc/sys/kernel/panic || echo refused' 2>/dev/null)" "0

refused"
}

# --- file tree -----------------------------------------------------------------------------------------------------------------

@test "run --read-only, --tmpfs, -v, --mount: what may be written" {
	fails 1 R --read-only busybox touch /x
	has "$errors" "Read-only"
	is "$(R --read-only --tmpfs /t:size=1m busybox sh -c 'touch /t/x && df -k /t' | awk 'END { print $2 }')" 1024
	mkdir "$BATS_TEST_TMPDIR/source"
	R -v "$BATS_TEST_TMPDIR/source:/x" busybox sh -c 'echo written >/x/file'
	is "$(cat "$BATS_TEST_TMPDIR/source/file")" written
	fails 1 R -v "$BATS_TEST_TMPDIR/source:/x:ro" busybox touch /x/other
	R -v "$(name volume):/var/www" busybox sh -c 'echo kept >/var/www/f'
	is "$(R -v "$(name volume):/d" busybox cat /d/f)" kept
	D volume rm "$(name volume)" >/dev/null
	is "$(R --mount "type=bind,src=$BATS_TEST_TMPDIR/source,dst=/new/place,readonly" busybox cat /new/place/file)" written
	is "$(R --shm-size 8m busybox df -k /dev/shm | awk 'END { print $2 }')" 8192
}

@test "run --device: a device of the host, with the access that is named" {
	# One that docker does not allow to everybody.
	is "$(R --device /dev/loop-control:/dev/foo:r busybox sh -c '(: </dev/foo) && echo read; (: >/dev/foo) || echo refused' 2>/dev/null)" "read
refused"
	fails 1 R --cap-add MKNOD busybox sh -c 'mknod /dev/mem2 c 1 1 && head -c1 /dev/mem2'
}

@test "propagation: a mount that the host makes in a shared source appears inside" {
	mkdir "$BATS_TEST_TMPDIR/shared"
	in_box mount -t tmpfs tmpfs "$BATS_TEST_TMPDIR/shared"
	in_box mount --make-shared "$BATS_TEST_TMPDIR/shared"
	in_box mkdir "$BATS_TEST_TMPDIR/shared/new"
	idle one -v "$BATS_TEST_TMPDIR/shared:/x:rslave"
	in_box mount -t tmpfs tmpfs "$BATS_TEST_TMPDIR/shared/new"
	in_box touch "$BATS_TEST_TMPDIR/shared/new/file"
	is "$(D exec "$(name one)" ls /x/new)" file
	D rm -f "$(name one)" >/dev/null
	in_box umount "$BATS_TEST_TMPDIR/shared/new" "$BATS_TEST_TMPDIR/shared"
}

# --- namespaces ----------------------------------------------------------------------------------------------------------------

namespace_of() { D exec "$(name "$1")" readlink "/proc/self/ns/$2"; }

@test "namespaces: the host's, another container's, one's own" {
	idle one --ipc shareable
	D run -d --name "$(name two)" --pid "container:$(name one)" --ipc "container:$(name one)" --network "container:$(name one)" \
		--uts host busybox sleep 1000 >/dev/null
	is "$(namespace_of two pid)" "$(namespace_of one pid)"
	is "$(namespace_of two ipc)" "$(namespace_of one ipc)"
	is "$(namespace_of two net)" "$(namespace_of one net)"
	is "$(namespace_of two uts)" "$(readlink /proc/self/ns/uts)"
	[ "$(namespace_of two mnt)" != "$(namespace_of one mnt)" ]
	is "$(R --pid host busybox readlink /proc/self/ns/pid)" "$(readlink /proc/self/ns/pid)"
	is "$(R --cgroupns private busybox grep -c "$TAG" /proc/self/cgroup)" 0
	[ "$(R --cgroupns host busybox grep -c "$TAG" /proc/self/cgroup)" -gt 1 ]
	# The end of the one that owns the pid namespace is the end of all in it.
	D kill "$(name one)" >/dev/null
	eventually state_is two exited
}

@test "namespaces: a process that shares the host's pids is killed with its container" {
	idle one --pid host
	D exec -d "$(name one)" sleep 1001
	D rm -f "$(name one)" >/dev/null
}

@test "the network hook of docker finds the container's network namespace" {
	is "$(R busybox sh -c 'ip -o addr show dev lo | grep -c "inet 127.0.0.1"; ls /sys/class/net')" "1
lo"
	[ "$(R --network none busybox readlink /proc/self/ns/net)" != "$(readlink /proc/self/ns/net)" ]
}

@test "run --sysctl, --ulimit, --oom-score-adj, umask" {
	is "$(R --sysctl net.ipv4.ip_forward=1 --sysctl kernel.msgmax=1000 busybox cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax)" "1
1000"
	is "$(R --ulimit nofile=64:128 --ulimit core=0 busybox sh -c 'ulimit -n; ulimit -Hn; ulimit -c')" "64
128
0"
	is "$(R --oom-score-adj 500 busybox sh -c 'cat /proc/self/oom_score_adj; umask')" "500
0022"
}

# --- limits --------------------------------------------------------------------------------------------------------------------

# What a cgroup file of a container says, on cgroup v1 or v2: container, controller, file of v1, file of v2.
limit() {
	local path=/sys/fs/cgroup/$4
	[ -e /sys/fs/cgroup/cgroup.controllers ] || path=/sys/fs/cgroup/$2/$3
	D exec "$(name "$1")" cat "$path"
}

@test "limits: memory, cpu, cpuset, pids" {
	idle one -m 64m --memory-swap 64m --memory-reservation 32m --cpus 0.5 --cpu-shares 512 --cpuset-cpus 0 --pids-limit 50
	is "$(limit one memory memory.limit_in_bytes memory.max)" 67108864
	is "$(limit one memory memory.soft_limit_in_bytes memory.low)" 33554432
	has "$(limit one cpu cpu.cfs_quota_us cpu.max)" 50000
	is "$(limit one cpuset cpuset.cpus cpuset.cpus)" 0
	is "$(limit one pids pids.max pids.max)" 50
}

@test "limits: a container over its memory limit is killed and docker says so" {
	D run --network none --name "$(name one)" -m 16m --memory-swap 16m busybox sh -c 'x=$(head -c 60000000 /dev/zero | tr "\0" a)' && return 1
	is "$(inspect one '{{.State.ExitCode}} {{.State.OOMKilled}}')" "137 true"
}

@test "limits: a container cannot make more processes than it may" {
	run R --pids-limit 5 busybox sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done'
	has "$output" fork
}

@test "update: every limit changes in a running container" {
	idle one -m 64m --memory-swap 64m
	D update -m 96m --memory-swap 128m --cpu-shares 256 --cpu-period 50000 --cpu-quota 20000 --cpuset-cpus 0 --pids-limit 33 \
		--blkio-weight 300 "$(name one)" >/dev/null || D update -m 96m --memory-swap 128m --cpu-shares 256 --cpu-period 50000 \
		--cpu-quota 20000 --cpuset-cpus 0 --pids-limit 33 "$(name one)" >/dev/null
	is "$(limit one memory memory.limit_in_bytes memory.max)" 100663296
	has "$(limit one cpu cpu.cfs_quota_us cpu.max)" 20000
	is "$(limit one pids pids.max pids.max)" 33
	is "$(limit one cpuset cpuset.cpus cpuset.cpus)" 0
	fails 1 D update -m 1 "$(name one)"
	state_is one running
}

@test "stats: memory, processes and cpu of a running container" {
	idle one -m 64m
	is "$(D stats --no-stream --format '{{.PIDs}}' "$(name one)")" 1
	has "$(D stats --no-stream --format '{{.MemUsage}}' "$(name one)")" "64MiB"
}

# --- verbs ---------------------------------------------------------------------------------------------------------------------

@test "exec: streams, exit code, user, directory, environment, capabilities" {
	idle one
	run --separate-stderr D exec "$(name one)" sh -c 'echo out; echo err >&2; exit 9'
	is "$status $output $stderr" "9 out err"
	is "$(echo typed | D exec -i "$(name one)" cat)" typed
	is "$(D exec -u user -w /var -e A=1 "$(name one)" sh -c 'id -u; pwd; echo $A')" "1000
/var
1"
	is "$(D exec "$(name one)" sed -n 's/^CapEff:\t//p; s/^Seccomp:\t//p' /proc/self/status)" "00000000a80425fb
2"
	run D exec "$(name one)" sh -c 'kill -9 $$'
	is "$status" 137
	is "$(seq 1 200000 | D exec -i "$(name one)" md5sum)" "$(seq 1 200000 | md5sum)"
}

@test "exec: what cannot be executed is 126, and what is not there is named" {
	idle one
	# docker 20.10 does not tell the two apart here.
	fails 126 D exec "$(name one)" nosuchprogram
	has "$output$errors" nosuchprogram
	fails 126 D exec "$(name one)" /nosuchprogram
	fails 126 D exec "$(name one)" /etc/passwd
	fails 126 D exec -w /nosuch/directory "$(name one)" true
	fails 126 D exec -u nosuchuser "$(name one)" true
	state_is one running
}

@test "exec -it: its own terminal, resized with the user's" {
	idle one
	run "$PTY" size 20x60 expect "#" send 'stty size\r' expect "20 60" size 25x70 \
		send 'while ! stty size | grep -q "25 70"; do sleep 0.1; done; echo re''sized; tty; exit 8\r' expect resized end -- \
		docker -H "unix://$T/docker.sock" exec -it "$(name one)" sh
	is "$status" 8
	has "$output" /dev/pts/
}

@test "exec -d: it runs beside, and ends with the container" {
	idle one
	D exec -d "$(name one)" sh -c 'touch /made; exec sleep 1001'
	eventually D exec "$(name one)" test -e /made
	is "$(D top "$(name one)" | grep -c 'sleep 100')" 2
	D kill "$(name one)" >/dev/null
	eventually state_is one exited
}

@test "attach and detach, with a terminal" {
	"$PTY" expect started send ^P^Q end -- docker -H "unix://$T/docker.sock" run -it --name "$(name one)" --network none busybox \
		sh -c 'echo started; read line; echo "got $line"; exit 4' >/dev/null
	state_is one running
	run "$PTY" send 'word\r' expect "got word" end -- docker -H "unix://$T/docker.sock" attach "$(name one)"
	is "$status" 4
}

@test "top: all processes of the container, with their arguments" {
	D run -d --network none --name "$(name one)" busybox sh -c 'sleep 1001 & sleep 1002 & wait' >/dev/null
	eventually top_has 3
	has "$(D top "$(name one)" -eo pid,args)" "sleep 1001"
}
top_has() { [ "$(D top "$(name one)" | tail -n +2 | wc -l)" = "$1" ]; }

counter() { D cp "$(name one)":/count - 2>/dev/null | tar -xO 2>/dev/null; }
count_is_over() { [ "$(counter)" -gt "$1" ]; }

@test "pause and unpause: nothing moves in between, and exec and pause are refused" {
	local before
	D run -d --network none --name "$(name one)" busybox \
		sh -c 'i=0; while :; do i=$((i+1)); echo $i >/count.new; mv /count.new /count; sleep 0.05; done' >/dev/null
	eventually count_is_over 1
	D pause "$(name one)" >/dev/null
	state_is one paused
	before=$(counter)
	fails 1 D exec "$(name one)" true
	has "$errors" paused
	fails 1 D pause "$(name one)"
	is "$(counter)" "$before"
	D unpause "$(name one)" >/dev/null
	eventually count_is_over "$before"
	fails 1 D unpause "$(name one)"
}

@test "a paused container can be killed and removed" {
	idle one
	D pause "$(name one)" >/dev/null
	D kill "$(name one)" >/dev/null
	eventually state_is one exited
	idle two
	D pause "$(name two)" >/dev/null
	D rm -f "$(name two)" >/dev/null
}

@test "kill: by number and by name; stop; a stopped one is refused" {
	local signal
	D run -d --network none --name "$(name one)" busybox sh -c 'trap "echo got usr1" USR1; trap "echo got hup" HUP; trap "exit 7" TERM
		echo ready; while :; do sleep 0.1; done' >/dev/null
	eventually logs_have one ready
	D kill -s USR1 "$(name one)" >/dev/null
	eventually logs_have one "got usr1"
	D kill -s 1 "$(name one)" >/dev/null
	eventually logs_have one "got hup"
	D stop -t 60 "$(name one)" >/dev/null
	is "$(inspect one '{{.State.ExitCode}}')" 7
	fails 1 D kill "$(name one)"
	fails 1 D exec "$(name one)" true
}

@test "start again and restart: a new program in the same file tree" {
	D run --network none --name "$(name one)" busybox sh -c 'echo $(($(cat /n 2>/dev/null) + 1)) >/n; cat /n' >/dev/null
	is "$(D start -a "$(name one)")" 2
	D restart -t 1 "$(name one)" >/dev/null
	eventually state_is one exited
	is "$(D logs "$(name one)" | tail -1)" 3
	idle two
	D restart -t 0 "$(name two)" >/dev/null
	state_is two running
	is "$(D exec "$(name two)" echo alive)" alive
}

@test "restart policy: a program that fails is started as often as said" {
	D run -d --network none --restart on-failure:2 --name "$(name one)" busybox sh -c 'echo x >>/n; exit 3' >/dev/null
	eventually restarts_are 2
	eventually state_is one exited
	is "$(D cp "$(name one)":/n - | tar -xO | wc -l)" 3
}
restarts_are() { [ "$(inspect one '{{.RestartCount}}')" = "$1" ]; }

@test "create, then start: created in between" {
	D create --network none --name "$(name one)" busybox sh -c 'echo hi; exit 2' >/dev/null
	state_is one created
	run D start -a "$(name one)"
	is "$status $output" "2 hi"
}

@test "health check: exec by the daemon" {
	idle one --health-cmd 'test -e /healthy' --health-interval 0.2s --health-retries 1
	eventually health_is unhealthy
	D exec "$(name one)" touch /healthy
	eventually health_is healthy
}
health_is() { [ "$(inspect one '{{.State.Health.Status}}')" = "$1" ]; }

@test "build: RUN, WORKDIR, USER, ENV, COPY, a second stage, and a step that fails" {
	local image
	image=$(name image)
	mkdir "$BATS_TEST_TMPDIR/context"
	echo copied >"$BATS_TEST_TMPDIR/context/file"
	cat >"$BATS_TEST_TMPDIR/context/Dockerfile" <<-'END'
		FROM busybox AS first
		ENV A=b
		WORKDIR /new/dir
		COPY file .
		RUN echo "$A $(pwd) $(cat file)" >/result && chown user /result
		FROM busybox
		COPY --from=first /result /result
		USER user
		RUN id -u >/tmp/id && stat -c %U /result >>/tmp/id
		CMD cat /result /tmp/id
	END
	DOCKER_BUILDKIT=0 D build --network none -t "$image" "$BATS_TEST_TMPDIR/context" >/dev/null
	is "$(R "$image")" "b /new/dir copied
1000
user"
	D rmi -f "$image" >/dev/null
	printf 'FROM busybox\nRUN exit 42\n' >"$BATS_TEST_TMPDIR/context/Dockerfile"
	fails 42 env DOCKER_BUILDKIT=0 docker -H "unix://$T/docker.sock" build --network none --rm --force-rm "$BATS_TEST_TMPDIR/context"
	D image prune -f >/dev/null
}

# --- many, and bad ends ----------------------------------------------------------------------------------------------------------

@test "30 containers at once: each prints its own word, none fails, nothing is left" {
	local i
	for i in {1..30}; do
		{ R busybox echo "word $i" >"$BATS_TEST_TMPDIR/$i" 2>"$BATS_TEST_TMPDIR/$i.err" || echo "failed: $?" >>"$BATS_TEST_TMPDIR/$i"; } 3>&- &
	done
	wait
	for i in {1..30}; do
		is "$(cat "$BATS_TEST_TMPDIR/$i" "$BATS_TEST_TMPDIR/$i.err")" "word $i"
	done
}

@test "10 execs at once in one container" {
	local i
	idle one
	for i in {1..10}; do
		{ D exec "$(name one)" echo "word $i" >"$BATS_TEST_TMPDIR/$i" 2>&1 || echo "failed: $?" >>"$BATS_TEST_TMPDIR/$i"; } 3>&- &
	done
	wait
	for i in {1..10}; do is "$(cat "$BATS_TEST_TMPDIR/$i")" "word $i"; done
}

@test "the container's first process killed from the host: exit code 137, nothing left" {
	idle one
	D exec -d "$(name one)" sleep 1001
	kill -KILL "$(inspect one '{{.State.Pid}}')"
	eventually state_is one exited
	is "$(inspect one '{{.State.ExitCode}}')" 137
	D rm "$(name one)" >/dev/null
}

shim_of() { awk '/^PPid:/ { print $2 }' "/proc/$(inspect "$1" '{{.State.Pid}}')/status"; }

@test "the shim killed: the container ends, and its debris goes with rm" {
	idle one
	D exec -d "$(name one)" sleep 1001
	kill -KILL "$(shim_of one)"
	eventually state_is one exited
	D rm -f "$(name one)" >/dev/null
}
