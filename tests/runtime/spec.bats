# spec: a config.json to begin with. Its text is in tests/golden/command.
load helper

@test "it is written into the working directory or the bundle, and never over another one" {
	cd "$D"
	rt spec
	is "$(jq -r '.process.args[0], .root.path, .ociVersion' config.json)" "$(printf 'sh\nrootfs\n1.3.0')"
	echo mine >config.json
	fails 1 rt spec
	has "$errors" "file config.json exists: remove it first"
	is "$(cat config.json)" mine
	mkdir b
	rt spec --bundle b
	is "$(jq -r .hostname b/config.json)" hoy
	rm b/config.json
	ln -s "$D/elsewhere" b/config.json
	fails 1 rt spec -b b
	[ ! -e "$D/elsewhere" ]
	rt spec --file other.json -b b
	rm config.json
	rt spec
	cmp b/other.json config.json
	fails 1 rt spec -b "$D/none"
	has "$errors" "$D/none"
}

@test "what it writes runs" {
	mkdir "$T/c"
	cp -a "$BATS_FILE_TMPDIR/rootfs" "$T/c/rootfs"
	rt spec -b "$T/c"
	config c --arg path "$CGROUP/c" '.process.terminal = false | .linux.cgroupsPath = $path'
	is "$(runs c sh -c 'id -u; hostname; touch /x 2>&1')" "$(printf '0\nhoy\ntouch: /x: Read-only file system')"
}

@test "what --rootless writes runs for somebody who is not root" {
	chmod 755 "$T" "$D"
	mkdir -m 777 "$T/c" "$ROOT"
	cp -a "$BATS_FILE_TMPDIR/rootfs" "$T/c/rootfs"
	chown -R 1000:1000 "$T/c"
	as_user() { setpriv --reuid 1000 --regid 1000 --clear-groups env -u XDG_RUNTIME_DIR "$@"; }
	as_user test -x "$RT" || skip "the programs are out of reach for an ordinary user"
	as_user "$RT" --root "$ROOT" spec --rootless -b "$T/c"
	is "$(jq -c '.linux.uidMappings' "$T/c/config.json")" '[{"containerID":0,"hostID":1000,"size":1}]'
	config c '.process.terminal = false | .process.args = ["id", "-u"]'
	is "$(as_user "$RT" --root "$ROOT" run -b "$T/c" c </dev/null)" 0
}
