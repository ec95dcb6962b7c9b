# Families A, B and F of the list of attacks against hoy-runtime: what a program inside can reach, and what a planted file, a forged
# /proc or an oversized config.json does to the runtime. Mounts and devices, processes and identity have files of their own.
NEEDS_PROBE=1
load runtime

# Capabilities for all sets: id, names...
grant() {
	config "$1" '$ARGS.positional as $c | .process.capabilities = {bounding: $c, effective: $c, permitted: $c}' --args -- "${@:2}"
}

@test "A15 CVE-2023-25809: root of a user namespace cannot write to any cgroup mount, with the host's cgroup namespace either" {
	chmod 711 "$T"
	bundle c '.linux.namespaces |= (map(select(.type != "cgroup")) + [{type: "user"}]) |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chown -R 100000:100000 "$T/c/rootfs"
	run runs c sh -c 'mount | grep -c "type cgroup"; mount | grep "type cgroup" | grep -v "[(,]ro[,)]"
		find /sys/fs/cgroup/ -name "cgroup.procs" -maxdepth 3 | while read -r f; do (echo 1 >"$f") 2>/dev/null && echo "wrote $f"; done; true'
	is "$status" 0
	matches "$output" '^[1-9][0-9]*$'
}

@test "A16 CVE-2022-0492: release_agent cannot be set, from a user namespace of the program's own either" {
	bundle c
	fails 1 runs c sh -c 'echo /x >/sys/fs/cgroup/memory/release_agent'
	fails 1 runs c sh -c 'mkdir /tmp/c && mount -t cgroup -o memory x /tmp/c'
	run runs c unshare -UrmC sh -c 'mkdir /tmp/c && mount -t cgroup -o memory x /tmp/c && echo /x >/tmp/c/release_agent && echo worked'
	hasnt "$output" worked
}

@test "A19 CVE-2015-3630: a masked path swallows or refuses, a read-only one refuses, and neither can be taken away" {
	bundle c
	grant c CAP_DAC_OVERRIDE CAP_SYS_CHROOT CAP_MKNOD CAP_CHOWN CAP_FOWNER
	run runs c sh -c 'for p in /proc/bus /proc/fs /proc/irq /proc/sys; do (: >$p/x) 2>/dev/null && echo "wrote $p/x"; done
		(echo x >/proc/sys/kernel/core_pattern) 2>/dev/null && echo "wrote core_pattern"
		(echo h >/proc/sysrq-trigger) 2>/dev/null && echo "wrote sysrq-trigger"
		for p in /proc/kcore /proc/keys /proc/timer_list /proc/sched_debug /proc/latency_stats; do
			[ ! -e $p ] || [ "$(stat -c %t:%T $p)" = 1:3 ] || echo "$p is no null"; done
		for p in /proc/acpi /proc/scsi /proc/asound /sys/firmware; do
			[ ! -d $p ] || { [ -z "$(ls -A $p)" ] && ! (: >$p/x) 2>/dev/null; } || echo "$p is open"; done
		for p in /proc/kcore /proc/sys /proc/keys /sys/firmware; do umount $p 2>/dev/null && echo "umounted $p"; done; true'
	is "$status $output" "0 "
}

@test "A21 CVE-2016-8649: exec trusts nothing in the container's /proc" {
	bundle c '.process.args = ["sh", "-c", "mount -t tmpfs forged /proc && mkdir -p /proc/self/attr /proc/self/fd /proc/1/ns /proc/sys/kernel && ln -s / /proc/thread-self && echo forged >/proc/self/attr/exec && echo Uid: 0 >/proc/self/status && : >/ready; while :; do sleep 1000 & wait; done"]'
	grant c CAP_SYS_ADMIN
	launch c
	eventually test -e "$T/c/rootfs/ready"
	is "$(rt exec --user 33 c id -u)" 33
	is "$(rt exec c cat /proc/self/attr/exec)" forged
	is "$(rt exec c ls -A /proc/self/fd /proc/thread-self/canary 2>/dev/null | grep -v : | tr -d '\n')" ""
	canary_is_untouched
}

