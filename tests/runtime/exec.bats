# exec: one more process in a running container.
load helper

@test "what it prints, its input and its exit code are ours" {
	bundle c
	launch c
	is "$(rt exec c echo 'a  b' "c'd")" "a  b c'd"
	is "$(echo through | rt exec c cat)" through
	fails 7 rt exec c sh -c 'echo out; echo err >&2; exit 7'
	is "$output" out
	is "$errors" err
	fails 137 rt exec c sh -c 'kill -9 $$'
	fails 143 rt exec c sh -c 'kill $$'
}

@test "it is in all namespaces, control groups and the root of the container" {
	bundle c
	launch c
	init=$(pid_of c)
	rt exec -d --pid-file "$D/pid" c sleep 1000 </dev/null
	pid=$(cat "$D/pid")
	for kind in mnt uts ipc net pid cgroup user time; do
		is "$kind $(readlink "/proc/$pid/ns/$kind")" "$kind $(readlink "/proc/$init/ns/$kind")"
	done
	is "$(cat "/proc/$pid/cgroup")" "$(cat "/proc/$init/cgroup")"
	has "$(cat "/proc/$pid/cgroup")" "$CGROUP/c"
	is "$(readlink "/proc/$pid/root")" /
	is "$(rt exec c hostname)" test
}

@test "its process is by default the container's own, as create saw it" {
	bundle c '.process.user = { uid: 1000, gid: 1000, additionalGids: [33], umask: 63 } | .process.cwd = "/var/www" |
		.process.env += ["A=1"] | .process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 321, hard: 322 }]'
	launch c
	config c '.process.user.uid = 0 | .process.cwd = "/" | .process.env = []'
	is "$(rt exec c sh -c 'id -u; id -g; id -G; pwd; echo $A; ulimit -n; ulimit -Hn; umask')" "$(printf '%s\n' \
		1000 1000 '1000 33' /var/www 1 321 322 0077)"
	has "$(rt exec c cat /proc/self/status)" "NoNewPrivs:	1"
	has "$(rt exec -u 0 c cat /proc/self/status)" "CapBnd:	0000000020000420"
}

@test "--user, --additional-gids, --cwd and --env change what it begins with" {
	bundle c
	launch c
	is "$(rt exec -u 33 c sh -c 'id -u; id -g')" "$(printf '33\n0')"
	is "$(rt exec --user 1000:2000 -g 5 --additional-gids 6 c sh -c 'id -u; id -g; id -G')" "$(printf '1000\n2000\n2000 5 6')"
	is "$(rt exec --cwd /var/www c pwd)" /var/www
	is "$(rt exec -e A=1 --env B='2 3' -e TERM=dumb c sh -c 'echo $A,$B,$TERM')" "1,2 3,dumb"
	fails 1 rt exec -u root c true
	has "$errors" "--user"
	fails 1 rt exec -u 4294967295 c true
	has "$errors" 4294967295
	fails 1 rt exec -e NOVALUE c true
	has "$errors" NOVALUE
	fails 1 rt exec --cwd var c true
	has "$errors" "absolute path"
}

@test "--cap adds a capability, --no-new-privs=false takes its flag back" {
	bundle c
	launch c
	status=$(rt exec --cap CAP_NET_RAW -c CAP_CHOWN c cat /proc/self/status)
	for set in Bnd Eff Prm; do has "$status" "Cap$set:	0000000020002421"; done
	has "$(rt exec --no-new-privs=false c cat /proc/self/status)" "NoNewPrivs:	0"
	has "$(rt exec c cat /proc/self/status)" "CapEff:	0000000020000420"
	# As in config.json, what nobody can give is left out.
	has "$(rt exec --cap CAP_NOTHING c grep CapEff /proc/self/status 2>"$D/errors")" 0000000020000420
	has "$(cat "$D/errors")" "CAP_NOTHING is left out"
}

@test "--process: the file says everything, but what it leaves out of rights and limits is the container's" {
	bundle c
	launch c
	jq -n '{ user: { uid: 1000, gid: 33 }, cwd: "/tmp", env: ["PATH=/bin", "X=y"],
		args: ["sh", "-c", "id -u; id -g; pwd; echo $X; ulimit -n; grep -E \"CapBnd|NoNewPrivs\" /proc/self/status; exit 5"] }' >"$D/p.json"
	fails 5 rt exec --process "$D/p.json" c
	is "$output" "$(printf '%s\n' 1000 33 /tmp y 1024 $'CapBnd:\t0000000020000420' $'NoNewPrivs:\t0')"
	jq '.capabilities = { bounding: ["CAP_CHOWN"] } | .noNewPrivileges = true | .rlimits = [{ type: "RLIMIT_NOFILE", soft: 20, hard: 30 }]' \
		"$D/p.json" >"$D/q.json"
	fails 5 rt exec -p "$D/q.json" c
	is "$output" "$(printf '%s\n' 1000 33 /tmp y 20 $'CapBnd:\t0000000000000001' $'NoNewPrivs:\t1')"
}

