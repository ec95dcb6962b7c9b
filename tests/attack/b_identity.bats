# Family B of the list of attacks: identity, capabilities, privileges, what the engine reads from an image.
NEEDS_PROBE=1
load helper

@test "B25 CVE-2022-24769: the inheritable and ambient sets are empty in run and exec" {
	idle vic
	is "$(hoy run --rm busybox grep -cE '^Cap(Inh|Amb):.*[1-9a-f]' /proc/self/status || true)" 0
	is "$(hoy exec vic grep -cE '^Cap(Inh|Amb):.*[1-9a-f]' /proc/self/status || true)" 0
	is "$(hoy exec -u 33 --privileged vic grep -cE '^CapInh:.*[1-9a-f]' /proc/self/status || true)" 0
}

@test "B26 CVE-2016-8867: a user other than root has no capability, also with --cap-add" {
	is "$(hoy run --rm -u 1000 --cap-add SYS_ADMIN busybox awk '/^CapEff|^CapPrm/ { print $2 }' /proc/self/status)" \
		$'0000000000000000\n0000000000000000'
	idle vic
	is "$(hoy exec -u 1000 vic awk '/^CapEff/ { print $2 }' /proc/self/status)" 0000000000000000
}

@test "B27 CVE-2022-36109: groups of the caller are dropped, those of the user set up" {
	is "$(setpriv --groups 4,27,0 "$HOY" run --rm -u 1000 busybox probe setgroups | sort -n | tr '\n' ' ')" "1000 2000 "
	is "$(setpriv --groups 4,27,0 "$HOY" run --rm -u 4711 busybox id -G)" 0
	idle vic
	is "$(setpriv --groups 4,27,0 "$HOY" exec -u 1000 vic id -G)" "1000 2000"
}

@test "B28 CVE-2024-40635: uids beyond 2^31-1 are refused" {
	local uid
	idle vic
	for uid in 2147483648 4294967295 4294967296 -1 18446744073709551616 99999999999999999999; do
		fails 125 hoy run --rm -u "$uid" busybox id
		fails 125 hoy run --rm -u "0:$uid" busybox id
		run hoy exec -u "$uid" vic id
		[ "$status" != 0 ]
		hasnt "$output" "uid=0"
	done
	is "$(hoy run --rm -u 2147483647 busybox id -u)" 2147483647
}

@test "B29 CVE-2026-30892: a user is read whole or refused" {
	local user
	idle vic
	for user in 1abc 1:2x 0x0 ' 1' '+1' $'1\n' '1 ' :: ':' 'user:'; do
		run hoy exec -u "$user" vic id
		[ "$status" != 0 ] || { echo "exec -u '$user' ran: $output" && return 1; }
		run hoy run --rm -u "$user" busybox id
		[ "$status" != 0 ] || { echo "run -u '$user' ran: $output" && return 1; }
	done
}

@test "B30 CVE-2016-3697: a number as user is the uid, whatever names the image has" {
	hostile_image evil 'echo "1000:x:0:0::/:/bin/sh" >etc/passwd'
	is "$(hoy run --rm -u 1000 evil id -u)" 1000
}

@test "B31 CVE-2024-9676: FIFO, device, link or endless /etc/passwd and /etc/group hang nothing" {
	local file make
	for file in passwd group; do
		for make in "mkfifo etc/$file" "mknod etc/$file c 1 5" "ln -s /dev/zero etc/$file" "truncate -s 10G etc/$file" \
			"mkdir etc/$file"; do
			hostile_image evil "rm -f etc/$file; $make"
			HOY_TIMEOUT=10 run hoy run --rm -u 33 evil true
			[ "$status" != 124 ] || { echo "hangs: $make" && return 1; }
			HOY_TIMEOUT=10 run hoy run --rm -u someone evil true
			[ "$status" != 124 ] && [ "$status" != 0 ] || { echo "hangs or runs: $make" && return 1; }
		done
	done
	is "$(hoy ps -aq)" ""
}