@test "A23 CVE-2021-43784: more than 64 KiB of mounts, maps and variables arrive whole" {
	bundle c '.process.env += [range(400) | "VARIABLE_\(.)=" + ("x" * 300)] |
		.mounts += [range(60) | {destination: ("/" + ("d" * 120) + "\(.)"), type: "tmpfs", source: "tmpfs", options: ["size=4k"]}]'
	is "$(runs c sh -c 'env | grep -c ^VARIABLE_; grep -c " /ddd" /proc/mounts')" $'400\n60'
	# The last of many namespaces' paths is the one that a wrapped length would have replaced.
	config c '.linux.namespaces |= map(if .type == "network" then .path = ("/" + ("./" * 1500) + "no/such/namespace") else . end)'
	run runs c true
	[ "$status" = 1 ]
	has "$output" "/././././"
}

@test "B31 CVE-2024-9676: FIFOs in the root file system, wherever it is looked, block nothing" {
	local make
	for make in 'rm etc/passwd; mkfifo etc/passwd' 'rm etc/group; mkfifo etc/group' 'mkfifo srv' 'mkfifo root/cwd' 'mkfifo bin/program'; do
		bundle c '.process.env = ["PATH=/bin"] | .mounts += [{destination: "/srv", type: "bind", source: "/etc/hostname", options: ["bind"]}]'
		(cd "$T/c/rootfs" && eval "$make")
		HOY_TIMEOUT=30 run runs c true
		[ "$status" != 124 ] || { echo "blocks: $make" && return 1; }
		[ ! -p "$T/c/rootfs/root/cwd" ] || { config c '.process.cwd = "/root/cwd"' && HOY_TIMEOUT=30 run runs c true && [ "$status" = 1 ]; }
		[ ! -p "$T/c/rootfs/bin/program" ] || { HOY_TIMEOUT=30 run runs c program && [ "$status" = 1 ]; }
		rm -rf "$T/c"
	done
	# Without a /dev of its own the root's nodes are what is found.
	bundle c '.mounts |= map(select(.destination | startswith("/dev") | not))'
	(cd "$T/c/rootfs/dev" && mkfifo null zero full random urandom tty ptmx console && mkdir pts shm mqueue)
	HOY_TIMEOUT=30 run runs c true
	[ "$status" != 124 ]
}

@test "B33 CVE-2022-0811: only sysctls of the container's own namespaces are set, each value as one" {
	local before name
	before=$(cat /proc/sys/kernel/core_pattern /proc/sys/vm/overcommit_memory /proc/sys/net/ipv4/ip_forward)
	for name in kernel.core_pattern ../../../tmp/x kernel/../kernel/core_pattern net.ipv4 vm.overcommit_memory kernel.modprobe \
		net/../kernel/core_pattern kernel.shm_rmid_forced/../core_pattern ''; do
		bundle c '.linux.sysctl = {($name): "0"}' --arg name "$name"
		run runs c true
		[ "$status" = 1 ] || { echo "sysctl $name was accepted" && return 1; }
		rm -rf "$T/c"
	done
	bundle c '.linux.sysctl = {"kernel.shm_rmid_forced": "1+kernel.core_pattern=x"}'
	run runs c cat /proc/sys/kernel/shm_rmid_forced
	[ "$status" = 1 ]
	# Without a network namespace of its own net.* is the host's, without an ipc namespace kernel.shm* is.
	config c '.linux.sysctl = {"net.ipv4.ip_forward": "1"} | .linux.namespaces |= map(select(.type != "network"))'
	fails 1 runs c true
	config c '.linux.sysctl = {"kernel.shm_rmid_forced": "1"} | .linux.namespaces |= map(select(.type != "ipc"))'
	fails 1 runs c true
	is "$(cat /proc/sys/kernel/core_pattern /proc/sys/vm/overcommit_memory /proc/sys/net/ipv4/ip_forward)" "$before"
}

