# The program: who it is, what it may, where it starts, and how it is scheduled.
load helper

field() { awk -v f="$2:" '$1 == f { $1 = ""; print substr($0, 2) }' "/proc/$(pid_of "$1")/status"; }

@test "user, group, additional groups and umask are those of the configuration" {
	bundle c '.process.user = { uid: 33, gid: 34, umask: 7, additionalGids: [5, 2000] }'
	launch c
	is "$(field c Uid)" "33 33 33 33"
	is "$(field c Gid)" "34 34 34 34"
	is "$(field c Groups)" "5 2000"
	is "$(field c Umask)" 0007
}

@test "a uid or gid that the kernel would read as 'leave it' is refused" {
	local member
	for member in uid gid; do
		bundle "$member" --arg m "$member" '.process.user[$m] = 4294967295'
		fails 1 rt create --bundle "$T/$member" "$member"
		matches "$errors" "$member|4294967295"
		fails 1 rt state "$member"
	done
	bundle more '.process.user.additionalGids = [4294967295]'
	fails 1 rt create --bundle "$T/more" more
}

@test "capabilities are exactly the five sets, and a user other than root keeps the ambient ones" {
	bundle c '.process.user = { uid: 33, gid: 33 } | .process.capabilities = { bounding: ["CAP_KILL", "CAP_CHOWN", "CAP_NET_RAW"],
		permitted: ["CAP_KILL", "CAP_CHOWN"], effective: ["CAP_KILL"], inheritable: ["CAP_KILL", "CAP_CHOWN"], ambient: ["CAP_KILL"] }'
	launch c
	is "$(field c CapBnd)" 0000000000002021
	is "$(field c CapPrm)" 0000000000000020
	is "$(field c CapEff)" 0000000000000020
	is "$(field c CapAmb)" 0000000000000020
	is "$(field c CapInh)" 0000000000000021
}

@test "a capability beyond the own bounding set is left out with a warning, and the container runs" {
	capsh --has-b=cap_sys_resource 2>/dev/null && skip "this machine's bounding set lacks nothing"
	bundle c '.process.args = ["true"] | .process.capabilities = { bounding: ["CAP_SYS_RESOURCE", "CAP_KILL"] }'
	has "$(rt run --bundle "$T/c" c 2>&1)" "CAP_SYS_RESOURCE is left out"
}

@test "noNewPrivileges is set when it is asked for, and only then" {
	bundle on
	bundle off '.process.noNewPrivileges = false'
	launch on
	launch off
	is "$(field on NoNewPrivs)" 1
	is "$(field off NoNewPrivs)" 0
}

@test "resource limits of every kind, and one that cannot be raised is named" {
	bundle c '.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 100, hard: 200 }, { type: "RLIMIT_CORE", soft: 0, hard: 0 },
		{ type: "RLIMIT_STACK", soft: 1048576, hard: 2097152 }, { type: "RLIMIT_NPROC", soft: 50, hard: 60 }]'
	launch c
	local limits
	limits=$(tr -s ' ' <"/proc/$(pid_of c)/limits")
	has "$limits" "Max open files 100 200"
	has "$limits" "Max core file size 0 0"
	has "$limits" "Max stack size 1048576 2097152"
	has "$limits" "Max processes 50 60"
	bundle d '.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 10, hard: 4000000000 }]'
	fails 1 rt create --bundle "$T/d" d
	has "$errors" "RLIMIT_NOFILE"
	has "$errors" "CAP_SYS_RESOURCE"
	fails 1 rt state d
}

@test "oom_score_adj, scheduler, I/O priority and personality" {
	bundle c '.process.oomScoreAdj = 88 | .process.scheduler = { policy: "SCHED_BATCH", nice: 7 }
		| .process.ioPriority = { class: "IOPRIO_CLASS_BE", priority: 6 } | .linux.personality = { domain: "LINUX32" }'
	launch c
	local pid
	pid=$(pid_of c)
	is "$(cat "/proc/$pid/oom_score_adj")" 88
	has "$(chrt -p "$pid")" SCHED_BATCH
	is "$(awk '{ print $19 }' "/proc/$pid/stat")" 7
	has "$(ionice -p "$pid")" "best-effort: prio 6"
	is "$(cat "/proc/$pid/personality")" 00000008
}

@test "a deadline is a scheduler of the program, with the flags that let it fork" {
	bundle c '.process.scheduler = { policy: "SCHED_DEADLINE", runtime: 10000000, deadline: 20000000, period: 30000000, flags: ["SCHED_FLAG_RESET_ON_FORK"] }'
	chrt -d -T 10000000 -D 20000000 -P 30000000 0 true 2>/dev/null || {
		fails 1 rt create --bundle "$T/c" c
		has "$errors" "set the scheduler"
		skip "this machine admits no deadlines: refused in a sentence"
	}
	launch c
	matches "$(chrt -p "$(pid_of c)")" "SCHED_DEADLINE"
}

@test "a memory policy holds for the program" {
	bundle c '.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0" }'
	launch c
	has "$(cat "/proc/$(pid_of c)/numa_maps")" "bind:0"
	bundle d '.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "999" }'
	fails 1 rt create --bundle "$T/d" d
	has "$errors" "memory policy"
}

@test "an exec runs on the processors that execCPUAffinity names" {
	bundle c
	launch c
	jq '.process | .args = ["grep", "Cpus_allowed_list", "/proc/self/status"] | .execCPUAffinity = { initial: "0", final: "1" }' \
		<"$T/c/config.json" >"$D/process.json"
	[ "$(nproc)" -gt 1 ] || skip "one processor"
	is "$(rt exec --process "$D/process.json" c)" "$(printf 'Cpus_allowed_list:\t1')"
}

