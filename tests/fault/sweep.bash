# One scenario again and again, with the first, second, third ... privileged call of one program failing or being its last, until
# the scenario has ended four times without the fault having been reached. The programs are those of `make FAULTS=1`.
#
# Every point that a round without a fault passes must have been reached: that is counted. What a round is, and what must hold
# after it, is said by who loads this: round FAULT.
#
# HOY_TEST_DEADLINE (seconds since 1970) says when all tests shall be over. Where the rounds of a sweep would take more than a fair
# part of what is left, only every second, third ... point is reached, beginning somewhere else each time; that is printed.

SCENARIO_ENDS=0 # its status while nothing is done to it

# sweep PROGRAM fail|kill: calls before (optional), scenario, after (the test's own functions); sets n and $status for `after`.
sweep() {
	local program=$1 mode=$2 quiet=0 reached=0 points point step=1 begin=${EPOCHREALTIME/[.,]/}
	export HOY_FAULT_LOG=$D/faults
	n=0 && round "$program:none" || return 1
	points=$(points_passed)
	[ -z "${HOY_TEST_DEADLINE:-}" ] ||
		step=$(sweep_step $((points * (${EPOCHREALTIME/[.,]/} - begin) / 1000)) $((HOY_TEST_DEADLINE - EPOCHSECONDS)))
	for ((n = 1 + RANDOM % step; n < 2000 && quiet < 4; n += step)); do
		round "$program:$mode:$n" || return 1
		if grep -q "^$program $n FIRED" "$HOY_FAULT_LOG"; then
			reached=$((reached + 1)) quiet=0
		else
			quiet=$((quiet + 1))
			# Waiting passes a point more or less.
			[ "$(points_passed)" -ge "$points" ] || points=$(points_passed)
		fi
	done
	[ $quiet -ge 4 ] || { echo "no end after $n rounds" && return 1; }
	[ "$points" -gt 0 ] || { echo "$program passes no point" && return 1; }
	[ $reached -ge $((points / step)) ] || { echo "only $reached of $points points of $program were reached, one in $step" && return 1; }
	echo "# $program $mode: $reached points$([ $step = 1 ] || echo " of $points, for want of time")" >&3
}

# Of how many points one is reached: milliseconds that all would take, seconds that are left. A fortieth of these is fair, for there are
# a hundred sweeps and most are short; five seconds it is at least.
sweep_step() {
	local most=$(($2 * 1000 / 40))
	[ $most -ge 5000 ] || most=5000
	echo $((1 + $1 / most))
}

points_passed() { awk -v p="$program" '$1 == p && $2 > max { max = $2 } END { print max + 0 }' "$HOY_FAULT_LOG"; }

round_failed() {
	point=$(grep -B 1 FIRED "$HOY_FAULT_LOG" | head -1)
	printf 'not so at %s %s %s (point %s, status %s): %s\nstderr: %s\n' "$program" "$mode" "$n" "$point" "$status" "$1" \
		"$(head -c 600 "$D/stderr")"
	return 1
}

# The scenario with a fault; without one it ends as it should, else the sweep would be one over a failure.
scenario_run() { # fault
	: >"$HOY_FAULT_LOG"
	status=0
	HOY_FAULT=$1 scenario >"$D/stdout" 2>"$D/stderr" </dev/null || status=$?
	[ $status != 124 ] || round_failed "it hangs" || return 1
	[ "$n" != 0 ] || [ $status = $SCENARIO_ENDS ] || round_failed "without a fault" || return 1
}

# A command that failed said why; a killed one need not.
says_why() {
	[ "$status" = 0 ] || [ "$status" = 137 ] || [ -s "$D/stderr" ] || { echo "failed without a word" && return 1; }
}