@test "B31 a FIFO that appears while the container runs hangs no exec" {
	idle vic
	hoy exec vic sh -c 'rm /etc/passwd && mkfifo /etc/passwd'
	HOY_TIMEOUT=10 run hoy exec -u www-data vic true
	[ "$status" != 0 ] && [ "$status" != 124 ]
	HOY_TIMEOUT=10 hoy exec -u 33 vic true
	HOY_TIMEOUT=10 hoy rm -f vic >/dev/null
}

@test "B32 CVE-2022-4318: newlines add no line to a file that hoy writes" {
	fails 125 hoy run --rm -h $'a\nb' busybox true
	fails 125 hoy run --rm --add-host $'a\n10.9.9.9 b:10.0.0.1' busybox true
	fails 125 hoy run --rm --add-host $'a:10.0.0.1\n10.9.9.9 b' busybox true
	run hoy run --rm -e HOME=$'/x\nroot2:x:0:0::/:/bin/sh' busybox cat /etc/passwd
	hasnt "$output" root2
}

@test "B33 CVE-2022-0811: only sysctls of the container's own namespaces, values as one" {
	local value
	for value in kernel.core_pattern=x kernel.shm_rmid_forced=1+kernel.core_pattern=x ../../x=1 kernel/../kernel/core_pattern=x \
		net.ipv4=1 =1 kernel.shm_rmid_forced vm.overcommit_memory=1 kernel.msgmax=1$'\n'2; do
		fails 125 hoy run --rm --sysctl "$value" busybox true
	done
	fails 125 hoy run --rm --network host --sysctl net.ipv4.ip_forward=1 busybox true
	is "$(cat /proc/sys/kernel/core_pattern | head -c 3 | grep -c '^x$' || true)" 0
}

@test "B34 CVE-2017-5226: nothing can be pushed into the caller's terminal" {
	[ -x "$PTY" ] || make -s -C "$TREE" tools
	# Without -t the program has no terminal at all; with -t it is its own.
	has "$(timeout 30 "$PTY" -- "$HOY" run --rm -i busybox probe tiocsti)" ENOTTY ||
		has "$(timeout 30 "$PTY" -- "$HOY" run --rm -i busybox probe tiocsti)" EPERM
	is "$(hoy run --rm busybox sh -c '(exec 3</dev/tty) 2>/dev/null && echo terminal')" ""
}

@test "B35 CVE-2019-10063: high bits of an argument do not pass the filter" {
	cat >"$D/profile" <<-'END'
	{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "names": ["ioctl"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28,
	  "args": [ { "index": 1, "value": 21522, "op": "SCMP_CMP_EQ" } ] } ] }
	END
	is "$(hoy run --rm -t --security-opt "seccomp=$D/profile" busybox probe tiocsti | tr -d '\r')" ENOSPC
	# socket(2) of the default profile looks at its first argument, 38 with high bits is 38 for the kernel.
	run hoy run --rm -t --security-opt "seccomp=$D/profile" busybox probe tiocsti high
	hasnt "$output" allowed
}

@test "B36 CVE-2014-8989: who is shut out of something by his group cannot give the group up in a namespace" {
	mkdir "$D/closed"
	echo secret >"$D/closed/f"
	chmod 705 "$D/closed"
	chgrp 100033 "$D/closed"
	local flags=(--uidmap 0:100000:65536 --cap-drop ALL --security-opt seccomp=unconfined -v "$D/closed:/c")
	is "$(hoy run --rm "${flags[@]}" -u 1000:34 busybox cat /c/f)" secret
	fails 1 hoy run --rm "${flags[@]}" -u 1000:33 busybox cat /c/f
	run hoy run --rm "${flags[@]}" -u 1000:33 busybox unshare -Ur sh -c 'cat /c/f; cat /proc/self/setgroups'
	hasnt "$output" secret
	run hoy run --rm "${flags[@]}" -u 1000:33 busybox unshare -U sh -c 'echo allow >/proc/self/setgroups; echo "0 33 1" >/proc/self/gid_map; cat /c/f'
	hasnt "$output" secret
}

