# A data root of the test's own on an overlay: no other overlay can be mounted on it, its files have no other owners in any mount, and
# it has no device 0:0.
on_overlay() { # image (none: busybox), mount options of it
	mkdir "$D/lower" "$D/upper" "$D/work" "$D/merged"
	mount -t overlay -o "lowerdir=$D/lower,upperdir=$D/upper,workdir=$D/work${2:+,$2}" o "$D/merged"
	instance_at "$D/merged/root"
	HOY_RUNROOT=$T/run2
	hoy import "${1:-$BATS_FILE_TMPDIR/busybox.tar}" busybox >/dev/null
}
# Back to the test's other data root; what was on the overlay is gone.
off_overlay() {
	hoy system reset -f >/dev/null && umount "$D/merged" && rm -r "$D/lower" "$D/upper" "$D/work" "$D/merged" || return
	instance_at "$T/root"
	HOY_RUNROOT=$T/run
}
root_of() { echo "$HOY_ROOT/containers/$(inspect "$1" '{{.Id}}')/root"; }

teardown() {
	! mountpoint -q "${D:-/nowhere}/merged" || off_overlay || return
	instance_remove
}