@test "a process that is no process is refused by the path of the member" {
	bundle c
	launch c
	echo '{ "cwd": "/", "args": ["true"], "user": { "uid": "root" } }' >"$D/p.json"
	fails 255 rt exec --process "$D/p.json" c
	has "$errors" "p.json: user.uid: expected an integer, found a string"
	echo '{ "cwd": "/", "args": [] }' >"$D/p.json"
	fails 255 rt exec --process "$D/p.json" c
	has "$errors" "args: missing, or empty"
	fails 255 rt exec --process "$D/none" c
	has "$errors" "$D/none: No such file"
	echo '{ "cwd": "/", "args": ["true"] }' >"$D/p.json"
	fails 255 rt exec --process "$D/p.json" c true
	has "$errors" "both given"
}

@test "a command that is not there, and one that cannot be executed, are told as runc tells them" {
	bundle c
	launch c
	fails 255 rt --log "$D/log" --log-format json exec c nothere
	has "$errors" 'executable file not found in $PATH'
	is "$(jq -r 'select(.level == "error") | .msg' "$D/log" | tail -1)" \
		'exec failed: unable to start container process: exec: "nothere": executable file not found in $PATH'
	fails 255 rt exec c /etc/passwd
	has "$errors" "permission denied"
	fails 255 rt exec c /bin/nothere
	has "$errors" "no such file or directory"
	fails 255 rt exec c
	has "$errors" "process args cannot be empty"
	fails 255 rt exec nobody true
	has "$errors" "exec failed: container does not exist"
}

@test "in a container that has stopped there is no exec" {
	bundle c
	launch c
	rt kill c KILL
	eventually status_is c stopped
	fails 255 rt exec c true
	has "$errors" "cannot exec in a stopped container"
}

@test "in a created container there is one, and it stays created" {
	bundle c
	create c
	is "$(rt exec c echo early)" early
	status_is c created
}

waits_frozen() { # pid of hoy-runtime: it has a child, which is frozen before it can execute anything
	[ -n "$(cat /proc/"$1"/task/"$1"/children 2>/dev/null)" ] || grep -q . "$(cgroup_of c freezer)/cgroup.procs"
}

@test "in a paused one only with --ignore-paused, and then it waits" {
	bundle c
	launch c
	rt pause c
	fails 255 rt exec c true
	has "$errors" "cannot exec in a paused container (use --ignore-paused to override)"
	rt exec --ignore-paused c sh -c 'echo went on' >"$D/out" 2>&1 </dev/null &
	client=$!
	eventually waits_frozen $client
	is "$(cat "$D/out")" ""
	rt resume c
	wait $client
	is "$(cat "$D/out")" "went on"
}

@test "detached: the pid file has its pid on the host, and it outlives us" {
	bundle c
	launch c
	rt exec --detach --pid-file "$D/pid" c sh -c 'echo $$ >/tmp/pid; exec sleep 1000' </dev/null
	pid=$(cat "$D/pid")
	eventually test -s "$T/c/rootfs/tmp/pid"
	is "$(awk '/^NSpid/ { print $NF }' "/proc/$pid/status")" "$(cat "$T/c/rootfs/tmp/pid")"
	has "$(rt ps --format json c)" "$pid"
	hasnt "$(tr '\0' ' ' <"/proc/$(awk '/^PPid/ { print $2 }' "/proc/$pid/status")/cmdline")" hoy-runtime
}

@test "detached, and nothing to be executed: no pid file, and the code of a failure" {
	bundle c
	launch c
	fails 255 rt exec -d --pid-file "$D/pid" c nothere
	[ ! -e "$D/pid" ]
	is "$(rt ps --format json c | jq length)" "$(pgrep --ns "$(pid_of c)" --nslist pid -c .)"
}

@test "a signal to us is a signal to it" {
	bundle c
	launch c
	"$RT" --root "$ROOT" exec c sh -c 'trap "echo got it; exit 3" USR1; echo ready; while :; do sleep 1000 & wait; done' \
		>"$D/out" 2>&1 </dev/null &
	client=$!
	eventually grep -q ready "$D/out"
	kill -USR1 $client
	status=0
	wait $client || status=$?
	is "$status $(tail -1 "$D/out")" "3 got it"
}

@test "-t: a terminal of the container, with our size, raw on our side, and its exit code" {
	bundle c
	launch c
	run "$PTY" size 33x99 -- "$RT" --root "$ROOT" exec -t c sh -c 'tty; stty size; test -t 0 && test -t 1 && test -t 2 && exit 9'
	is "$status" 9
	has "$output" /dev/pts/
	has "$output" "33 99"
	run "$PTY" expect ready raw size 40x120 send 'x\r' expect '40 120' send '^D' end -- \
		"$RT" --root "$ROOT" exec --tty c sh -c 'echo ready; read x; stty size; cat'
	is "$status" 0
}

@test "--console-socket: the terminal's master goes there" {
	bundle c
	launch c
	"$BUILD/tools/receive" "$D/s" console >"$D/out" &
	receiver=$!
	eventually test -S "$D/s"
	rt exec -d -t --console-socket "$D/s" --pid-file "$D/pid" c sh -c 'test -t 0 && echo a terminal' </dev/null
	wait $receiver
	is "$(tr -d '\r' <"$D/out" | tail -1)" "a terminal"
	fails 255 rt exec -d -t c true
	has "$errors" "without setting console socket"
	fails 255 rt exec --console-socket "$D/s" c true
	has "$errors" "will not detach or allocate tty"
}

