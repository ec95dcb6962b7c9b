# The runtime under a containerd of its own, by containerd's shim and `ctr`: the calls that Kubernetes' containers go through.

load runtime

IMAGE=docker.io/library/busybox:latest

# The namespace of containerd is the box's name, and so is the parent of its cgroups.
C() { in_box timeout --foreground -k 5 120 ctr -a "$T/containerd/sock" -n "$TAG" "$@"; }
name() { printf 't%s-%s' "$BATS_TEST_NUMBER" "$1"; }
# A program that ends at once may lose its output: ctr 1.6 closes its end of the FIFO before it has read it all (containerd
# pull request 8643), and a fast runtime meets that. So each one waits a moment.
LINGER='"$@"; r=$?; sleep 0.3; exit $r'
R() { # flags... -- command...
	local flags=()
	while [ "$1" != -- ]; do
		flags+=("$1")
		shift
	done
	shift
	C run --rm --runc-binary "$RUNTIME" "${flags[@]}" "$IMAGE" "$(name run)" sh -c "$LINGER" sh "$@"
}
idle() { # name, flags...
	local container=$1
	shift
	C run -d --runc-binary "$RUNTIME" "$@" "$IMAGE" "$(name "$container")" sleep 1000
}
X() { # name, command...: exec in it
	local container=$1
	shift
	C task exec --exec-id "e$RANDOM$RANDOM" "$(name "$container")" sh -c "$LINGER" sh "$@"
}
task_is() { [[ $(C task ls | awk -v n="$(name "$1")" '$1 == n { print $3 }') == "$2" ]]; }
task_pid() { C task ls | awk -v n="$(name "$1")" '$1 == n { print $2 }'; }

# What `docker save` writes, of one layer.
archive_make() {
	local d=$T/archive digest
	mkdir "$d"
	cp "$T/busybox.tar" "$d/layer.tar"
	digest=$(sha256sum <"$d/layer.tar" | cut -d' ' -f1)
	jq -n --arg d "sha256:$digest" '{architecture: "amd64", os: "linux", config: {Env: ["PATH=/bin:/usr/bin"], Cmd: ["sh"]},
		rootfs: {type: "layers", diff_ids: [$d]}}' >"$d/config.json"
	jq -n --arg i "$IMAGE" '[{Config: "config.json", RepoTags: [$i], Layers: ["layer.tar"]}]' >"$d/manifest.json"
	tar -C "$d" -cf "$T/image.tar" config.json manifest.json layer.tar
}

containerd_start() { box_daemon containerd env "PATH=$T/bin:$PATH" containerd -c "$T/containerd/config.toml"; }

setup_file() {
	needs containerd ctr
	box_start
	mkdir "$T/containerd" "$T/bin"
	ln -s "$(command -v "$RUNTIME")" "$T/bin/runc"
	cat >"$T/containerd/config.toml" <<-END
		version = 2
		root = "$T/containerd/root"
		state = "$T/containerd/state"
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
		[grpc]
		address = "$T/containerd/sock"
		[plugins."io.containerd.internal.v1.opt"]
		path = "$T/containerd/opt"
	END
	containerd_start
	eventually C version || { tail -5 "$T/containerd.log"; return 1; }
	archive_make
	C images import "$T/image.tar" >/dev/null
}
setup() {
	needs containerd ctr
	box_name
}
teardown() {
	local id
	for id in $(C container ls -q | grep "^$(name '')"); do
		C task kill -s KILL "$id" >/dev/null 2>&1 || true
		eventually task_delete "$id"
		C container rm "$id"
	done
	box_check
}
task_delete() { C task delete -f "$1" || ! C task ls -q | grep -qx "$1"; }
teardown_file() {
	[ ! -e "$BATS_FILE_TMPDIR/T" ] || box_stop containerd
}

@test "run: output, errors, input and exit code are the program's" {
	run --separate-stderr R -- sh -c 'echo out; echo err >&2; exit 3'
	is "$status $output $stderr" "3 out err"
	is "$(seq 1 100000 | R -- md5sum)" "$(seq 1 100000 | md5sum)"
	is "$(R --cwd /var/www --env A=b -- sh -c 'pwd; echo $A; id -u')" "/var/www
b
0"
}

@test "run: what cannot be executed is named, and nothing is left" {
	run C run --rm --runc-binary "$RUNTIME" "$IMAGE" "$(name one)" nosuchprogram
	[ "$status" != 0 ]
	has "$output" "OCI runtime create failed"
	has "$output" nosuchprogram
	run C run --rm --runc-binary "$RUNTIME" "$IMAGE" "$(name two)" /etc/passwd
	[ "$status" != 0 ]
	has "${output,,}" "permission denied"
}