@test "B34 CVE-2017-5226: nothing can be pushed into the caller's terminal" {
	[ -x "$PTY" ] || make -s -C "$TREE" tools
	bundle c '.process.args = ["probe", "tiocsti"]'
	matches "$(timeout 60 "$PTY" -- "$RT" --root "$ROOT" run --bundle "$T/c" c)" 'EPERM|ENOTTY|EIO'
	bundle d
	launch d
	matches "$(timeout 60 "$PTY" -- "$RT" --root "$ROOT" exec d probe tiocsti)" 'EPERM|ENOTTY|EIO'
	is "$(rt exec d sh -c '(exec 3</dev/tty) 2>/dev/null && echo terminal')" ""
}

@test "B36 CVE-2014-8989: maps written without privilege come with setgroups denied" {
	chmod 711 "$T"
	bundle c '.linux.namespaces |= (map(select(.type != "network")) + [{type: "user"}]) | del(.linux.resources) | del(.linux.cgroupsPath) |
		.linux.uidMappings = [{containerID: 0, hostID: 4711, size: 1}] | .linux.gidMappings = .linux.uidMappings |
		.mounts |= (map(select(.type != "sysfs" and .type != "cgroup")) | map(if .type == "devpts" then .options -= ["gid=5"] else . end)) |
		.process.args = ["cat", "/proc/self/setgroups"]'
	mkdir -m 700 "$T/state" && chown -R 4711:4711 "$T/c" "$T/state"
	run timeout 60 setpriv --reuid 4711 --regid 4711 --groups 4711,27 env XDG_RUNTIME_DIR="$T/state" \
		"$RT" --root "$ROOT" run --bundle "$T/c" c
	is "$output" deny
}

