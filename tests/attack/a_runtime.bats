# Family A of the list of attacks: leaving through the runtime, the root file system, /proc.
NEEDS_PROBE=1
load helper

@test "A1 CVE-2019-5736: a program that is /proc/self/exe runs no binary of ours and cannot overwrite one" {
	local before
	before=$(sha256sum "$BUILD"/hoy*)
	hostile_image evil 'printf "#!/proc/self/exe\n" >bin/evil; chmod 755 bin/evil'
	run hoy run --rm evil /bin/evil
	[ "$status" != 0 ]
	hoy run -d --name vic evil sh -c 'while :; do for p in /proc/[0-9]*; do [ $p = /proc/1 ] || { exec 3<$p/exe; (echo x >/proc/self/fd/3); }; done 2>/dev/null; done' >/dev/null
	local i
	for i in $(seq 20); do
		hoy exec vic true || true
		run hoy exec vic /bin/evil
	done
	is "$(sha256sum "$BUILD"/hoy*)" "$before"
}

@test "A1 CVE-2019-5736: while exec starts, the program inside is a sealed memfd" {
	hoy run -d --name vic --cap-add SYS_PTRACE busybox sh -c 'while :; do for p in /proc/[0-9]*; do
		[ $p = /proc/1 ] || readlink $p/exe; done 2>/dev/null; done >>/tmp/seen' >/dev/null
	local i
	for i in $(seq 30); do hoy exec vic true; done
	run hoy exec vic sh -c 'grep hoy /tmp/seen | grep -v memfd:'
	is "$output" ""
}

@test "A2 CVE-2016-9962: no descriptor of the host is to be seen in a process that enters" {
	hoy run -d --name vic --cap-add SYS_PTRACE busybox probe watch 100 >/dev/null
	eventually logged vic watching
	local i
	for i in $(seq 60); do hoy exec vic true; done
	hoy kill vic >/dev/null
	hoy wait vic >/dev/null
	is "$(hoy logs vic | grep -v -e watching -e '-> /proc' -e '-> /dev' -e 'memfd:' -e 'socket:' -e 'anon_inode' || true)" ""
	hasnt "$(hoy logs vic)" writable
}
logged() { hoy logs "$1" | grep -q "$2"; }

# What a process in the container `vic` sees of one that is being born beside it: script, which has its number as $1.
seen_by_neighbour() {
	hoy exec vic sh -c 'for p in /proc/[0-9]*; do p=${p#/proc/}; case $(cat /proc/$p/comm) in hoy-init) set -- "$p"; '"$1"';; esac; done'
}
neighbour_is_held() { [ "$(hoy exec vic sh -c 'cat /proc/[0-9]*/comm' | grep -c hoy-init)" = 1 ]; }

@test "A2: an init that is born in another container's pid namespace has nothing of the host in view, not even to CAP_SYS_PTRACE" {
	idle vic --cap-add SYS_PTRACE
	local stage fds
	for stage in namespaces root mounts pivot; do
		hoy --hold "$stage" run --rm --pid container:vic -v "$CANARY:/canary" busybox true 2>/dev/null &
		local p=$!
		eventually neighbour_is_held
		# Its root is the empty file system that it was born in, and so is its working directory or the container's own root.
		is "$(seen_by_neighbour 'ls -A /proc/$1/root/ | head -5')" ""
		hasnt "$(seen_by_neighbour 'ls /proc/$1/cwd/.. /proc/$1/root/..')" var
		# Directories that it holds are mounts of the container's: no way leads up from them.
		fds=$(seen_by_neighbour 'for f in /proc/$1/fd/*; do [ -d $f/ ] && ls $f/.. | head -40; done')
		hasnt "$fds" "$(basename "$T")"
		hasnt "$fds" lost+found
		hoy exec vic sh -c 'kill -CONT $(grep -l hoy-init /proc/[0-9]*/comm | cut -d / -f 3)'
		wait "$p"
	done
}

