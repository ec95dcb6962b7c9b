# What the helpers of all suites stand on: claims about texts, and a root file system of the machine's busybox.
#
#   is A B / has A B / hasnt A B / matches A PATTERN   claims about texts
#   fails STATUS COMMAND...  the command ends with this status; its stdout and stderr are in $output and $errors
#   eventually COMMAND...    the command succeeds within 40 s
#   rootfs_make DIRECTORY    a root file system

is() {
	[ "$1" = "$2" ] && return 0
	printf 'is:     %q\nshould: %q\n' "$1" "$2"
	return 1
}

has() {
	[[ $1 == *"$2"* ]] && return 0
	printf 'in:           %q\nthere is no:  %q\n' "$1" "$2"
	return 1
}

hasnt() {
	[[ $1 != *"$2"* ]] && return 0
	printf 'in:        %q\nthere is:  %q\n' "$1" "$2"
	return 1
}

matches() { # text, extended regular expression
	[[ $1 =~ $2 ]] && return 0
	printf 'this:            %q\ndoes not match:  %s\n' "$1" "$2"
	return 1
}

fails() { # status, command...
	local want=$1 status=0
	shift
	output=$("$@" 2>"$BATS_TEST_TMPDIR/errors" </dev/null) || status=$?
	errors=$(cat "$BATS_TEST_TMPDIR/errors")
	[ "$status" = "$want" ] && return 0
	printf 'status %s instead of %s: %s\nstdout: %s\nstderr: %s\n' "$status" "$want" "$*" "$output" "$errors"
	return 1
}

eventually() {
	local end=$((SECONDS + 40))
	while [ $SECONDS -le $end ]; do
		"$@" >/dev/null 2>&1 && return 0
		read -r -t 0.02 <> <(:) || true
	done
	printf 'not within 40 s: %s\n' "$*"
	return 1
}

rootfs_make() { # directory
	mkdir -p "$1"/{bin,dev,etc,proc,sys,root,home,var/www}
	mkdir -m 1777 "$1/tmp"
	cp /bin/busybox "$1/bin/busybox"
	# Links by name to where the machine's own busybox is.
	mkdir -p "$1/usr/bin"
	ln -s /bin/busybox "$1/usr/bin/busybox"
	/bin/busybox --install -s "$1/bin"
	printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'www-data:x:33:33::/var/www:/bin/sh' 'user:x:1000:1000::/home:/bin/sh' \
		>"$1/etc/passwd"
	printf '%s\n' 'root:x:0:' 'www-data:x:33:' 'user:x:1000:' 'extra:x:2000:user' >"$1/etc/group"
}
