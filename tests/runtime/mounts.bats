# The mounts of config.json: each option by what it does inside, as /proc/self/mountinfo and the files say.
load helper

# What mountinfo says inside of the mount at $2, of the program's view: options, optional fields, type, source, super options.
mounts_of() { runs "$1" cat /proc/self/mountinfo; }
mount_at() { awk -v at="$2" '$5 == at { line = $0 } END { print line }' <<<"$1"; } # mountinfo, destination
options_at() { awk -v at="$2" '$5 == at { o = $6 } END { print o }' <<<"$1"; }
fields_at() { mount_at "$1" "$2" | sed -E 's/^([^ ]+ ){6}//; s/ ?- .*//'; }
super_at() { mount_at "$1" "$2" | sed 's/.* - //'; }

mounted() { # ID, destination, type, source, options...
	local id=$1 destination=$2 type=$3 source=$4
	shift 4
	config "$id" '.mounts += [{ destination: $d, type: $t, source: $s, options: $ARGS.positional }]' \
		--arg d "$destination" --arg t "$type" --arg s "$source" --args "$@"
}

# A shell with mounts of its own, all private: what a test mounts there is nobody else's.
apart() {
	export -f "$@" rt
	export RT ROOT T D CGROUP
	unshare -m --propagation private bash -ec "$(cat)"
}

@test "each attribute is set on a bind mount and on a new file system, and its opposite clears it" {
	local option info
	bundle a
	mkdir "$D/v"
	for option in ro nosuid nodev noexec noatime nodiratime nosymfollow; do
		mounted a "/b/$option" bind "$D/v" bind $option
		mounted a "/t/$option" tmpfs tmpfs $option
	done
	mounted a /both tmpfs tmpfs ro rw noexec exec nosuid suid nodev dev noatime atime
	mounted a /strict tmpfs tmpfs strictatime
	info=$(mounts_of a)
	for option in ro nosuid nodev noexec noatime nodiratime nosymfollow; do
		matches "$(options_at "$info" "/b/$option")" "(^|,)$option(,|$)"
		matches "$(options_at "$info" "/t/$option")" "(^|,)$option(,|$)"
	done
	is "$(options_at "$info" /both)" rw,relatime
	is "$(options_at "$info" /strict)" rw
}

@test "what is not asked for of a bind mount stays as its source has it" {
	bundle a
	mkdir "$D/v"
	mounted a /kept bind "$D/v" bind
	mounted a /less bind "$D/v" bind nodev
	mounted a /cleared bind "$D/v" bind exec suid
	is "$(apart <<'END'
		mount -t tmpfs -o noexec,nosuid,noatime v "$D/v"
		jq '.process.args = ["grep", "-E", " /(kept|less|cleared) ", "/proc/self/mountinfo"]' "$T/a/config.json" >"$T/a/new"
		mv "$T/a/new" "$T/a/config.json"
		rt run -b "$T/a" a | awk '{ print $5, $6 }'
END
	)" $'/kept rw,nosuid,noexec,noatime\n/less rw,nosuid,nodev,noexec,noatime\n/cleared rw,noatime'
}

@test "rro, rnosuid, rnodev, rnoexec, rnoatime reach all mounts below, ro and its like only the first" {
	local info
	bundle a
	mkdir "$D/v"
	mounted a /one bind "$D/v" rbind ro nosuid
	mounted a /all bind "$D/v" rbind rro rnosuid rnodev rnoexec rnoatime
	mounted a /back bind "$D/v" rbind rro rnosuid rrw rsuid
	config a '.process.args = ["cat", "/proc/self/mountinfo"]'
	info=$(apart <<'END'
		mount -t tmpfs v "$D/v"
		mkdir "$D/v/sub"
		mount -t tmpfs sub "$D/v/sub"
		rt run -b "$T/a" a
END
	)
	is "$(options_at "$info" /one) $(options_at "$info" /one/sub)" "ro,nosuid,relatime rw,relatime"
	is "$(options_at "$info" /all)" ro,nosuid,nodev,noexec,noatime
	is "$(options_at "$info" /all/sub)" ro,nosuid,nodev,noexec,noatime
	is "$(options_at "$info" /back) $(options_at "$info" /back/sub)" "rw,relatime rw,relatime"
}

