# Fail and kill at every privileged call of `import`: afterwards the image is absent or whole, and nothing half is in the store.
load helper
load ../live/registry

setup() {
	instance_make
	registry_home
	mkdir -p "$D/root/dir" "$D/root/bin"
	cp /bin/busybox "$D/root/bin/busybox"
	ln -s busybox "$D/root/bin/true"
	echo content >"$D/root/dir/file"
	tar -C "$D/root" -cf "$D/small.tar" .
	STORE=$(store)
}
# What the store is made of: blobs, layers, records, references, unfinished work.
store() { (cd "$HOY_ROOT" && find blobs layers tmp images -mindepth 1 -maxdepth 2 ! -name fs ! -name layer.json | sort); }
store_is_as_before() { hoy ps >/dev/null && [ "$(store)" = "$STORE" ]; }
tmp_is_empty() { hoy ps >/dev/null && [ -z "$(ls -A "$HOY_ROOT/tmp" 2>/dev/null)" ]; }

teardown() { registry_teardown; }

scenario() { HOY_TIMEOUT=20 hoy import "$D/small.tar" small; }
# The same tar from a web server.
from_url() {
	export HOY_FETCH_ATTEMPTS=2
	WWW=$D
	files
	scenario() { HOY_TIMEOUT=20 hoy import "$U/small.tar" small >/dev/null; }
}
after() {
	says_why || return 1
	if hoy image inspect small >/dev/null 2>&1; then
		hoy run --rm small true || { echo "the image is listed and does not run" && return 1; }
	elif [ $status = 0 ]; then
		echo "import said that all is well, and there is no image"
		return 1
	fi
	eventually has_no_fetcher || return 1
	eventually tmp_is_empty || { ls -lR "$HOY_ROOT/tmp" | head -20 && return 1; }
	all_gone || return 1
	# Without its image nothing of it is there.
	hoy rmi small >/dev/null 2>&1 || true
	eventually store_is_as_before || { diff <(echo "$STORE") <(store) || return 1; }
}

@test "import with any one call of hoy failing leaves no half image" { sweep hoy fail; }
@test "import with hoy killed at any call leaves no half image" { sweep hoy kill; }
@test "import with any one call of hoy-image failing leaves no half image" { sweep hoy-image fail; }
@test "import with hoy-image killed at any call leaves no half image" { sweep hoy-image kill; }

@test "import of a URL with any one call of hoy failing leaves no half image" {
	from_url
	sweep hoy fail
}
@test "import of a URL with hoy killed at any call leaves no half image" {
	from_url
	sweep hoy kill
}
@test "import of a URL with hoy-image killed at any call leaves no half image" {
	from_url
	sweep hoy-image kill
}
@test "import of a URL with any one call of hoy-fetch failing leaves no half image" {
	from_url
	sweep hoy-fetch fail
}
@test "import of a URL with hoy-fetch killed at any call leaves no half image" {
	from_url
	sweep hoy-fetch kill
}
