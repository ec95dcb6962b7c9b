# What a program may do by default, and what --cap-add, --security-opt and --privileged change.
load helper

status_line() { # flags... -- field
	local flags=()
	while [ "$1" != -- ]; do flags+=("$1") && shift; done
	hoy run --rm "${flags[@]}" busybox awk -v f="$2:" '$1 == f { print $2 }' /proc/self/status
}

@test "the default capabilities are docker's fourteen, inheritable and ambient empty" {
	is "$(hoy run --rm busybox grep -E '^Cap' /proc/self/status)" \
		$'CapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000'
}

@test "a user other than root has no effective capability" {
	is "$(status_line -u 1000 -- CapEff)" 0000000000000000
	is "$(status_line -u 1000 -- CapPrm)" 0000000000000000
}

@test "--cap-add and --cap-drop change the sets, with and without CAP_, ALL means all" {
	is "$(status_line --cap-add NET_ADMIN -- CapEff)" 00000000a80435fb
	is "$(status_line --cap-add CAP_NET_ADMIN -- CapBnd)" 00000000a80435fb
	is "$(status_line --cap-drop chown -- CapEff)" 00000000a80425fa
	is "$(status_line --cap-drop ALL -- CapBnd)" 0000000000000000
	is "$(status_line --cap-drop ALL --cap-add NET_RAW -- CapEff)" 0000000000002000
	is "$(status_line --cap-add ALL -- CapEff)" "$(awk '/^CapBnd/ { print $2 }' /proc/self/status)"
}

@test "a capability that does not exist is refused and named" {
	refuses NO_SUCH_CAP hoy run --rm --cap-add NO_SUCH_CAP busybox true
	refuses NO_SUCH_CAP hoy run --rm --cap-drop NO_SUCH_CAP busybox true
}

@test "the seccomp filter is on by default and off with unconfined" {
	is "$(status_line -- Seccomp)" 2
	is "$(status_line --security-opt seccomp=unconfined -- Seccomp)" 0
}

@test "the default filter refuses what docker's refuses" {
	fails 1 hoy run --rm busybox unshare -U true
	fails 1 hoy run --rm busybox mount -t tmpfs x /tmp
	fails 1 hoy run --rm busybox unshare -m true
	hoy run --rm --cap-add SYS_ADMIN busybox unshare -m true
}

@test "a profile from a file is used" {
	cat >"$D/profile" <<-'END'
	{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
	  { "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28 } ] }
	END
	fails 1 hoy run --rm --security-opt "seccomp=$D/profile" busybox mkdir /x
	has "$errors" "No space"
	hoy run --rm --security-opt "seccomp=$D/profile" busybox touch /y
}

@test "a broken profile and a missing one are refused" {
	echo '{ "defaultAction": "SCMP_ACT_NONSENSE" }' >"$D/profile"
	fails 125 hoy run --rm --security-opt "seccomp=$D/profile" busybox true
	has "$errors" SCMP_ACT_NONSENSE
	fails 125 hoy run --rm --security-opt "seccomp=$D/absent" busybox true
	has "$errors" "$D/absent"
	fails 125 hoy run --rm --security-opt nonsense=1 busybox true
	has "$errors" nonsense
	is "$(hoy ps -aq)" ""
}

@test "no-new-privileges is off by default and on when asked" {
	is "$(status_line -- NoNewPrivs)" 0
	is "$(status_line --security-opt no-new-privileges -- NoNewPrivs)" 1
	is "$(status_line --security-opt no-new-privileges:true -- NoNewPrivs)" 1
}

@test "masked paths give nothing" {
	local path
	for path in /proc/kcore /proc/keys /proc/timer_list /proc/interrupts /proc/sched_debug /proc/latency_stats; do
		[ -e $path ] || continue
		is "$(hoy run --rm busybox sh -c "head -c 100 $path | wc -c")" 0
	done
	for path in /proc/acpi /proc/scsi /sys/firmware /sys/devices/virtual/powercap; do
		[ -d $path ] || continue
		is "$(hoy run --rm busybox ls -A $path)" ""
		fails 1 hoy run --rm busybox touch $path/x
	done
}

@test "read-only paths cannot be written" {
	local path
	for path in /proc/sys/kernel/domainname /proc/sys/vm/drop_caches /proc/sysrq-trigger /proc/irq/default_smp_affinity \
		/sys/kernel/profiling; do
		[ -e $path ] || continue
		fails 1 hoy run --rm busybox sh -c "echo 1 >$path"
		matches "$errors" 'Read-only|denied|not permitted'
	done
	fails 1 hoy run --rm busybox sh -c 'mkdir /sys/fs/cgroup/memory/x'
}

@test "--privileged has every capability, no filter, all devices and writable /sys" {
	is "$(status_line --privileged -- CapEff)" "$(awk '/^CapBnd/ { print $2 }' /proc/self/status)"
	is "$(status_line --privileged -- Seccomp)" 0
	hoy run --rm --privileged busybox sh -c '[ -c /dev/kmsg ] && [ -e /dev/loop-control ]'
	matches "$(hoy run --rm --privileged busybox cat /proc/mounts)" 'sysfs /sys sysfs rw'
	hoy run --rm --privileged busybox mount -t tmpfs x /tmp
	[ "$(hoy run --rm --privileged busybox sh -c 'head -c 10 /proc/timer_list | wc -c')" = 10 ]
}

@test "what --privileged mounts stays in the container" {
	hoy run --rm --privileged -v "$D:/d" busybox mount -t tmpfs inside /d
	is "$(leaked_mounts)" ""
}

@test "the program cannot see or trace hoy" {
	idle sec --cap-add SYS_PTRACE
	is "$(hoy exec sec sh -c 'cat /proc/[0-9]*/cmdline | tr "\0" " " | grep -c "[h]oy" || true')" 0
}

@test "the state of hoy cannot be read by another user" {
	idle sec
	is "$(stat -c %a "$HOY_ROOT")" 700
	fails 1 setpriv --reuid 65534 --regid 65534 --clear-groups ls "$HOY_ROOT/containers" || fails 2 setpriv --reuid 65534 \
		--regid 65534 --clear-groups ls "$HOY_ROOT/containers"
}
