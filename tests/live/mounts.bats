# Binds, volumes, tmpfs, and what of them is to be seen inside.
load helper

@test "-v binds a directory both ways" {
	echo outside >"$D/file"
	is "$(hoy run --rm -v "$D:/mnt/x" busybox sh -c 'cat /mnt/x/file; echo inside >/mnt/x/new')" outside
	is "$(cat "$D/new")" inside
}

@test "-v ...:ro is read-only, also below mounts of the source" {
	fails 1 hoy run --rm -v "$D:/x:ro" busybox touch /x/f
	has "$errors" "Read-only"
	mkdir "$D/sub"
	mount -t tmpfs sub "$D/sub"
	hoy run --rm -v "$D:/x:ro" busybox sh -c 'touch /x/sub/f' >/dev/null 2>&1 && touch "$D/writable"
	umount "$D/sub"
	[ ! -e "$D/writable" ]
}

@test "-v binds a single file" {
	echo content >"$D/file"
	is "$(hoy run --rm -v "$D/file:/etc/app.conf:ro" busybox cat /etc/app.conf)" content
}

@test "-v makes a missing source directory, --mount refuses it" {
	hoy run --rm -v "$D/missing:/x" busybox true
	[ -d "$D/missing" ]
	fails 125 hoy run --rm --mount type=bind,source="$D/absent",target=/x busybox true
	has "$errors" "$D/absent"
	[ ! -e "$D/absent" ]
}

@test "--mount takes bind, volume and tmpfs with their options" {
	is "$(hoy run --rm --mount type=bind,src="$D",dst=/b,readonly --mount type=volume,source=vol,target=/v \
		--mount type=tmpfs,destination=/t,tmpfs-size=1m,tmpfs-mode=0700 busybox sh -c '
		touch /b/x 2>/dev/null || echo "b is read-only"; touch /v/x && echo "v can be written"
		stat -c %a /t; df -k /t | awk "NR == 2 { print \$2 }"')" $'b is read-only\nv can be written\n700\n1024'
}

@test "an unknown key or type of --mount is refused by name" {
	refuses nosuchkey hoy run --rm --mount type=bind,src=/tmp,dst=/x,nosuchkey=1 busybox true
	refuses nosuchtype hoy run --rm --mount type=nosuchtype,src=/tmp,dst=/x busybox true
}

@test "a relative or root destination is refused" {
	refuses x hoy run --rm -v "$D:x" busybox true
	fails 125 hoy run --rm -v "$D:/" busybox true
}

@test "--tmpfs is empty, writable, of its size, and gone afterwards" {
	is "$(hoy run --rm --tmpfs /etc busybox sh -c 'ls /etc | grep -v -e host -e resolv; touch /etc/x && echo w')" w
	is "$(hoy run --rm --tmpfs /t:size=2m,mode=1700 busybox sh -c 'stat -c %a /t; df -k /t | awk "NR == 2 { print \$2 }"')" $'1700\n2048'
	fails 1 hoy run --rm --tmpfs /t:size=1m busybox sh -c 'dd if=/dev/zero of=/t/f bs=1M count=2'
	has "$errors" "No space"
}

@test "--read-only leaves the root file system unwritable and tmpfs writable" {
	fails 1 hoy run --rm --read-only busybox touch /file
	has "$errors" "Read-only"
	hoy run --rm --read-only --tmpfs /run -v vol:/vol busybox sh -c 'touch /run/x /vol/x /dev/shm/x'
}

@test "--shm-size is the size of /dev/shm, 64 MB without" {
	is "$(hoy run --rm --shm-size 3m busybox sh -c 'df -k /dev/shm | awk "NR == 2 { print \$2 }"')" 3072
	is "$(hoy run --rm busybox sh -c 'df -k /dev/shm | awk "NR == 2 { print \$2 }"')" 65536
}

@test "mounts shadow each other in the order of their depth, not of the flags" {
	mkdir "$D/outer" "$D/inner" && touch "$D/inner/here"
	is "$(hoy run --rm -v "$D/inner:/x/y" -v "$D/outer:/x" busybox ls /x/y)" here
}

@test "two mounts on one destination are refused" {
	refuses /x hoy run --rm -v "$D:/x" -v vol:/x busybox true
}

@test "nothing of a container's mounts is in the host's table and nothing of the host's in the container's" {
	idle mou -v "$D:/d" --tmpfs /t
	is "$(leaked_mounts)" ""
	hasnt "$(hoy exec mou cat /proc/mounts)" "$T"
	# A bind mount shows its path within its file system in every engine; the root's layers must not.
	hasnt "$(hoy exec mou grep -v -e ' /d ' -e ' /etc/' /proc/self/mountinfo)" "$HOY_ROOT"
}

@test "a mount made on the host after the start does not appear inside, and the other way round" {
	mkdir "$D/sub"
	idle mou --privileged -v "$D:/d"
	mount -t tmpfs later "$D/sub" && touch "$D/sub/host-only"
	run hoy exec mou ls /d/sub
	umount "$D/sub"
	is "$output" ""
	hoy exec mou mount -t tmpfs inside /d/sub
	is "$(leaked_mounts)" ""
}

@test "a bind over a symbolic link of the image follows it inside the container only" {
	hoy run --name link busybox ln -s /etc /linked
	hoy commit link linked >/dev/null
	echo bound >"$D/f"
	is "$(hoy run --rm -v "$D/f:/linked/f" linked cat /etc/f)" bound
	[ ! -e /etc/f ]
}

@test "/proc, /sys and /dev are mounted as docker mounts them" {
	local table
	table=$(hoy run --rm busybox cat /proc/mounts)
	matches "$table" '(^|
)proc /proc proc rw,nosuid,nodev,noexec'
	matches "$table" 'tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755'
	matches "$table" 'devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666'
	matches "$table" 'sysfs /sys sysfs ro,nosuid,nodev,noexec'
	matches "$table" '/dev/mqueue mqueue rw,nosuid,nodev,noexec'
	matches "$table" '/dev/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k'
	matches "$table" ' /sys/fs/cgroup tmpfs ro,nosuid,nodev,noexec'
	matches "$table" ' / overlay rw'
}
