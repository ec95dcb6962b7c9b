# As tests/live/helper.bash, and ways to make hostile images. A canary lies outside every container: it must stay as it is.
load ../live/helper

setup_file() {
	rootfs_make "$BATS_FILE_TMPDIR/rootfs"
	if [ -n "${NEEDS_PROBE:-}" ]; then # see probe.c
		"${CC:-gcc}" -D_GNU_SOURCE -O1 -static -o "$BATS_FILE_TMPDIR/rootfs/bin/probe" "$BATS_TEST_DIRNAME/probe.c"
	fi
	image_pack
}

setup() {
	instance_make
	CANARY=$T/canary
	mkdir "$CANARY"
	echo secret >"$CANARY/secret"
	CANARY_BEFORE=$(canary_state)
}

canary_state() { (cd "$CANARY" && find . -printf '%p %y %m %s %T@\n' | sort && cat secret); }
canary_is_untouched() { is "$(canary_state)" "$CANARY_BEFORE"; }

# An image whose root is changed by shell commands before it is packed: name, commands (run in the root).
hostile_image() {
	cp -a "$BATS_FILE_TMPDIR/rootfs" "$D/hostile"
	(cd "$D/hostile" && eval "$2")
	tar -C "$D/hostile" -Scf "$D/hostile.tar" .
	rm -rf "$D/hostile"
	hoy import "$D/hostile.tar" "$1" >/dev/null
}
