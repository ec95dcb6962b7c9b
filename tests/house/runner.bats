# The runner itself: what fails is counted, what does not run is counted as failed.

setup() {
	TREE=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	D=$BATS_TEST_TMPDIR
}

last() { tail -1 <<<"$output"; }

bats_file() {
	printf '%s\n' "$@" >"$D/x.bats"
	# The runner inside must not think that it is a test of this run.
	run env -u BATS_TEST_NAME -u BATS_TMPDIR -u BATS_RUN_TMPDIR -u BATS_LIBEXEC -u BATS_ROOT_PID "$TREE/scripts/test" "$D/x.bats"
}

@test "tests that pass are counted and give status 0" {
	bats_file '@test "a" { true; }' '@test "b" { true; }'
	[ "$status" = 0 ]
	[ "$(last)" = "2 passed, 0 failed" ]
}

@test "a test that fails is counted, shown and gives another status" {
	bats_file '@test "good" { true; }' '@test "bad thing" { echo because; false; }'
	[ "$status" != 0 ]
	[ "$(last)" = "1 passed, 1 failed" ]
	[[ $output == *"bad thing"* && $output == *because* ]]
}

@test "a skipped test is counted as neither" {
	bats_file '@test "a" { skip "no reason"; }' '@test "b" { true; }'
	[ "$status" = 0 ]
	[ "$(last)" = "1 passed, 0 failed" ]
	[[ $output == *"no reason"* ]]
}

@test "a file that cannot be read by bats is a failure" {
	bats_file 'load not-there' '@test "a" { true; }'
	[ "$status" != 0 ]
	[[ "$(last)" =~ ^0\ passed,\ [1-9] ]]
}

@test "a program of cmocka's is counted by its own sums, a crash is a failure" {
	printf '#!/bin/sh\necho "[  PASSED  ] 3 test(s)."\n' >"$D/good"
	printf '#!/bin/sh\necho "[  PASSED  ] 3 test(s)."; echo "[  FAILED  ] 2 test(s), listed below:"; exit 2\n' >"$D/bad"
	printf '#!/bin/sh\necho "[  PASSED  ] 1 test(s)."; kill -SEGV $$\n' >"$D/crash"
	printf '#!/bin/sh\n' >"$D/empty"
	chmod +x "$D"/*
	run "$TREE/scripts/test" "$D/good"
	[ "$status" = 0 ] && [ "$(last)" = "3 passed, 0 failed" ]
	run "$TREE/scripts/test" "$D/bad"
	[ "$status" != 0 ] && [ "$(last)" = "3 passed, 2 failed" ]
	run "$TREE/scripts/test" "$D/crash"
	[ "$status" != 0 ] && [ "$(last)" = "1 passed, 1 failed" ]
	run "$TREE/scripts/test" "$D/empty"
	[ "$status" != 0 ] && [ "$(last)" = "0 passed, 1 failed" ]
}

@test "a test that never ends is a failure" {
	printf '#!/bin/sh\nexec sleep 100\n' >"$D/endless"
	chmod +x "$D/endless"
	HOY_TEST_TIMEOUT=1 run "$TREE/scripts/test" "$D/endless"
	[ "$status" != 0 ]
	[ "$(last)" = "0 passed, 1 failed" ]
}

@test "deps are quiet and change nothing when all is there" {
	run "$TREE/scripts/deps" build test
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "deps refuses a purpose that it does not know" {
	run "$TREE/scripts/deps" nonsense
	[ "$status" != 0 ]
	[[ $output == *nonsense* ]]
}