@test "A2: no mount of a container, of its init or of its exec names a path of the host, with any storage driver" {
	local driver
	for driver in erofs overlay; do
		HOY_STORAGE_DRIVER=$driver hoy import "$BATS_FILE_TMPDIR/busybox.tar" "$driver" >/dev/null
		HOY_STORAGE_DRIVER=$driver hoy run -d --name "c-$driver" "$driver" sleep 1000 >/dev/null
		# Binds of files of the host say where in its file system they lie; everything else must not.
		hasnt "$(hoy exec "c-$driver" grep -v ' /etc/' /proc/self/mountinfo)" "$T"
		hasnt "$(hoy exec "c-$driver" grep -v ' /etc/' /proc/1/mountinfo)" "$T"
		hoy rm -f "c-$driver" >/dev/null
	done
}

@test "A2: the holder cannot be reached from inside: no descriptor, no mount, no namespace leads there" {
	idle vic --cap-add SYS_ADMIN --cap-add SYS_PTRACE --security-opt seccomp=unconfined
	is "$(hoy exec vic sh -c 'ls -l /proc/1/fd /proc/self/fd | grep -c "mnt:\|holder\|layers"' || true)" 0
	# Even with every mount taken away there is no other root below.
	hoy exec vic sh -c 'umount -l /etc/hosts /etc/hostname /etc/resolv.conf /dev/pts /dev /sys /proc 2>/dev/null; umount -l / 2>/dev/null; ls / /..' >"$D/out" 2>&1 || true
	hasnt "$(cat "$D/out")" layers
	hasnt "$(cat "$D/out")" store
	is "$(find /proc/[0-9]*/ns/mnt -maxdepth 0 -lname "$(stat -L -c 'mnt:[%i]' "$HOY_RUNROOT/holder/store")" 2>/dev/null | wc -l)" 0
}

@test "A3 CVE-2024-21626: a working directory of /proc/self/fd/N reaches nothing of the host" {
	local n
	for n in $(seq 3 20); do
		run hoy run --rm -w "/proc/self/fd/$n" busybox ls ../../../../../.. 7</etc 8</ 9<"$CANARY"
		hasnt "$output" canary
		hasnt "$output" lost+found
		hasnt "$output" boot
	done
	canary_is_untouched
}

@test "A3 CVE-2024-21626: the same for exec -w and for WORKDIR of an image" {
	idle vic
	local n
	for n in $(seq 3 20); do
		run hoy exec -w "/proc/self/fd/$n" vic ls ../../../../../.. 7</etc 8</ 9<"$CANARY"
		hasnt "$output" boot
		hoy import -c "WORKDIR /proc/self/fd/$n" "$BATS_FILE_TMPDIR/busybox.tar" "wd" >/dev/null
		run hoy run --rm wd ls ../../../../../.. 7</etc 8</
		hasnt "$output" boot
	done
}

@test "A4 CVE-2024-21626b: /proc/self/fd/N as command runs nothing of the host" {
	local n
	for n in $(seq 3 15); do
		run hoy run --rm busybox "/proc/self/fd/$n" 7</bin/true 8</bin/true 9<"$HOY"
		[ "$status" != 0 ]
	done
	idle vic
	for n in $(seq 3 15); do
		run hoy exec vic "/proc/self/fd/$n" 7</bin/true 8</bin/true
		[ "$status" != 0 ]
	done
}

@test "A5 A6 CVE-2021-30465 CVE-2024-45310: a mount target that is swapped for a link never lands on the host" {
	mkdir "$D/shared" "$D/shared/dir"
	ln -s "$CANARY" "$D/shared/link"
	hoy run -d --name racer -v "$D/shared:/s" busybox probe exchange /s/dir /s/link 20 >/dev/null
	local i
	for i in $(seq 60); do
		run hoy run --rm -v "$D/shared:/s" --tmpfs /s/dir/made -v "$BATS_FILE_TMPDIR/busybox.tar:/s/dir/file" busybox true
	done
	hoy kill racer >/dev/null
	canary_is_untouched
	is "$(leaked_mounts)" ""
}

