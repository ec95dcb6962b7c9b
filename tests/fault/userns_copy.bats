# Fail and kill at every privileged call of a start with a user namespace whose data root lies on an overlay, so that its container has a
# copy of the image.
load helper
load userns
load ../live/overlay_root

# Few files: each of them is a call or two of every round.
on_overlay_with_few() {
	tar -C "$BATS_FILE_TMPDIR/rootfs" -cf "$D/few.tar" ./dev ./etc ./proc ./sys ./usr ./bin/busybox ./bin/true ./bin/awk
	on_overlay "$D/few.tar"
}
# As all_gone, at another place, and whatever mounts are not the overlay's and the holder's.
overlay_is_clean() {
	[ -z "$(find "$HOY_ROOT"/{containers,pending,names,volumes,tmp} "$HOY_RUNROOT/containers" -mindepth 1 2>/dev/null)" ] &&
		[ -z "$(leaked_mounts | awk -v d="$D/merged" -v h="$HOY_RUNROOT/holder" '$5 != d && index($5, h) != 1')" ] &&
		[ -z "$(leaked_cgroups; leaked_processes)" ]
}
all_gone() { eventually has_no_container && eventually overlay_is_clean; }

@test "run --userns with a copy with any one call of hoy failing leaves nothing and says why" {
	on_overlay_with_few
	sweep hoy fail
}
@test "run --userns with a copy and hoy killed at any call leaves nothing, and its ids are free" {
	on_overlay_with_few
	sweep hoy kill
}