@test "run -t: a terminal" {
	# ctr makes the output's end of line a terminal's.
	run "$PTY" size 30x90 expect "#" send 'stty size; tty\r' expect "/dev/" send 'exit 7\r' end -- \
		nsenter --target "$HOLDER" --mount --net -- ctr -a "$T/containerd/sock" -n "$TAG" run -t --rm \
		--runc-binary "$RUNTIME" "$IMAGE" "$(name one)" sh
	is "$status" 7
	has "$output" "30 90"
}

@test "run: read-only, capabilities, seccomp, limits, a mount" {
	run R --read-only -- touch /x
	has "$output" "Read-only"
	is "$(R --cap-drop CAP_CHOWN --cap-add CAP_NET_ADMIN -- sed -n 's/^CapEff:\t//p' /proc/self/status)" 00000000a80435fa
	is "$(R --seccomp -- sed -n 's/^Seccomp:\t//p; s/^NoNewPrivs:\t//p' /proc/self/status)" "1
2"
	idle one --memory-limit 67108864 --cpus 0.5 --cpu-shares 512
	[ -e /sys/fs/cgroup/cgroup.controllers ] ||
		is "$(cat "/sys/fs/cgroup/memory/$TAG/$(name one)/memory.limit_in_bytes" "/sys/fs/cgroup/cpu/$TAG/$(name one)/cpu.cfs_quota_us")" "67108864
50000"
	mkdir "$BATS_TEST_TMPDIR/source"
	R --mount "type=bind,src=$BATS_TEST_TMPDIR/source,dst=/mnt,options=rbind:rw" -- sh -c 'echo x >/mnt/file'
	is "$(cat "$BATS_TEST_TMPDIR/source/file")" x
}

@test "run --privileged: all the capabilities that there are to give" {
	local all
	all=$(sed -n 's/^CapBnd:\t//p' /proc/self/status)
	[ "$all" = 000001ffffffffff ] || peer_cannot "does not give capabilities that it cannot have"
	is "$(R --privileged -- sed -n 's/^CapEff:\t//p' /proc/self/status)" "$all"
}

@test "run --no-pivot: the root is changed another way" {
	is "$(R --no-pivot -- sh -c 'ls -d /bin /proc/self; test -e /work || echo inside')" "/bin
/proc/self
inside"
}

@test "run --with-ns: the network of an existing namespace" {
	is "$(R --with-ns "network:/proc/$HOLDER/ns/net" -- readlink /proc/self/ns/net)" "$(readlink "/proc/$HOLDER/ns/net")"
	is "$(R --net-host -- readlink /proc/self/ns/net)" "$(readlink "/proc/$HOLDER/ns/net")"
}

@test "run in a user namespace: root inside is another user outside" {
	idle one --uidmap 0:100000:65536 --gidmap 0:200000:65536
	is "$(stat -c '%u %g' "/proc/$(task_pid one)")" "100000 200000"
	is "$(X one sh -c 'id -u; cat /proc/self/uid_map' | tr -s ' ')" "0
 0 100000 65536"
}

@test "run --runc-root: the state is where it was said to be" {
	idle one --runc-root "$T/state"
	C task pause "$(name one)"
	task_is one PAUSED
	is "$(ls "$T/state/$TAG")" "$(name one)"
	C task resume "$(name one)"
	C task kill -s KILL "$(name one)"
	eventually task_is one STOPPED
	C task delete "$(name one)" >/dev/null 2>&1 || true
	is "$(ls "$T/state/$TAG")" ""
}

@test "task exec: streams, exit code, user, directory, terminal" {
	idle one
	run --separate-stderr X one sh -c 'echo out; echo err >&2; exit 3'
	is "$status $output $stderr" "3 out err"
	is "$(echo typed | X one cat)" typed
	is "$(C task exec --exec-id e1 --user 1000:33 --cwd /var "$(name one)" sh -c 'id -u; id -g; pwd; sleep 0.3')" "1000
33
/var"
	run "$PTY" size 30x90 expect "#" send 'stty size; tty\r' expect "/dev/" send 'exit 7\r' end -- \
		nsenter --target "$HOLDER" --mount --net -- ctr -a "$T/containerd/sock" -n "$TAG" task exec -t --exec-id e2 "$(name one)" sh
	is "$status" 7
	has "$output" "30 90"
	run C task exec --exec-id e3 "$(name one)" nosuchprogram
	[ "$status" != 0 ]
	has "$output" nosuchprogram
	task_is one RUNNING
}

@test "task ps: the container's processes, as the host numbers them" {
	local pid
	idle one
	C task exec -d --exec-id e1 "$(name one)" sleep 1001
	pid=$(task_pid one)
	is "$(C task ps "$(name one)" | tail -n +2 | awk '{ print $1 }' | sort -n | head -1)" "$pid"
	is "$(C task ps "$(name one)" | tail -n +2 | wc -l)" 2
	is "$(tr '\0' ' ' <"/proc/$pid/cmdline")" "sleep 1000 "
}

