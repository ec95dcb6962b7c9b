# Fail and kill at every privileged call of `load` and `save`: afterwards each image is absent or whole, and nothing half is in the store.
load helper
source "$TREE/tests/images.bash"

setup() {
	instance_make
	images <<'PY'
busybox = open("/bin/busybox", "rb").read()
a, b, c = layer(bin__busybox=busybox), layer(file="two"), layer(file="three")
a = summed(a.replace(b"0000644", b"0000755", 1))
write(D + "/a.tar", tar(docker((config([a, b]), ["small:1"], [a, b]), (config([a, c]), ["small:2"], [a, pack(c)]))))
PY
	STORE=$(store)
}
store() { (cd "$HOY_ROOT" && find blobs layers tmp images partial -mindepth 1 -maxdepth 2 ! -name fs ! -name layer.json 2>/dev/null | sort); }
store_is_as_before() { hoy ps >/dev/null && [ "$(store)" = "$STORE" ]; }
tmp_is_empty() { hoy ps >/dev/null && [ -z "$(ls -A "$HOY_ROOT/tmp" 2>/dev/null)" ]; }

is_whole() { # image
	hoy image inspect "$1" >/dev/null 2>&1 || return 1
	hoy run --rm "$1" /bin/busybox cat /file >/dev/null || { echo "$1 is listed and does not run" && exit 1; }
}

# Absent or whole, and nothing half.
after() {
	local image
	says_why || return 1
	for image in small:1 small:2; do
		if ! (is_whole $image) && [ "$status" = 0 ]; then
			echo "load said that all is well, and there is no $image"
			return 1
		fi
	done
	eventually tmp_is_empty || { ls -lR "$HOY_ROOT/tmp" | head -20 && return 1; }
	all_gone || return 1
	hoy rmi small:1 >/dev/null 2>&1 || true
	hoy rmi small:2 >/dev/null 2>&1 || true
	eventually store_is_as_before || { diff <(echo "$STORE") <(store) || return 1; }
}

scenario() { HOY_TIMEOUT=20 hoy load -i "$D/a.tar"; }
from_pipe() { scenario() { cat "$D/a.tar" | HOY_TIMEOUT=20 hoy load; }; }

@test "load with any one call of hoy failing leaves no half image" { sweep hoy fail; }
@test "load with hoy killed at any call leaves no half image" { sweep hoy kill; }
@test "load with any one call of hoy-image failing leaves no half image" { sweep hoy-image fail; }
@test "load with hoy-image killed at any call leaves no half image" { sweep hoy-image kill; }
@test "load from a pipe with hoy killed at any call leaves no half image" {
	from_pipe
	sweep hoy kill
}
@test "load from a pipe with hoy-image killed at any call leaves no half image" {
	from_pipe
	sweep hoy-image kill
}

@test "save with hoy failing or killed at any call writes the whole archive or none" {
	hoy save -o "$D/whole.tar" busybox
	scenario() { rm -f "$D/b.tar"; HOY_TIMEOUT=20 hoy save -o "$D/b.tar" busybox; }
	after() {
		says_why || return 1
		[ ! -e "$D/b.tar" ] || cmp "$D/b.tar" "$D/whole.tar" || return 1
		eventually tmp_is_empty || return 1
		eventually store_is_as_before
	}
	sweep hoy fail
	sweep hoy kill
}