@test "bind takes the mount, rbind those below it too" {
	local info
	bundle a
	mkdir "$D/v"
	mounted a /one bind "$D/v" bind
	mounted a /all bind "$D/v" rbind
	config a '.process.args = ["cat", "/proc/self/mountinfo"]'
	info=$(apart <<'END'
		mkdir "$D/v/sub"
		mount -t tmpfs sub "$D/v/sub"
		rt run -b "$T/a" a
END
	)
	is "$(mount_at "$info" /one/sub)" ""
	has "$(super_at "$info" /all/sub)" "tmpfs sub"
}

@test "each propagation is what mountinfo says, and the r-form reaches what is below" {
	local info kind
	bundle a
	mkdir "$D/v"
	for kind in private shared slave unbindable; do
		mounted a "/$kind" bind "$D/v" rbind $kind
		mounted a "/r$kind" bind "$D/v" rbind r$kind
	done
	config a '.process.args = ["cat", "/proc/self/mountinfo"]'
	info=$(apart <<'END'
		mount -t tmpfs v "$D/v"
		mkdir "$D/v/sub"
		mount -t tmpfs sub "$D/v/sub"
		mount --make-rshared "$D/v"
		rt run -b "$T/a" a
END
	)
	is "$(fields_at "$info" /rprivate)$(fields_at "$info" /rprivate/sub)" ""
	is "$(fields_at "$info" /runbindable) $(fields_at "$info" /runbindable/sub)" "unbindable unbindable"
	matches "$(fields_at "$info" /rshared)" '^shared:[0-9]+$'
	matches "$(fields_at "$info" /rshared/sub)" '^shared:[0-9]+$'
	matches "$(fields_at "$info" /rslave) $(fields_at "$info" /rslave/sub)" '^master:[0-9]+ master:[0-9]+$'
	is "$(fields_at "$info" /private)" ""
	is "$(fields_at "$info" /unbindable)" unbindable
	matches "$(fields_at "$info" /shared)" '^shared:[0-9]+$'
	matches "$(fields_at "$info" /slave)" '^master:[0-9]+$'
}

@test "a mount that the host makes later appears below rslave and rshared, one of the container's only below rshared" {
	bundle a
	mkdir "$D/slave" "$D/shared" "$D/private"
	mounted a /slave bind "$D/slave" rbind rslave
	mounted a /shared bind "$D/shared" rbind rshared
	mounted a /private bind "$D/private" rbind
	config a '.process.capabilities[] += ["CAP_SYS_ADMIN"] | .process.args = ["sh", "-c",
		"mkfifo /go; read x </go; for d in slave shared private; do mkdir /$d/own; mount -t tmpfs own /$d/own; done; cat /proc/self/mountinfo >/shared/info; read x </go"]'
	apart eventually <<'END'
		for d in slave shared private; do
			mount --bind "$D/$d" "$D/$d"
			mount --make-shared "$D/$d"
		done
		rt create -b "$T/a" a </dev/null >/dev/null 2>&1
		rt start a
		eventually test -p "$T/a/rootfs/go"
		for d in slave shared private; do
			mkdir "$D/$d/late"
			mount -t tmpfs late "$D/$d/late"
		done
		echo >"$T/a/rootfs/go"
		eventually grep -q /shared/own "$D/shared/info"
		awk '{ print $5 }' /proc/self/mountinfo | grep "$D/.*/own" >"$D/seen"
		rt delete --force a
		umount "$D/shared/own"
END
	is "$(awk '{ print $5 }' "$D/shared/info" | grep -E '^/.*/(late|own)$' | sort | tr '\n' ' ')" \
		"/private/own /shared/late /shared/own /slave/late /slave/own "
	is "$(cat "$D/seen")" "$D/shared/own"
}

@test "a missing destination is made inside the root: a directory, or a file for a file" {
	bundle a
	mkdir "$D/v"
	echo content >"$D/file"
	mounted a /deep/er/dir bind "$D/v" bind
	mounted a /deep/file bind "$D/file" bind ro
	is "$(runs a sh -c 'cat /deep/file; stat -c %F /deep/er/dir')" $'content\ndirectory'
	is "$(stat -c '%F %a' "$T/a/rootfs/deep/file" "$T/a/rootfs/deep/er")" $'regular empty file 755\ndirectory 755'
}

@test "a source that is missing is named with the destination, and nothing is made" {
	bundle a
	mounted a /srv bind "$D/none" bind
	fails 1 runs a true
	has "$errors" "mount $D/none on /srv: open $D/none: No such file or directory"
	[ ! -e "$T/a/rootfs/srv" ]
	is "$(rt list -q)" ""
}

