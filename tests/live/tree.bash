# Trees of files, and what can be seen of them.
#
#   tree_make DIRECTORY     a tree with everything that a tar can carry
#   tree_facts DIRECTORY    every attribute of every file, sorted: two trees are the same when these are

tree_make() { # directory
	mkdir -p "$1"/a/b "$1/with space" "$1/$(printf 'long%.0s' {1..50})/$(printf 'deep%.0s' {1..50})" "$1/empty"
	echo content >"$1/a/file"
	ln "$1/a/file" "$1/hardlink"
	ln -s ../nowhere "$1/a/link"
	ln -s "$(printf 'x%.0s' {1..200})" "$1/longlink"
	mknod "$1/null" c 1 3
	mknod "$1/disk" b 7 200
	mkfifo "$1/fifo"
	truncate -s 20M "$1/sparse"
	printf x | dd of="$1/sparse" bs=1 seek=9000000 conv=notrunc status=none
	cp /bin/busybox "$1/setuid"
	chown 12:34 "$1/setuid"
	chmod 6755 "$1/setuid"
	chmod 1777 "$1/a/b"
	chmod 2750 "$1/empty"
	echo cap >"$1/capable"
	setcap cap_net_raw+ep "$1/capable"
	setfattr -n user.note -v 'some text' "$1/a/file"
	setfattr -n user.dir -v on "$1/a"
	echo u >"$1/ünïcödé"
	chown 3000000:3000001 "$1/ünïcödé"
	touch -d '2001-02-03 04:05:06.789012345 UTC' "$1/a/file" "$1/a"
	touch -h -d '2002-02-02 02:02:02.2 UTC' "$1/a/link"
	touch -d '1969-12-31 23:59:58 UTC' "$1/capable"
	touch -d '2090-01-01 00:00:00.5 UTC' "$1/longer"
	chmod 711 "$1"
	touch -d '2003-03-03 UTC' "$1"
}

# Type, mode, owner, links, size, time, target, device, content, extended attributes.
tree_facts() {
	(
		cd "$1"
		find . -printf '%p|%y|%m|%U:%G|%n|%s|%T@|%l\n' | sed 's/^\([^|]*|d|[^|]*|[^|]*\)|[^|]*|[^|]*/\1/' | sort
		find . \( -type c -o -type b \) -exec stat -c '%n %t %T' {} + | sort
		find . -type f -exec sha256sum {} + | sort
		find . -print0 | sort -z | xargs -0 getfattr -h -d -m '^(user\.|security\.capability)' 2>/dev/null
		# Names of one file: each with the first of them. Not of devices: overlay makes its whiteouts names of one.
		find . ! -type d ! -type c -links +1 -printf '%i %p\n' | sort -k 2 | awk '!($1 in first) { first[$1] = $2 } { print first[$1], $2 }'
	)
}
