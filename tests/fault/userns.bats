# Fail and kill at every privileged call of `run --userns auto`: afterwards the container is absent or whole.
load helper

before() { holder_remove 2>/dev/null || true; }
scenario() { HOY_TIMEOUT=20 hoy run --rm --userns auto -v vol:/v busybox true; }
after() {
	says_why || return 1
	eventually has_no_container || return 1
	hoy volume rm vol >/dev/null 2>&1
	all_gone || return 1
	# Whoever had the range, it is free again.
	[ "$(hoy run --rm --userns auto busybox awk '{ print $2 }' /proc/self/uid_map)" = 1879048192 ]
}

@test "run --userns with any one call of hoy failing leaves nothing and says why" { sweep hoy fail; }
@test "run --userns with hoy killed at any call leaves nothing, and its ids are free" { sweep hoy kill; }
@test "run --userns with any one call of hoy-init failing leaves nothing and says why" { sweep hoy-init fail; }

# The same with the data root on an overlay, where the container has a copy.
on_overlay() {
	mkdir "$D/lower" "$D/upper" "$D/work" "$D/merged"
	mount -t overlay -o "lowerdir=$D/lower,upperdir=$D/upper,workdir=$D/work" o "$D/merged"
	instance_at "$D/merged/root"
	HOY_RUNROOT=$T/run2
	# Few files: each of them is a call or two of every round.
	tar -C "$BATS_FILE_TMPDIR/rootfs" -c ./dev ./etc ./proc ./sys ./usr ./bin/busybox ./bin/true ./bin/awk | hoy import - busybox >/dev/null
}
teardown() {
	if mountpoint -q "${D:-/nowhere}/merged"; then
		hoy system reset -f >/dev/null && umount "$D/merged" || return
		instance_at "$T/root"
		HOY_RUNROOT=$T/run
	fi
	instance_remove
}
# As all_gone, at another place, and whatever mounts are not the overlay's and the holder's.
overlay_is_clean() {
	[ -z "$(find "$HOY_ROOT"/{containers,pending,names,volumes,tmp} "$HOY_RUNROOT/containers" -mindepth 1 2>/dev/null)" ] &&
		[ -z "$(leaked_mounts | awk -v d="$D/merged" -v h="$HOY_RUNROOT/holder" '$5 != d && index($5, h) != 1')" ] &&
		[ -z "$(leaked_cgroups; leaked_processes)" ]
}
all_gone() {
	eventually has_no_container || return 1
	if mountpoint -q "$D/merged"; then eventually overlay_is_clean; else eventually has_no_leak files; fi
}

@test "run --userns with a copy with any one call of hoy failing leaves nothing and says why" {
	on_overlay
	sweep hoy fail
}
@test "run --userns with a copy and hoy killed at any call leaves nothing, and its ids are free" {
	on_overlay
	sweep hoy kill
}
