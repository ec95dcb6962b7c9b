# The sweeps of the fault tests themselves, over a program that is not there: it passes $POINTS points, and takes $TAKES seconds.
bats_require_minimum_version 1.5.0

setup() {
	source "$BATS_TEST_DIRNAME/../fault/sweep.bash"
	D=$BATS_TEST_TMPDIR POINTS=60 TAKES=0 LOST=""
	mkdir "$D/reached"
}

round() { # fault
	local at=${1##*:}
	: >"$HOY_FAULT_LOG"
	[ "$at" != none ] || sleep "$TAKES"
	echo "ghost $POINTS last" >>"$HOY_FAULT_LOG"
	[ "$at" != none ] && [ "$at" -le "$POINTS" ] && [ "$at" != "$LOST" ] || return 0
	echo "ghost $at FIRED" >>"$HOY_FAULT_LOG"
	: >"$D/reached/$at"
	[ "$at" != "${BAD:-}" ]
}
reached() { find "$D/reached" -type f | wc -l; }

@test "every point is reached where there is time, and where nobody says when it ends" {
	sweep ghost kill
	[ "$(reached)" = 60 ]
	rm "$D"/reached/*
	HOY_TEST_DEADLINE=$((EPOCHSECONDS + 3600)) TAKES=0.1 sweep ghost kill
	[ "$(reached)" = 60 ]
}

@test "where there is no time some are, and at each time others" {
	local i count
	export HOY_TEST_DEADLINE=$EPOCHSECONDS
	TAKES=0.2
	sweep ghost kill 3>"$D/said"
	count=$(reached)
	[ "$count" -ge 5 ] && [ "$count" -le 30 ]
	[ "$(cat "$D/said")" = "# ghost kill: $count points of 60, for want of time" ]
	for i in 1 2 3 4 5 6 7 8 9 10; do sweep ghost kill 3>/dev/null; done
	[ "$(reached)" -gt 20 ]
}

@test "a point that goes wrong ends it, and one that is never reached fails it" {
	BAD=7 run ! sweep ghost kill
	[ "$(reached)" = 7 ]
	LOST=9 run ! sweep ghost kill
	[[ $output == *"only 59 of 60 points of ghost were reached"* ]]
}
