# As tests/live/helper.bash, and ways to make hostile images.
load ../live/helper
load canary

setup_file() {
	rootfs_make "$BATS_FILE_TMPDIR/rootfs"
	if [ -n "${NEEDS_PROBE:-}" ]; then # see probe.c
		"${CC:-gcc}" -D_GNU_SOURCE -O1 -static -o "$BATS_FILE_TMPDIR/rootfs/bin/probe" "$BATS_TEST_DIRNAME/probe.c"
	fi
	image_pack
}

setup() {
	instance_make
	canary_make
}

# An image whose root is changed by shell commands before it is packed: name, commands (run in the root).
hostile_image() {
	cp -a "$BATS_FILE_TMPDIR/rootfs" "$D/hostile"
	(cd "$D/hostile" && eval "$2")
	tar -C "$D/hostile" -Scf "$D/hostile.tar" .
	rm -rf "$D/hostile"
	hoy import "$D/hostile.tar" "$1" >/dev/null
}
