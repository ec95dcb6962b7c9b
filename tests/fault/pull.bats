# Fail and kill at every privileged call of `pull`: afterwards the image is absent or whole, what is left in the store is what the next
# pull goes on with, and that pull succeeds.
load helper
load ../live/registry
source "$TREE/tests/images.bash"

# Two layers, so that they are on their way at the same time.
setup_file() {
	D=$BATS_FILE_TMPDIR
	images <<'PY'
import hashlib
box = summed(layer(bin__busybox=open("/bin/busybox", "rb").read()).replace(b"0000644", b"0000755", 1))
file = layer(file="two", noise=hashlib.shake_128(b"noise").digest(300000))
c = config([box, file])
m = manifest(c, [pack(box), pack(file)], LAYER + "+gzip")
directory(D + "/layout", layout(index(descriptor(MANIFEST, m, **named("one"))), m, c, pack(box), pack(file)))
PY
}
setup() {
	registry_setup
	export HOY_FETCH_ATTEMPTS=2
	registry layout="$BATS_FILE_TMPDIR/layout"
	hoy ps >/dev/null
	STORE=$(store)
}
teardown() { registry_teardown; }

store() { (cd "$HOY_ROOT" && find blobs layers tmp images -mindepth 1 -maxdepth 2 -type f ! -name lock 2>/dev/null | sort); }
store_is_as_before() { hoy ps >/dev/null && [ "$(store)" = "$STORE" ]; }
tmp_is_empty() { hoy ps >/dev/null && [ -z "$(ls -A "$HOY_ROOT/tmp" 2>/dev/null)" ]; }
runs() { is "$(hoy run --rm "$R/x:one" /bin/busybox cat /file)" two; }

scenario() { HOY_TIMEOUT=20 hoy pull -q "$R/x:one"; }
after() {
	says_why || return 1
	eventually has_no_fetcher || return 1
	eventually tmp_is_empty || { ls -lR "$HOY_ROOT/tmp" | head -20 && return 1; }
	if hoy image inspect "$R/x:one" >/dev/null 2>&1; then
		runs || { echo "it is listed and does not run" && return 1; }
	elif [ "$status" = 0 ]; then
		echo "pull said that all is well, and there is no image"
		return 1
	fi
	# Whatever is left is no hindrance, and nothing stays of it.
	hoy pull -q "$R/x:one" >/dev/null || return 1
	runs || return 1
	is "$(ls -A "$HOY_ROOT/partial")" "" || return 1
	all_gone || return 1
	hoy rmi "$R/x:one" >/dev/null || return 1
	eventually store_is_as_before || { diff <(echo "$STORE") <(store) || return 1; }
}

@test "pull with any one call of hoy failing leaves no half image" { sweep hoy fail; }
@test "pull with hoy killed at any call leaves no half image" { sweep hoy kill; }
@test "pull with any one call of hoy-image failing leaves no half image" { sweep hoy-image fail; }
@test "pull with hoy-image killed at any call leaves no half image" { sweep hoy-image kill; }
@test "pull with any one call of hoy-fetch failing leaves no half image" { sweep hoy-fetch fail; }
@test "pull with hoy-fetch killed at any call leaves no half image" { sweep hoy-fetch kill; }

# A blob and a layer are lost; who repairs that fails or is killed; the next repair ends it.
repairing() {
	before() {
		hoy pull -q "$R/x:one" >/dev/null || return 1
		rm -r "$HOY_ROOT"/layers/* $(find "$HOY_ROOT/blobs" -type f -size +200k)
	}
	# Its findings are the outcome.
	SCENARIO_ENDS=1
	scenario() { HOY_TIMEOUT=20 hoy system check --repair; }
	after() {
		says_why || [ -s "$D/stdout" ] || return 1
		eventually has_no_fetcher || return 1
		hoy system check --repair >/dev/null || true
		hoy system check || return 1
		runs || return 1
		eventually tmp_is_empty
	}
}
@test "a repair from the registry with any one call of hoy failing is ended by the next" {
	repairing
	sweep hoy fail
}
@test "a repair from the registry with hoy killed at any call is ended by the next" {
	repairing
	sweep hoy kill
}
