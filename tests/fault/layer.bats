# Fail and kill at every privileged call of the writer of EROFS images: what is there then is a whole image or none that can be
# mounted.
HOY_BUILD=${HOY_BUILD:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/build/faults}
load ../live/helper
load ../live/tree
load sweep

setup_file() { :; }
setup() {
	instance_place
	mkdir "$D/mnt"
	export -f tree_facts
	tree_make "$D/tree"
	head -c 700000 /dev/urandom >"$D/tree/random"
	mkdir "$D/tree/many"
	touch "$D"/tree/many/{1..700}
	tar --format=pax --xattrs --xattrs-include='*' -S -cf "$D/t.tar" -C "$D/tree" .
}

within() { "$TREE/build/tools/erofs" "$D/img" "$D/mnt" "$@"; }

scenario() { "$BUILD/hoy-image" unpack erofs lowest <"$D/t.tar" >"$D/blob" 3>"$D/img" 4>"$D/result" 5</dev/null; }
round() {
	scenario_run "$1" || return 1
	grep -B 1 FIRED "$HOY_FAULT_LOG" >"$D/fired" || true
	HOY_FAULT_LOG='' after || round_failed "after" || return 1
}
after() {
	# Once it is whole, only the disk can still refuse it.
	if [ "$status" = 0 ] || grep -q 'fsync' "$D/fired"; then
		diff <(tree_facts "$D/tree") <(within bash -c "tree_facts '$D/mnt'") || return
		[ "$status" != 0 ] || return 0
	else
		fails 32 within true || return
	fi
	# Killed, also by its own filter, which knows no kill(2).
	[ "$status" -gt 128 ] || has "$(cat "$D/result")" '"error":"'
}

@test "an image with any one call failing is whole, or none with a reason" { sweep hoy-image fail; }
@test "an image whose writer was killed at any call is whole or none" { sweep hoy-image kill; }
