# What the attacks on hoy-runtime stand on: as tests/runtime/helper.bash, and a canary outside of every container, which must stay as
# it is. With NEEDS_PROBE=1 the root file system has bin/probe (probe.c).
#
#   HOY_ATTACK_RUNTIME=/usr/sbin/runc bats tests/attack/runtime_*.bats      how a peer does under the same attacks: what fails there
#                                                                           shows that the attack is real
source "$BATS_TEST_DIRNAME/../runtime/helper.bash"
load canary

if [ -n "${HOY_ATTACK_RUNTIME:-}" ]; then
	RT=$HOY_ATTACK_RUNTIME
	eval "$(declare -f bundle | sed '1s/^bundle/bundle_of_ours/')"
	bundle() { bundle_of_ours "$@" && config "$1" '.ociVersion = "1.0.2"'; } # crun 1.8 knows no later one
fi

setup_file() {
	rootfs_make "$BATS_FILE_TMPDIR/rootfs"
	[ -z "${NEEDS_PROBE:-}" ] ||
		"${CC:-gcc}" -D_GNU_SOURCE -O1 -static -o "$BATS_FILE_TMPDIR/rootfs/bin/probe" "$BATS_TEST_DIRNAME/probe.c"
}

setup() {
	instance_make
	canary_make
}
