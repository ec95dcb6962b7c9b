# A data root of the test's own on an overlay, whose files have no other owners in any mount.
on_overlay() {
	mkdir "$D/lower" "$D/upper" "$D/work" "$D/merged"
	mount -t overlay -o "lowerdir=$D/lower,upperdir=$D/upper,workdir=$D/work" o "$D/merged"
	instance_at "$D/merged/root"
	HOY_RUNROOT=$T/run2
	hoy import "${1:-$BATS_FILE_TMPDIR/busybox.tar}" busybox >/dev/null
}
teardown() {
	if mountpoint -q "${D:-/nowhere}/merged"; then
		hoy system reset -f >/dev/null && umount "$D/merged" || return
		instance_at "$T/root"
		HOY_RUNROOT=$T/run
	fi
	instance_remove
}
