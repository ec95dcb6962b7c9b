# Fail and kill at every privileged call of what copies, mounts, unmounts and replaces layers, and of the reset.
load helper

tmp_is_empty() { hoy ps >/dev/null && [ -z "$(ls -A "$HOY_ROOT/tmp" 2>/dev/null)" ]; }

# An image of two layers, the upper one with /kept, both mounted in the holder.
two_make() {
	hoy run --name con busybox sh -c 'echo kept >/kept' &&
		hoy commit con two >/dev/null &&
		hoy rm con >/dev/null &&
		hoy run --rm two true
}
two_works() { [ "$(hoy run --rm two cat /kept)" = kept ] || { echo "the image does not work" && return 1; }; }

# --- rmi -----------------------------------------------------------------------------------------------------------------

rmi_before() { hoy image inspect two >/dev/null 2>&1 || two_make; }
rmi_scenario() { hoy rmi two; }
rmi_after() {
	says_why || return 1
	if hoy image inspect two >/dev/null 2>&1; then
		[ "$status" != 0 ] || { echo "rmi said that all is well, and the image is there" && return 1; }
		two_works || return 1
	else
		eventually tmp_is_empty || return 1
		hoy system check --repair >/dev/null || true
		[ "$(find "$HOY_ROOT/layers" -name layer.erofs | wc -l)" = 1 ] || { echo "its layer is there" && return 1; }
		[ "$(layers_mounted)" -le 1 ] || { echo "its layer is mounted" && return 1; }
	fi
	hoy run --rm busybox true
}

@test "rmi with any one call of hoy failing removes and unmounts all of an image's layers or none" {
	before() { rmi_before; }
	scenario() { rmi_scenario; }
	after() { rmi_after; }
	sweep hoy fail
}
@test "rmi with hoy killed at any call leaves an image that works or none" {
	before() { rmi_before; }
	scenario() { rmi_scenario; }
	after() { rmi_after; }
	sweep hoy kill
}

# --- making a layer anew -------------------------------------------------------------------------------------------------

repair_before() {
	hoy image inspect two >/dev/null 2>&1 || two_make
	: >"$(layer_path two 1)/layer.erofs"
}
# Its findings are the outcome (SCENARIO_ENDS); with none the status would be 0.
repair_scenario() { hoy system check --repair; }
repair_after() {
	says_why || [ -s "$D/stdout" ] || return 1
	hoy system check --repair >/dev/null || true
	eventually tmp_is_empty || return 1
	two_works
}

@test "a layer that is made anew with any one call of hoy failing is whole after the next repair" {
	SCENARIO_ENDS=1
	before() { repair_before; }
	scenario() { repair_scenario; }
	after() { repair_after; }
	sweep hoy fail
}
@test "a layer that is made anew by a hoy killed at any call is whole after the next repair" {
	SCENARIO_ENDS=1
	before() { repair_before; }
	scenario() { repair_scenario; }
	after() { repair_after; }
	sweep hoy kill
}

# --- vfs -----------------------------------------------------------------------------------------------------------------

# Of few files: each is several calls.
vfs_before() {
	! hoy image inspect small >/dev/null 2>&1 || return 0
	mkdir -p "$D/small/bin"
	cp /bin/busybox "$D/small/bin/true"
	ln "$D/small/bin/true" "$D/small/bin/false"
	ln -s bin "$D/small/link"
	tar -C "$D/small" -cf "$D/small.tar" . && hoy import "$D/small.tar" small >/dev/null
}
vfs_scenario() { HOY_STORAGE_DRIVER=vfs hoy run --rm small true; }
vfs_after() { says_why && all_gone; }

@test "run --rm on a copied root with any one call of hoy failing leaves nothing" {
	before() { vfs_before; }
	scenario() { vfs_scenario; }
	after() { vfs_after; }
	sweep hoy fail
}
@test "run --rm on a copied root with hoy killed at any call leaves nothing" {
	before() { vfs_before; }
	scenario() { vfs_scenario; }
	after() { vfs_after; }
	sweep hoy kill
}

# --- reset ---------------------------------------------------------------------------------------------------------------

reset_before() {
	rm -rf "$HOY_ROOT" && cp -a "$BATS_FILE_TMPDIR/root" "$HOY_ROOT" || return 1
	idle con -v vol:/v
}
reset_scenario() { hoy system reset -f; }
reset_after() {
	says_why || return 1
	hoy system reset -f || return 1
	eventually has_no_leak reset || { leaks reset && return 1; }
	[ ! -e "$HOY_RUNROOT/holder" ] || { echo "the holder's directory is there" && return 1; }
}

@test "a reset with any one call of hoy failing is finished by the next one" {
	before() { reset_before; }
	scenario() { reset_scenario; }
	after() { reset_after; }
	sweep hoy fail
}
@test "a reset with hoy killed at any call is finished by the next one" {
	before() { reset_before; }
	scenario() { reset_scenario; }
	after() { reset_after; }
	sweep hoy kill
}
