# The sweep (sweep.bash) over commands of hoy: after each round an ordinary command is given, then `hoy system check` must find
# nothing, and the leak check neither.

HOY_BUILD=${HOY_BUILD:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/build/faults}
load ../live/helper
load sweep

# One round with the fault $1. What a monitor does later, in `after`, has the same fault.
round() {
	if declare -F before >/dev/null; then
		HOY_FAULT_LOG='' before || round_failed "before" || return 1
	fi
	scenario_run "$1" || return 1
	HOY_FAULT_LOG='' hoy ps -a >/dev/null || round_failed "ps" || return 1
	HOY_FAULT_LOG='' after || round_failed "after" || return 1
	eventually is_sound || { hoy system check; round_failed "system check"; } || return 1
}

is_sound() { HOY_FAULT_LOG='' hoy system check >/dev/null; }

# No container is there any more, and nothing of one.
all_gone() {
	eventually has_no_container || return 1
	eventually has_no_leak files || { leaks files && return 1; }
}