@test "B37 CVE-2021-21284: whom a container's root is on the host does not get into the data root, and no file in it is his" {
	idle vic --userns auto -v vol:/v
	local host
	host=$(stat -c %u "/proc/$(pid_of vic)")
	[ "$host" -ge 100000 ]
	hoy exec vic sh -c 'touch /new /v/new; cp /bin/busybox /v/own; chmod 4755 /v/own'
	is "$(find "$HOY_ROOT" "$HOY_RUNROOT" -xdev \( -uid "$host" -o -gid "$host" \) -print)" ""
	is "$(setpriv --reuid "$host" --regid "$host" --clear-groups ls "$HOY_ROOT" "$HOY_ROOT/containers" "$HOY_ROOT/layers" 2>/dev/null)" ""
	fails 1 setpriv --reuid "$host" --regid "$host" --clear-groups touch "$HOY_ROOT/x"
	# On the disk it is set-user-id root: only the closed directory above keeps it from the host's users.
	fails 126 setpriv --reuid 1000 --regid 1000 --clear-groups env "$HOY_ROOT/volumes/vol/_data/own" true
}

@test "B37 B38 CVE-2021-21284 CVE-2021-41091: other users do not reach layers or state" {
	hostile_image evil 'cp bin/busybox bin/setuid; chmod 4755 bin/setuid'
	idle vic
	run setpriv --reuid 65534 --regid 65534 --clear-groups find "$HOY_ROOT" -perm -4000
	is "$(grep -v -i denied <<<"$output" || true)" ""
	is "$(stat -c %a "$HOY_ROOT")" 700
	[ $((8#$(stat -c %a "$HOY_RUNROOT") & 8#066)) = 0 ]
	local d
	for d in "$HOY_RUNROOT"/containers/*; do
		[ $((8#$(stat -c %a "$d") & 8#077)) = 0 ]
	done
}

@test "B40 B41: /proc/interrupts, thermal_throttle, kcore, keys and the like give nothing" {
	local path
	for path in /proc/interrupts /proc/kcore /proc/keys /proc/timer_list /proc/sched_debug /proc/latency_stats; do
		[ -e $path ] || continue
		is "$(hoy run --rm busybox sh -c "head -c 1 $path | wc -c")" 0
	done
	for path in /proc/acpi /proc/scsi /sys/firmware /sys/devices/system/cpu/cpu*/thermal_throttle; do
		[ -e "$path" ] || continue
		is "$(hoy run --rm busybox ls -A "$path")" ""
	done
}

@test "B42: the session keyring is new and keyctl is refused" {
	matches "$(hoy run --rm busybox probe keyctl || true)" 'EPERM|ENOSYS'
	local ours theirs
	ours=$("$BATS_FILE_TMPDIR/rootfs/bin/probe" keyring)
	theirs=$(hoy run --rm --security-opt seccomp=unconfined busybox probe keyring)
	matches "$theirs" '^[1-9][0-9]*$'
	[ "$theirs" != "$ours" ]
}

@test "B43 CVE-2026-31431: AF_ALG and AF_VSOCK sockets are refused, ordinary ones are not" {
	is "$(hoy run --rm busybox probe socket 38 5 || true)" EPERM
	is "$(hoy run --rm busybox probe socket 40 1 || true)" EPERM
	is "$(hoy run --rm busybox probe socket 2 1)" allowed
	is "$(hoy run --rm busybox probe socket 1 1)" allowed
}

@test "B44 CVE-2022-0185: what the default profile refuses is refused, number by number" {
	local refused name number
	refused=$(hoy run --rm busybox probe syscalls)
	# fsopen fsconfig fsmount fspick open_tree move_mount mount_setattr; bpf; userfaultfd; io_uring; keyctl family; kexec; unshare; setns
	for number in 430 431 432 433 428 429 442 321 323 425 426 427 248 249 250 246 320 272 308 165 166 155 175 313 176 169 167 168 298; do
		has $'\n'"$refused"$'\n' $'\n'"$number EPERM"$'\n'
	done
	# clone3 says ENOSYS, so that libraries fall back to clone.
	has $'\n'"$refused"$'\n' $'\n'"435 ENOSYS"$'\n'
	# What every program needs is there: openat, mmap, fork, futex, epoll, statx, rseq, pidfd_open, openat2, landlock.
	for number in 257 9 57 202 233 332 334 434 437 444; do
		hasnt $'\n'"$refused"$'\n' $'\n'"$number EPERM"$'\n'
	done
}