@test "task pause and resume: nothing runs in between" {
	local before
	C run -d --runc-binary "$RUNTIME" --mount "type=bind,src=$BATS_TEST_TMPDIR,dst=/mnt,options=rbind:rw" "$IMAGE" "$(name one)" \
		sh -c 'i=0; while :; do i=$((i+1)); echo $i >/mnt/new; mv /mnt/new /mnt/count; sleep 0.05; done'
	eventually test -e "$BATS_TEST_TMPDIR/count"
	C task pause "$(name one)"
	task_is one PAUSED
	before=$(cat "$BATS_TEST_TMPDIR/count")
	run X one true
	has "$output" paused
	is "$(cat "$BATS_TEST_TMPDIR/count")" "$before"
	C task resume "$(name one)"
	task_is one RUNNING
	eventually count_is_over "$before"
}
count_is_over() { [ "$(cat "$BATS_TEST_TMPDIR/count")" -gt "$1" ]; }

@test "task metrics: what the container uses" {
	idle one --memory-limit 67108864
	run C task metrics "$(name one)"
	is "$status" 0
	matches "$output" 'memory.* [1-9][0-9]+'
}

@test "task kill: by name, by number, all of them; delete says the exit code" {
	C run -d --runc-binary "$RUNTIME" --mount "type=bind,src=$BATS_TEST_TMPDIR,dst=/mnt,options=rbind:rw" "$IMAGE" "$(name one)" \
		sh -c 'trap "touch /mnt/usr1" USR1; trap "exit 9" TERM; touch /mnt/ready; while :; do sleep 0.1; done'
	eventually test -e "$BATS_TEST_TMPDIR/ready"
	C task kill -s 10 "$(name one)"
	eventually test -e "$BATS_TEST_TMPDIR/usr1"
	C task kill "$(name one)"
	eventually task_is one STOPPED
	has "$(C task delete "$(name one)" 2>&1)" "exit code 9"
	idle two
	C task exec -d --exec-id e1 "$(name two)" sleep 1001
	C task kill --all -s KILL "$(name two)"
	eventually task_is two STOPPED
	is "$(box_container_processes)" ""
}

@test "task kill --exec-id: only that process" {
	idle one
	C task exec -d --exec-id e1 "$(name one)" sleep 1001
	C task kill --exec-id e1 -s KILL "$(name one)"
	eventually has_processes one 1
	task_is one RUNNING
}
has_processes() { [ "$(C task ps "$(name "$1")" | tail -n +2 | wc -l)" = "$2" ]; }

@test "create, then start: the program begins at the start" {
	# By its own name, runc, found in containerd's PATH.
	C container create --mount "type=bind,src=$BATS_TEST_TMPDIR,dst=/mnt,options=rbind:rw" "$IMAGE" \
		"$(name one)" touch /mnt/began
	[ ! -e "$BATS_TEST_TMPDIR/began" ]
	C task start "$(name one)"
	[ -e "$BATS_TEST_TMPDIR/began" ]
}

@test "checkpoint is refused by name and the container lives on" {
	idle one
	mkdir "$BATS_TEST_TMPDIR/image"
	run C task checkpoint --image-path "$BATS_TEST_TMPDIR/image" "$(name one)"
	[ "$status" != 0 ]
	case ${RUNTIME##*/} in runc | crun) ;; *) has "$output" checkpoint ;; esac
	task_is one RUNNING
	is "$(X one echo alive)" alive
}

shim_of() { awk '/^PPid:/ { print $2 }' "/proc/$(task_pid "$1")/status"; }

@test "the shim killed: containerd has the runtime delete what is left" {
	idle one
	C task exec -d --exec-id e1 "$(name one)" sleep 1001
	kill -KILL "$(shim_of one)"
}

@test "containerd killed and started again: the container lives on and answers" {
	idle one
	kill -KILL "$(cat "$T/containerd.pid")"
	eventually is_gone "$(cat "$T/containerd.pid")"
	containerd_start
	eventually task_is one RUNNING
	is "$(X one echo alive)" alive
	C task kill -s KILL "$(name one)"
	eventually task_is one STOPPED
}

@test "20 containers at once" {
	local i
	for i in {1..20}; do
		{ C run --rm --runc-binary "$RUNTIME" "$IMAGE" "$(name "$i")" sh -c "$LINGER" sh echo "word $i" >"$BATS_TEST_TMPDIR/$i" 2>&1 ||
			echo "failed: $?" >>"$BATS_TEST_TMPDIR/$i"; } 3>&- &
	done
	wait
	for i in {1..20}; do is "$(cat "$BATS_TEST_TMPDIR/$i")" "word $i"; done
}
