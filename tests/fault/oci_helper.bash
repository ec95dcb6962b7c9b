# The sweep (sweep.bash) over commands of hoy-runtime: whatever failed or was killed, `delete --force` or the next create of the id
# leaves nothing of it.

HOY_BUILD=${HOY_BUILD:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/build/faults}
load ../runtime/helper
load sweep

# Limits and a filter, so that there is something to do.
bundle_limited() { # ID, jq filter
	bundle "$1" '.linux.resources.memory.limit = 67108864 | .linux.resources.pids.limit = 100 |
		.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"],
			syscalls: [{ names: ["swapon"], action: "SCMP_ACT_ERRNO" }] }'
	[ $# = 1 ] || config "$@"
}

round() {
	HOY_FAULT_LOG='' before || round_failed "before" || return 1
	scenario_run "$1" || return 1
	HOY_FAULT_LOG='' after || round_failed "after" || return 1
	HOY_FAULT_LOG='' clean_up || round_failed "clean up" || return 1
}

# Every second time by the next create.
clean_up() {
	if [ $((n % 2)) = 0 ]; then
		[ -e "$ROOT/c/state.json" ] || HOY_TIMEOUT=20 create c || return 1
	fi
	HOY_TIMEOUT=20 rt delete --force c || return 1
	eventually has_no_leak || { leaks && return 1; }
}

# Nothing at hand that a start makes when it is missing: cgroups of the test, the compiled filter.
nothing_at_hand() {
	rm -rf "$ROOT/@seccomp"
	cgroup_parents_remove 2>/dev/null || true
}