@test "a directory on a file, and a file on a directory, are told apart" {
	bundle a
	echo x >"$D/file"
	mounted a /etc bind "$D/file" bind
	fails 1 runs a true
	has "$errors" "the source is no directory, the destination is one"
	bundle b
	mounted b /etc/passwd bind "$D" bind
	fails 1 runs b true
	has "$errors" "mount $D on /etc/passwd: make the directory /etc/passwd: Not a directory"
}

@test "a relative source is of the bundle, a relative destination of the root, with a warning" {
	bundle a
	mkdir "$T/a/data"
	echo content >"$T/a/data/file"
	mounted a srv/data bind data bind
	is "$(runs a cat /srv/data/file 2>"$D/log")" content
	has "$(cat "$D/log")" "mount on srv/data"
}

@test "tmpcopyup: a tmpfs begins with the files of the image, their owners, modes and links" {
	bundle a
	mkdir -p "$T/a/rootfs/data/sub"
	echo one >"$T/a/rootfs/data/sub/one"
	chmod 604 "$T/a/rootfs/data/sub/one"
	chown 33:33 "$T/a/rootfs/data/sub/one"
	chmod 1751 "$T/a/rootfs/data"
	ln -s sub/one "$T/a/rootfs/data/link"
	mkfifo "$T/a/rootfs/data/fifo"
	mounted a /data tmpfs tmpfs tmpcopyup
	mounted a /none tmpfs tmpfs tmpcopyup ro
	is "$(runs a sh -c 'cat /data/link; stat -c "%a %u" /data/sub/one /data; ls /data; echo x >/data/new; stat -f -c %T /data; readlink /data/link')" \
		$'one\n604 33\n1751 0\nlink\nsub\ntmpfs\nsub/one'
	[ ! -e "$T/a/rootfs/data/new" ]
}

@test "tmpcopyup of what is read-only has the files and cannot be written" {
	bundle a
	echo one >"$T/a/rootfs/home/one"
	mounted a /home tmpfs tmpfs tmpcopyup ro
	is "$(runs a sh -c 'cat /home/one; touch /home/x 2>/dev/null || echo refused')" $'one\nrefused'
}

@test "a tmpfs over a directory of the image has its mode, and the mode that is asked for" {
	bundle a
	chmod 0711 "$T/a/rootfs/home"
	mounted a /home tmpfs tmpfs size=64k
	mounted a /root tmpfs tmpfs mode=0701 uid=33
	is "$(runs a stat -c '%a %u' /home /root)" $'711 0\n701 33'
	config a '.process.args = ["sh", "-c", "dd if=/dev/zero of=/home/x bs=1k count=65 2>&1 | grep -c space"]'
	is "$(rt run -b "$T/a" b)" 1
}

@test "a read-only tmpfs takes the mounts inside it first, a read-only /dev its nodes" {
	bundle a
	config a '(.mounts[] | select(.destination == "/dev").options) += ["ro"]'
	mounted a /run tmpfs tmpfs ro
	mounted a /run/secret bind "$T/a/config.json" bind ro
	is "$(runs a sh -c 'test -s /run/secret && test -c /dev/null && test -L /dev/fd && echo made; touch /run/x 2>/dev/null || echo refused; touch /dev/x 2>/dev/null || echo refused; echo >/dev/shm/x')" \
		$'made\nrefused\nrefused'
}

@test "copy-symlink: a link is made anew, with what it says; another in its place is refused" {
	bundle a
	ln -s /etc/passwd "$D/link"
	ln -s /etc/other "$T/a/rootfs/there"
	mounted a /srv/link bind "$D/link" bind copy-symlink
	is "$(runs a readlink /srv/link)" /etc/passwd
	is "$(rt run -b "$T/a" again)" /etc/passwd
	mounted a /there bind "$D/link" bind copy-symlink
	fails 1 runs a true
	has "$errors" "mount $D/link on /there: make the link /there: something else is there already"
}

@test "copy-symlink of what is no link is a bind" {
	bundle a
	echo x >"$D/file"
	mounted a /file bind "$D/file" bind copy-symlink
	is "$(runs a cat /file)" x
}

