# Instances, help, version, check, reset.
load helper

@test "two instances do not see each other and both run" {
	local other=("--root" "$T/root2" "--runroot" "$T/run2")
	INSTANCES+=("$(instance_name "$T/root2")")
	idle mine
	hoy "${other[@]}" import "$BATS_FILE_TMPDIR/busybox.tar" busybox >/dev/null
	is "$(hoy "${other[@]}" ps -aq)" ""
	hoy "${other[@]}" run -d --name mine busybox sleep 1000 >/dev/null
	is "$(hoy ps -q | wc -l) $(hoy "${other[@]}" ps -q | wc -l)" "1 1"
	hoy "${other[@]}" system reset -f >/dev/null
	status_is mine running
	rm -rf "$T/root2" "$T/run2"
}

@test "--root wins over HOY_ROOT" {
	idle mine
	is "$(hoy --root "$T/other" --runroot "$T/other-run" ps -aq)" ""
	rm -rf "$T/other" "$T/other-run"
}

@test "a path with blanks and quotes is a root like any other" {
	local odd="$T/a b'c\"d,e:f"
	INSTANCES+=("$(instance_name "$odd")")
	hoy --root "$odd" --runroot "$T/r r" import "$BATS_FILE_TMPDIR/busybox.tar" busybox >/dev/null
	is "$(hoy --root "$odd" --runroot "$T/r r" run --rm busybox echo works)" works
	hoy --root "$odd" --runroot "$T/r r" system reset -f >/dev/null
	rm -rf "$odd" "$T/r r"
}

@test "reset removes running containers, volumes and images and leaves a usable instance" {
	idle aaa -v vol:/v
	idle bbb
	hoy system reset -f >/dev/null
	is "$(hoy ps -aq)$(hoy images -q)$(hoy volume ls -q)" ""
	eventually has_no_leak files
	hoy import "$BATS_FILE_TMPDIR/busybox.tar" busybox >/dev/null
	hoy run --rm busybox true
}

@test "check finds nothing in a healthy instance, also while containers start and end" {
	hoy system check
	idle aaa
	hoy system check
	local i
	(for i in $(seq 10); do hoy run --rm busybox true; done) & local p=$!
	for i in $(seq 10); do hoy system check; done
	wait $p
	hoy system check
}

@test "version and help" {
	matches "$(hoy version)" '0\.[0-9]+\.[0-9]+'
	matches "$(hoy --version)" '^hoy version [0-9.]+'
	has "$(hoy --help)" "run"
	has "$(hoy run --help)" "--memory"
	has "$(hoy help exec)" "CONTAINER COMMAND"
	hasnt "$(hoy --help)" "internal"
}

@test "every command has help that begins with its usage" {
	local command
	for command in run create start stop kill rm ps exec attach logs inspect wait import images rmi tag history commit export; do
		matches "$(hoy $command --help)" "Usage:[[:space:]]+hoy $command"
	done
}

@test "installed into a prefix, hoy finds its helpers" {
	make -s -C "$TREE" install DESTDIR="$D" >/dev/null
	is "$(find "$D" -type f | sort | xargs -n 1 basename | tr '\n' ' ')" "hoy hoy-runtime hoy-dns hoy-fetch hoy-image hoy-init hoy-monitor hoy-relay hoy-systemd hoy-runtime.8 "
	is "$(unshare -m sh -c 'mount --bind "$1/usr/local" /usr/local && /usr/local/bin/hoy run --rm busybox echo installed' sh "$D")" installed
}