@test "B38 CVE-2021-41103: other users see nothing of the state, whatever the caller's umask" {
	bundle c
	(umask 000 && launch c)
	local d
	d=$(find "$ROOT" -mindepth 1 -printf '%m %p\n' | awk '$1 % 100 != 0')
	[ $((8#$(stat -c %a "$ROOT") & 8#066)) = 0 ]
	[ "$(stat -c %a "$ROOT")" = 700 ] || is "$d" ""
	is "$(setpriv --reuid 65534 --regid 65534 --clear-groups find "$ROOT" -mindepth 2 2>/dev/null)" ""
}

@test "B40 B41 CVE-2017-16539: what docker masks gives nothing, each path of its list" {
	local paths=(/proc/interrupts /proc/kcore /proc/keys /proc/timer_list /proc/sched_debug /proc/latency_stats /proc/acpi /proc/scsi
		/sys/firmware /sys/devices/virtual/powercap /sys/devices/system/cpu/cpu0/thermal_throttle /proc/no-such-path)
	bundle c '.linux.maskedPaths = $ARGS.positional' --args "${paths[@]}"
	run runs c sh -c 'for p; do if [ -d "$p" ]; then ls -A "$p"; elif [ -e "$p" ]; then head -c 9 "$p"; fi; done' sh "${paths[@]}"
	is "$status $output" "0 "
}

@test "B42: the session keyring is new, unless the caller asks for its own" {
	bundle c '.process.args = ["probe", "keyring"]'
	local ours theirs
	ours=$("$BATS_FILE_TMPDIR/rootfs/bin/probe" keyring)
	theirs=$(rt run --bundle "$T/c" c)
	matches "$theirs" '^[1-9][0-9]*$'
	[ "$theirs" != "$ours" ]
	[ "$ours" = -1 ] || is "$(rt run --no-new-keyring --bundle "$T/c" c)" "$ours"
}

@test "a signal that the caller ignores or blocks is neither for the program" {
	bundle c '.process.args = ["grep", "-E", "^Sig(Ign|Blk)", "/proc/self/status"]'
	run env -- sh -c "trap '' USR1 HUP CHLD; exec \"\$@\"" sh timeout --foreground 60 "$RT" --root "$ROOT" run --bundle "$T/c" c
	is "$status $output" $'0 SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000'
}

@test "F101 CVE-2015-1331: a planted link or a foreign directory is neither written through nor believed" {
	mkdir -m 700 "$ROOT"
	ln -s "$CANARY" "$ROOT/c"
	bundle c
	fails 1 create c
	canary_is_untouched
	rm "$ROOT/c"
	local id
	for id in .. . ../canary a/b '' 'a b' '%2e%2e' $'a\nb'; do
		# A file: who is created by mistake would hold a pipe open.
		if rt create --bundle "$T/c" -- "$id" </dev/null >"$D/output" 2>&1; then
			echo "id '$id' was accepted"
			return 1
		fi
	done
	canary_is_untouched
}

# A file of the cache with its checksum, whose every instruction is "allow" (struct cache_header of runtime/seccomp_cache.c).
forge() { # file
	local key_len count flags body hash word
	read -r key_len count flags < <(od -An -j8 -N12 -t u4 "$1")
	key_len=$(((key_len + 7) / 8 * 8))
	head -c $((32 + key_len)) "$1" >"$D/forged"
	for ((; count > 0; count--)); do printf '\006\0\0\0\0\0\377\177'; done >>"$D/forged"
	hash=$((0xcbf29ce484222325 ^ flags))
	for word in $(od -An -v -j32 -t x8 "$D/forged"); do
		hash=$(((hash ^ 0x$word) * 0x100000001b3))
		hash=$((hash ^ (hash >> 29 & 0x7ffffffff)))
	done
	body=$(printf '%016x' $hash | sed -E 's/(..)(..)(..)(..)(..)(..)(..)(..)/\\x\8\\x\7\\x\6\\x\5\\x\4\\x\3\\x\2\\x\1/')
	printf "$body" | dd of="$D/forged" bs=1 seek=24 conv=notrunc status=none
}

@test "F101: a cache of system call filters that others could have written is not believed" {
	local cache file change
	bundle c '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28}]}'
	fails 1 runs c mkdir /tmp/x
	has "$errors" "No space left"
	cache=$(find "$ROOT" -mindepth 1 -maxdepth 1 -type d -name '*seccomp')
	file=$(find "$cache" -type f)
	forge "$file"
	# Planted by root it would work; the following are what somebody else can plant.
	cp "$D/forged" "$file"
	fails 0 runs c mkdir /tmp/x
	for change in "chmod 666 $file" "chown 65534 $file" "chmod 770 $cache" "chown 65534 $cache" \
		"rm $file && ln -s $D/forged $file" "rm $file && mkfifo $file" "mv $cache $D/cache && ln -s $D/cache $cache"; do
		rmdir "$T/c/rootfs/tmp/x" 2>/dev/null || true
		rm -rf "$cache" && mkdir -m 700 "$cache"
		install -m 600 "$D/forged" "$file"
		eval "$change"
		HOY_TIMEOUT=30 run runs c mkdir /tmp/x
		[ "$status" = 1 ] || { echo "believed after: $change" && return 1; }
	done
}

@test "F102 CVE-2020-12762: a config.json without measure is refused by a sentence, quickly" {
	bundle c
	cp "$T/c/config.json" "$D/good"
	printf '%0.s[' $(seq 100000) >"$T/c/config.json"
	fails 1 rt run --bundle "$T/c" c
	matches "$errors" 'depth|deep|nest'
	{ printf '{"annotations": {"a": "'; head -c 6000000 /dev/zero | tr '\0' x; printf '"}}'; } >"$T/c/config.json"
	fails 1 rt run --bundle "$T/c" c
	matches "$errors" 'bytes|large|long'
	jq -c . "$D/good" | sed 's/^{/{"ociVersion": "1.0.0", "process": {}, /' >"$T/c/config.json"
	fails 1 rt run --bundle "$T/c" c
	matches "$errors" 'twice|duplicate'
	rm "$T/c/config.json" && mkfifo "$T/c/config.json"
	HOY_TIMEOUT=30 fails 1 rt run --bundle "$T/c" c
}