@test "src-nofollow mounts the link itself, dest-nofollow covers the link itself" {
	bundle a
	ln -s target "$D/link"
	echo content >"$D/file"
	ln -s /etc/passwd "$T/a/rootfs/covered"
	: >"$T/a/rootfs/place"
	mounted a /place bind "$D/link" bind src-nofollow
	mounted a /covered bind "$D/file" bind dest-nofollow
	is "$(runs a sh -c 'readlink /place; cat /covered; head -n 1 /etc/passwd')" $'target\ncontent\nroot:x:0:0:root:/root:/bin/sh'
	grep -q '^root' "$T/a/rootfs/etc/passwd"
}

@test "data options reach the file system, and one that it does not take is named" {
	bundle a
	mounted a /t tmpfs tmpfs size=128k nr_inodes=17
	has "$(super_at "$(mounts_of a)" /t)" "size=128k,nr_inodes=17"
	mounted a /u tmpfs tmpfs size=1m bogus=3
	fails 1 runs a true
	has "$errors" "mount tmpfs on /u: tmpfs does not take the option bogus=3"
}

@test "sync, dirsync and lazytime are of the file system" {
	bundle a
	mounted a /t tmpfs tmpfs sync dirsync lazytime
	matches "$(super_at "$(mounts_of a)" /t)" "rw,sync,dirsync,lazytime"
}

@test "an overlay with options of any length is mounted" {
	local long
	bundle a
	long=$D/$(printf 'x%.0s' {1..200})/$(printf 'y%.0s' {1..100})
	mkdir -p "$long/lower" "$long/upper" "$long/work" "$D/lower" "$D/upper" "$D/work"
	echo long >"$long/lower/file"
	echo short >"$D/lower/file"
	mounted a /long overlay overlay "lowerdir=$long/lower" "upperdir=$long/upper" "workdir=$long/work" nodev noatime nosymfollow
	mounted a /short overlay overlay "lowerdir=$D/lower" "upperdir=$D/upper" "workdir=$D/work"
	is "$(runs a sh -c 'cat /long/file /short/file; echo new >/long/new; grep " /long " /proc/self/mountinfo | cut -d " " -f 6')" $'long\nshort\nrw,nodev,noatime,nosymfollow'
	is "$(cat "$long/upper/new")" new
}

@test "a file system that the kernel does not have is named" {
	bundle a
	mounted a /t nosuchfs none
	fails 1 runs a true
	has "$errors" 'mount nosuchfs on /t: this kernel has no file system'
}

@test "an image file system of a read-only loop device is told that it is read-only" {
	command -v mke2fs >/dev/null && command -v losetup >/dev/null || skip "no mke2fs or losetup"
	bundle a
	truncate -s 2M "$D/image"
	mke2fs -q -F -t ext2 "$D/image"
	local loop
	loop=$(losetup -r -f --show "$D/image") || skip "no loop device"
	mounted a /image ext2 "$loop" ro
	config a '.linux.resources.devices = [{ allow: true, access: "rwm" }]'
	run runs a grep ' /image ' /proc/self/mountinfo
	losetup -d "$loop"
	has "$output" " - ext2 $loop ro"
}

@test "nothing is mounted inside /proc but what is harmless, and /proc only by a proc" {
	local place
	for place in /proc/self/attr /proc/sys /proc/1 /proc/./sys; do
		bundle a
		mounted a "$place" tmpfs tmpfs
		fails 1 runs a true
		has "$errors" "mount on $place: a mount inside /proc is not allowed"
		rm -rf "${T:?}/a"
	done
	bundle b
	echo 1 2 >"$D/uptime"
	mounted b /proc/uptime bind "$D/uptime" bind ro
	is "$(runs b cat /proc/uptime)" "1 2"
	bundle c
	mounted c /proc bind "$D" bind
	fails 1 runs c true
	has "$errors" "only a proc file system may be mounted there"
}

@test "below a read-only /sys/fs/cgroup of several hierarchies another mount is made, and then nothing" {
	[ ! -e /sys/fs/cgroup/cgroup.controllers ] || skip "cgroup v2 alone: nothing can be made there"
	bundle a
	mounted a /sys/fs/cgroup/mine tmpfs tmpfs
	is "$(runs a sh -c 'touch /sys/fs/cgroup/mine/x && ls /sys/fs/cgroup/mine; mkdir /sys/fs/cgroup/other 2>/dev/null || echo refused')" $'x\nrefused'
}