@test "A7 A8 CVE-2025-31133: /dev/null of the image as a link is neither masked with nor opened" {
	hostile_image evil 'rm -rf dev/null; ln -s /proc/sys/kernel/domainname dev/null'
	local mounts
	mounts=$(hoy run --rm evil cat /proc/self/mountinfo)
	hasnt "$mounts" domainname
	is "$(hoy run --rm evil stat -L -c '%t:%T' /dev/null)" 1:3
	is "$(hoy run --rm evil sh -c 'readlink /proc/self/fd/0')" /dev/null
	is "$(hoy run --rm evil sh -c 'head -c 1 /proc/keys | wc -c')" 0
}

@test "A9 CVE-2025-52565: /dev/pts/0 and /dev/console of the image as links are not used" {
	hostile_image evil 'mkdir -p dev/pts; ln -s /proc/sys/kernel/domainname dev/pts/0; ln -s /proc/sys/kernel/domainname dev/console'
	is "$(hoy run --rm -t evil stat -L -c '%t' /dev/console | tr -d '\r')" 88
	hasnt "$(hoy run --rm -t evil cat /proc/self/mountinfo)" domainname
}

@test "A10 CVE-2025-52881: /proc/self/attr and sysctls of the image cannot catch our writes" {
	hostile_image evil 'rmdir proc; mkdir -p proc/self/attr proc/sys/kernel; : >proc/sys/kernel/msgmax; ln -s /proc/sysrq-trigger proc/self/attr/exec'
	is "$(hoy run --rm --sysctl kernel.msgmax=4321 evil cat /proc/sys/kernel/msgmax)" 4321
	is "$(hoy run --rm evil stat -f -c %T /proc)" proc
}

