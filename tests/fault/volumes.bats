# Fail and kill at every privileged call of a `run` that fills an empty volume which was there: afterwards it has all that the image
# has, or nothing, or the next container on it finds all.
load helper

make_image() {
	hoy run --name base --network none busybox sh -c 'mkdir -p /many/sub && chmod 700 /many && touch /many/1 /many/2 /many/sub/3'
	hoy commit base filled >/dev/null
	hoy rm base >/dev/null
}
before() {
	hoy volume rm -f vol >/dev/null
	hoy volume create vol >/dev/null
}
scenario() { HOY_TIMEOUT=20 hoy run --rm --network none -v vol:/many filled true; }
after() {
	says_why || return 1
	eventually has_no_container || return 1
	is "$(hoy run --rm --network none -v vol:/many filled sh -c 'cd /many; echo * sub/*; stat -c %a .')" $'1 2 sub sub/3\n700' || return 1
	is "$(ls "$HOY_ROOT/volumes/vol")" $'_data\nvolume.json' || return 1
	hoy volume rm vol >/dev/null
	all_gone
}

@test "filling a volume with any one call of hoy failing says why, and the next one finds it whole" { make_image && sweep hoy fail; }
@test "filling a volume with hoy killed at any call leaves it to the next one, who finds it whole" { make_image && sweep hoy kill; }