has_two_lines() { [ "$(wc -l <"$1")" = 2 ]; }

@test "--pidfd-socket: a pidfd of it goes there" {
	bundle c
	launch c
	"$BUILD/tools/receive" "$D/s" pidfd >"$D/out" &
	receiver=$!
	eventually test -S "$D/s"
	rt exec -d --pidfd-socket "$D/s" --pid-file "$D/pid" c sleep 1000 </dev/null
	eventually has_two_lines "$D/out"
	is "$(cat "$D/out")" "$(printf 'setns\n%s' "$(cat "$D/pid")")"
	kill -9 "$(cat "$D/pid")"
	wait $receiver
}

@test "--preserve-fds: as many descriptors as it says, and no other" {
	bundle c
	launch c
	echo three >"$D/3" && echo four >"$D/4"
	is "$(rt exec --preserve-fds 2 c sh -c 'cat <&3; cat <&4; ls /proc/self/fd' 3<"$D/3" 4<"$D/4" 5<"$D/3")" "$(printf '%s\n' three four 0 1 2 3 4 5)"
	is "$(rt exec c ls /proc/self/fd 3<"$D/3" 4<"$D/4" | tr '\n' ' ')" "0 1 2 3 "
	fails 255 rt exec --preserve-fds 40 c true
	has "$errors" "descriptor"
}

@test "personality and memory policy are the container's" {
	bundle c '.linux.personality = { domain: "LINUX32" } | .linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0" }'
	launch c
	is "$(rt exec c uname -m)" i686
	has "$(rt exec c head -n 1 /proc/self/numa_maps)" " bind:0 "
}

@test "--cgroup: in a group below the container's" {
	bundle c
	launch c
	group=$(cgroup_of c memory)
	fails 255 rt exec --cgroup /none c true
	has "$errors" "--cgroup /none: the container has no such cgroup"
	mkdir "$group/below"
	rt exec -d --pid-file "$D/pid" --cgroup /below c sleep 1000 </dev/null
	has "$(cat "/proc/$(cat "$D/pid")/cgroup")" "$CGROUP/c/below"
	# ".." does not lead out of the container's.
	rt exec -d --pid-file "$D/pid" --cgroup /../../.. c sleep 1000 </dev/null
	is "$(cat "/proc/$(cat "$D/pid")/cgroup")" "$(cat "/proc/$(pid_of c)/cgroup")"
	if [ ! -e /sys/fs/cgroup/cgroup.controllers ]; then
		rt exec -d --pid-file "$D/pid" --cgroup memory:/below c sleep 1000 </dev/null
		has "$(grep -E ':memory:' "/proc/$(cat "$D/pid")/cgroup")" "$CGROUP/c/below"
		hasnt "$(grep -E ':pids:' "/proc/$(cat "$D/pid")/cgroup")" below
		fails 255 rt exec --cgroup pids:/below c true
		has "$errors" "pids:/below"
	fi
}

@test "the filter of system calls is the container's" {
	bundle c '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95 }] }'
	launch c
	has "$(rt exec c cat /proc/self/status)" "Seccomp:	2"
	fails 1 rt exec c mkdir /tmp/x
	has "$errors" "not supported"
}

@test "execCPUAffinity: it runs on those processors" {
	bundle c '.process.execCPUAffinity = { initial: "0", final: "0" }'
	launch c
	has "$(rt exec c cat /proc/self/status)" "Cpus_allowed_list:	0"$'\n'
}

@test "without a pid namespace of its own the container still has it" {
	bundle c '.linux.namespaces |= map(select(.type != "pid"))'
	launch c
	is "$(rt exec c readlink /proc/self/ns/pid)" "$(readlink /proc/self/ns/pid)"
	has "$(rt exec c cat /proc/self/cgroup; cat "/proc/$(pid_of c)/cgroup")" "$CGROUP/c"
}

@test "in a user namespace it is who the container's processes are" {
	bundle c '.linux.namespaces += [{ type: "user" }] | .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }] |
		.linux.gidMappings = .linux.uidMappings | .mounts |= map(select(.destination != "/sys/fs/cgroup"))'
	chown -R 100000:100000 "$T/c/rootfs"
	chmod 755 "$T"
	launch c
	is "$(rt exec c sh -c 'id -u; touch /tmp/mine')" 0
	is "$(stat -c %u "$T/c/rootfs/tmp/mine")" 100000
}

@test "--process-label and --apparmor without their security module are refused, not ignored" {
	bundle c
	launch c
	if ! grep -q apparmor /sys/kernel/security/lsm 2>/dev/null; then
		fails 255 rt exec --apparmor some-profile c true
		has "$errors" some-profile
	fi
	if ! grep -q selinux /sys/kernel/security/lsm 2>/dev/null; then
		fails 255 rt exec --process-label some:label c true
		has "$errors" some:label
	fi
}