@test "A11 A12 CVE-2026-41579 CVE-2026-47766: /dev as a link makes no node outside" {
	hostile_image evil "rmdir dev; ln -s $CANARY dev"
	run hoy run --rm evil true
	canary_is_untouched
	hostile_image evil2 "rmdir dev; ln -s ../../../../../../../../../..$CANARY dev"
	run hoy run --rm evil2 true
	canary_is_untouched
	hostile_image evil3 "mkdir -p $(printf '%s' "${CANARY#/}"); rmdir dev; ln -s $CANARY dev"
	run hoy run --rm evil3 true
	canary_is_untouched
}

@test "A13 CVE-2019-16884: no mount may lie in /proc, whatever links lead there" {
	hostile_image evil 'ln -s /proc lnk; ln -s /proc/self self'
	local target
	for target in /proc/self/attr /proc/sys /proc /lnk/self/attr /lnk/sys /lnk/1 /self/attr /proc/../proc/sys; do
		fails 125 hoy run --rm -v "$D:$target" evil true
		fails 125 hoy run --rm --tmpfs "$target" evil true
	done
	hoy run --rm -v "$BATS_FILE_TMPDIR/busybox.tar:/proc/uptime:ro" evil true
}

@test "A14 CVE-2019-19921 CVE-2023-27561: /proc or /sys of the image as a link is refused or a real one, never elsewhere" {
	hostile_image evil 'rmdir proc; mkdir -p tmp/p; ln -s tmp/p proc'
	run hoy run --rm evil stat -f -c %T /proc
	[ "$status" != 0 ] || is "$output" proc
	hostile_image evil2 "rmdir sys; ln -s $CANARY sys"
	run hoy run --rm evil2 true
	canary_is_untouched
	is "$(leaked_mounts)" ""
}

@test "A15 CVE-2023-25809: root of a user namespace cannot write to any cgroup mount, with the host's cgroup namespace either" {
	local mode
	for mode in private host; do
		run hoy run --rm --userns auto --cgroupns "$mode" busybox sh -c 'mount | grep -c "type cgroup"; mount | grep "type cgroup" | grep -v "[(,]ro[,)]"
			find /sys/fs/cgroup/ -name "cgroup.procs" -maxdepth 3 | while read -r f; do (echo 1 >"$f") 2>/dev/null && echo "wrote $f"; done; true'
		is "$status" 0
		matches "$output" '^[1-9][0-9]*$'
	done
}

@test "A16 CVE-2022-0492: no cgroup file system can be mounted and release_agent not be set" {
	fails 1 hoy run --rm busybox unshare -UrmC true
	fails 1 hoy run --rm busybox sh -c 'mkdir /tmp/c && mount -t cgroup -o memory x /tmp/c'
	fails 1 hoy run --rm busybox sh -c 'echo /x >/sys/fs/cgroup/memory/release_agent'
	fails 1 hoy run --rm busybox sh -c 'echo 1 >/sys/fs/cgroup/memory/notify_on_release'
}

@test "A17 A22 CVE-2019-18837 CVE-2015-1335: a link in the way of a mount target stays inside" {
	hostile_image evil "ln -s ../../../../../../../..$CANARY lnk; ln -s $CANARY abs"
	run hoy run --rm --tmpfs /lnk/sub -v "$D:/abs/sub" evil touch /lnk/sub/x
	canary_is_untouched
	is "$(leaked_mounts)" ""
}

@test "A18 CVE-2025-24965: files that hoy puts into a container are not written through links" {
	hostile_image evil "rm -f etc/hosts etc/resolv.conf etc/hostname; for f in hosts resolv.conf hostname; do ln -s $CANARY/secret etc/\$f; done; ln -s $CANARY/secret .dockerenv; mkdir -p run; ln -s $CANARY/made run/.containerenv"
	run hoy run --rm --add-host a:10.0.0.1 evil sh -c 'echo x >>/etc/hosts'
	canary_is_untouched
	[ ! -e "$CANARY/made" ]
}

@test "A19 CVE-2015-3630: paths that are masked or read-only cannot be written" {
	local path
	for path in /proc/asound /proc/timer_stats /proc/latency_stats /proc/fs /proc/bus /proc/irq /proc/sys/kernel/core_pattern \
		/proc/sysrq-trigger /proc/kcore /proc/scsi; do
		[ -e $path ] || continue
		run hoy run --rm busybox sh -c "if [ -d $path ]; then : >$path/x; else echo h >$path; fi"
		[ "$status" != 0 ] || is "$path" "a masked path that swallows" || is "$(hoy run --rm busybox stat -c %t "$path")" 1
	done
}

@test "A20 CVE-2014-9357, C68 CVE-2026-41567: importing and loading run no decompressor of anybody" {
	mkdir "$D/bin"
	local name
	for name in gzip zstd xz bzip2; do $name -c "$BATS_FILE_TMPDIR/busybox.tar" >"$D/image.$name"; done
	hoy save busybox | xz >"$D/saved"
	for name in gzip gunzip unpigz xz unxz xzcat bzip2 bunzip2 bzcat lbzip2 pbzip2 zstd unzstd tar; do
		printf '#!/bin/sh\n: >%s/ran\n' "$D" >"$D/bin/$name"
		chmod 755 "$D/bin/$name"
	done
	for name in gzip zstd xz bzip2; do PATH="$D/bin:$PATH" hoy import "$D/image.$name" "a:$name" >/dev/null; done
	PATH="$D/bin:$PATH" hoy load -i "$D/saved" >/dev/null
	[ ! -e "$D/ran" ]
	for name in gzip zstd xz bzip2; do hoy run --rm "a:$name" true; done
}

@test "A21 CVE-2016-8649: exec trusts nothing in the container's /proc" {
	hoy run -d --name vic --privileged busybox sh -c 'mount -t tmpfs forged /proc; mkdir -p /proc/self/attr /proc/1/ns /proc/sys/kernel
		echo forged >/proc/self/attr/exec; echo "Uid: 0" >/proc/self/status; while :; do sleep 1000 & wait; done' >/dev/null
	eventually hoy exec vic test -e /proc/self/status
	is "$(hoy exec -u 33 vic id -u)" 33
	is "$(hoy exec vic cat /proc/self/attr/exec)" forged
}

@test "A23 CVE-2021-43784: more than 64 KiB of mounts and variables run or are refused, whole" {
	local flags=() i
	for i in $(seq 400); do flags+=(-e "VARIABLE_$i=$(printf 'x%.0s' $(seq 300))"); done
	for i in $(seq 60); do flags+=(--tmpfs "/$(printf 'd%.0s' $(seq 120))$i"); done
	is "$(hoy run --rm "${flags[@]}" busybox sh -c 'env | grep -c ^VARIABLE_; grep -c " /ddd" /proc/mounts')" $'400\n60'
}
