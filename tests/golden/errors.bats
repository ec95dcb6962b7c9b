# What wrong command lines say, word for word, and the code they end with: errors.txt is a transcript that is played again.
#
# A case is a line "$ hoy ARGUMENTS" (as a shell reads them), what it prints, and "= CODE". HOY_GOLDEN_UPDATE=1 writes the transcript
# anew, to be read before it is committed.

setup() {
	HERE=$BATS_TEST_DIRNAME
	HOY=${HOY_BUILD:-$HERE/../../build}/hoy
	T=$(mktemp -d /tmp/hoy-golden.XXXXXX)
	export HOY_ROOT=$T/root HOY_RUNROOT=$T/run
	cd "$T"
	printf 'A B=1\n' >bad.env
	printf '{"a":1,"a":2}' >twice.json
	touch taken
}
teardown() { rm -rf "$T"; }

hoy() { timeout 10 "$HOY" "$@" </dev/null 2>&1; }

# What depends on the machine: how many CPUs there are.
machine_removed() {
	sed -E 's/from 0\.01 to [0-9]+\.00, as there are only [0-9]+ CPUs/from 0.01 to N.00, as there are only N CPUs/
		s/available: [0-9,-]+\.$/available: LIST./'
}

play() {
	local line status
	while IFS= read -r line; do
		[[ $line == '$ '* ]] || continue
		printf '%s\n' "$line"
		status=0
		eval "${line#'$ '}" >out || status=$?
		machine_removed <out
		printf '= %s\n' "$status"
	done
}

@test "every wrong command line says what errors.txt says" {
	play <"$HERE/errors.txt" >"$T/played"
	if [ "${HOY_GOLDEN_UPDATE:-}" ]; then
		cp "$T/played" "$HERE/errors.txt"
	fi
	diff -u "$HERE/errors.txt" "$T/played"
}

@test "no wrong command line makes anything" {
	grep '^\$ hoy \(run\|create\)' "$HERE/errors.txt" | play >/dev/null
	[ -z "$(find "$T/root/containers" "$T/root/pending" "$T/root/names" "$T/root/volumes" -mindepth 1 2>/dev/null)" ]
}

@test "every sentence is one line, and so is where to read on" {
	local bad
	bad=$(awk '/^\$ / { c = $0; n = 0; on = /^\$ hoy (run|create|exec) /; next } /^= / { if (on && n > 2) print c; on = 0 }
		on { n++ }' "$HERE/errors.txt")
	[ -z "$bad" ] || { echo "$bad"; return 1; }
}