@test "a label without its security module is refused by name" {
	[ ! -e /sys/module/apparmor/parameters/enabled ] || skip "AppArmor is there"
	bundle a '.process.apparmorProfile = "some-profile"'
	fails 1 rt create --bundle "$T/a" a
	has "$errors" "AppArmor profile some-profile: AppArmor is not enabled on this host"
	[ ! -e /sys/fs/selinux/status ] || skip "SELinux is there"
	bundle s '.process.selinuxLabel = "system_u:system_r:x_t:s0"'
	fails 1 rt create --bundle "$T/s" s
	has "$errors" "SELinux is not enabled on this host"
}

@test "HOME is the user's of the image where the configuration has none, and stays where it has one" {
	bundle c '.process.args = ["env"]'
	has "$(rt run --bundle "$T/c" c)" HOME=/root
	config c '.process.user.uid = 1000'
	has "$(rt run --bundle "$T/c" c)" HOME=/home
	config c '.process.user.uid = 4242'
	is "$(rt run --bundle "$T/c" c | grep HOME)" HOME=/
	config c '.process.env += ["HOME=/tmp"]'
	is "$(rt run --bundle "$T/c" c | grep HOME)" HOME=/tmp
	rm "$T/c/rootfs/etc/passwd"
	mkfifo "$T/c/rootfs/etc/passwd" # nobody ever writes to it
	config c '.process.env |= map(select(startswith("HOME") | not))'
	is "$(rt run --bundle "$T/c" c | grep HOME)" HOME=/
		bundle e
	launch e
	has "$(rt exec --user 33 e env)" HOME=/var/www
}

@test "a missing working directory is made inside of the root, also of a read-only one" {
	bundle c '.process.cwd = "/a/b" | .process.args = ["sh", "-c", "pwd; stat -c %a-%u ."]'
	is "$(rt run --bundle "$T/c" c)" "$(printf '/a/b\n755-0')"
	bundle r '.process.cwd = "/a/b" | .root.readonly = true | .process.args = ["pwd"]'
	is "$(rt run --bundle "$T/r" r)" /a/b
	bundle l '.process.cwd = "/link/x" | .process.args = ["pwd"]'
	ln -s "../../../../$D" "$T/l/rootfs/link"
	fails 0 rt run --bundle "$T/l" l
	[ ! -e "$D/x" ]
	bundle f '.process.cwd = "/etc/passwd"'
	fails 1 rt create --bundle "$T/f" f
	has "$errors" "working directory /etc/passwd"
}

@test "the program is found along the PATH of the configuration, and what is missing is said" {
	bundle c
	mkdir "$T/c/rootfs/opt"
	printf '#!/bin/sh\necho found\n' >"$T/c/rootfs/opt/mine"
	chmod 755 "$T/c/rootfs/opt/mine"
	config c '.process.args = ["mine"] | .process.env = ["PATH=/nowhere:/opt"]'
	is "$(rt run --bundle "$T/c" c)" found
	printf '#!/no/interpreter\n' >"$T/c/rootfs/opt/mine"
	fails 1 rt create --bundle "$T/c" c
	has "$errors" "its interpreter /no/interpreter: no such file or directory"
	config c '.process.args = ["absent"]'
	fails 1 rt create --bundle "$T/c" c
	has "$errors" absent
	has "$errors" 'executable file not found in $PATH'
}

@test "an empty HOME is as none, and of a variable that is given twice the last value counts" {
	bundle c '.process.args = ["env"] | .process.env = ["A=1", "HOME=/x", "PATH=/bin", "A=2", "B=", "AB=3", "HOME="]'
	is "$(rt run -b "$T/c" c)" $'PATH=/bin\nA=2\nB=\nAB=3\nHOME=/root'
}

@test "a descriptor that is to be preserved and is not there is missed, not one of our own handed on" {
	bundle c '.process.args = ["ls", "/proc/self/fd"]'
	for how in "" --detach; do
		fails 1 rt run $how --preserve-fds 1 -b "$T/c" c 3>&-
		has "$errors" "descriptor 3"
	done
	fails 1 rt create --preserve-fds 1 -b "$T/c" c 3>&-
	has "$errors" "descriptor 3"
}

@test "a caller that is held on one processor does not hold its containers there" {
	[ "$(nproc)" -gt 1 ] || skip "one processor"
	bundle c '.process.args = ["grep", "Cpus_allowed_list", "/proc/self/status"]'
	all=$(grep Cpus_allowed_list /proc/self/status)
	is "$(taskset -c 0 "$RT" --root "$ROOT" run -b "$T/c" c)" "$all"
	config c '.process.args = ["sleep", "1000"]'
	launch c
	is "$(taskset -c 0 "$RT" --root "$ROOT" exec c grep Cpus_allowed_list /proc/self/status)" "$all"
}

@test "--preserve-fds: descriptors from 3 on reach the program at their numbers, and no others" {
	bundle c '.process.args = ["sh", "-c", "cat <&3; cat <&4; cat <&5; ls /proc/self/fd | tr \"\\n\" \" \""]'
	is "$(exec 3<<<three 4<<<four 5<<<five 7</etc 9<"$D"; rt run --bundle "$T/c" --preserve-fds 3 c)" \
		"$(printf 'three\nfour\nfive\n0 1 2 3 4 5 6 ')"
}
