# Fail and kill at every privileged call of a `push` that compresses: afterwards the image is as it was, with or without its compressed
# blobs, the next push succeeds, and everything goes with the image.
load helper
load ../live/registry

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/tree"
	head -c 2M /dev/urandom >"$BATS_FILE_TMPDIR/tree/noise"
	tar -cf "$BATS_FILE_TMPDIR/plain.tar" -C "$BATS_FILE_TMPDIR/tree" noise
}
setup() {
	registry_setup
	export HOY_FETCH_ATTEMPTS=2
	registry
	hoy ps >/dev/null
	STORE=$(store)
}
teardown() { registry_teardown; }

store() { (cd "$HOY_ROOT" && find blobs layers tmp images partial -mindepth 1 -maxdepth 2 -type f ! -name lock 2>/dev/null | sort); }
store_is_as_before() { hoy ps >/dev/null && [ "$(store)" = "$STORE" ]; }
tmp_is_empty() { hoy ps >/dev/null && [ -z "$(ls -A "$HOY_ROOT/tmp" 2>/dev/null)" ]; }

before() { hoy import "$BATS_FILE_TMPDIR/plain.tar" "$R/plain:one" >/dev/null; }
scenario() { HOY_TIMEOUT=20 hoy push -q "$R/plain:one"; }
after() {
	says_why || return 1
	eventually has_no_fetcher || return 1
	eventually tmp_is_empty || { ls -lR "$HOY_ROOT/tmp" | head -20 && return 1; }
	hoy system check || return 1
	hoy push -q "$R/plain:one" >/dev/null || return 1
	has "$(skopeo inspect --tls-verify=false --raw "docker://$R/plain:one")" 'layer.v1.tar+gzip' || return 1
	hoy rmi "$R/plain:one" >/dev/null || return 1
	eventually store_is_as_before || { diff <(echo "$STORE") <(store) || return 1; }
}

@test "push with any one call of hoy failing leaves the image as it was" { sweep hoy fail; }
@test "push with hoy killed at any call leaves the image as it was" { sweep hoy kill; }
@test "push with any one call of hoy-image failing leaves the image as it was" { sweep hoy-image fail; }
@test "push with hoy-image killed at any call leaves the image as it was" { sweep hoy-image kill; }
