#!/usr/bin/env bats
# The manual and the page about hoy-runtime say what the program's own help says, and no more.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	runtime=${HOY_BUILD:-build}/hoy-runtime
}

# NAME of every option in a text: the help's, the manual's (after man), the page's.
options_of() {
	grep -oE -- '--[a-z][a-z-]+' | sort -u
}

help_options() {
	{
		$runtime --help
		for command in $($runtime --help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p'); do
			$runtime "$command" --help
		done
	} | options_of
}

@test "every command and option of hoy-runtime stands in its manual page" {
	MANWIDTH=200 man --no-hyphenation --no-justification -l docs/hoy-runtime.8 >"$BATS_TEST_TMPDIR/manual"
	for command in $($runtime --help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p'); do
		grep -qE "^ +$command( |\$)" "$BATS_TEST_TMPDIR/manual" || { echo "no $command"; return 1; }
	done
	for option in $(help_options); do
		grep -qE -- "$option([^a-z-]|\$)" "$BATS_TEST_TMPDIR/manual" || { echo "no $option"; return 1; }
	done
}

@test "every option in the manual page is one of hoy-runtime" {
	run bash -c "MANWIDTH=200 man --no-hyphenation --no-justification -l docs/hoy-runtime.8"
	[ "$status" = 0 ]
	# of docker's, in an example
	comm -13 <(help_options) <(options_of <<<"$output" | grep -vxE -- '--(rm|runtime)') >"$BATS_TEST_TMPDIR/unknown"
	[ ! -s "$BATS_TEST_TMPDIR/unknown" ] || { cat "$BATS_TEST_TMPDIR/unknown"; return 1; }
}

@test "every command and option of hoy-runtime stands in docs/hoy-runtime.md" {
	for command in $($runtime --help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p'); do
		grep -q "\`$command[ \`]" docs/hoy-runtime.md || { echo "no $command"; return 1; }
	done
	for option in $(help_options); do
		grep -qE -- "$option([^a-z-]|\$)" docs/hoy-runtime.md || { echo "no $option"; return 1; }
	done
}

@test "the manual page is laid out without a warning" {
	run bash -c "man --warnings -l docs/hoy-runtime.8 2>&1 >/dev/null"
	[ "$output" = "" ]
}
