# Fail and kill at every privileged call of `run --userns auto`: afterwards the container is absent or whole.
load helper

before() { holder_remove 2>/dev/null || true; }
scenario() { HOY_TIMEOUT=20 hoy run --rm --userns auto -v vol:/v busybox true; }
after() {
	says_why || return 1
	eventually has_no_container || return 1
	hoy volume rm vol >/dev/null 2>&1
	all_gone || return 1
	# Whoever had the range, it is free again.
	[ "$(hoy run --rm --userns auto busybox awk '{ print $2 }' /proc/self/uid_map)" = 1879048192 ]
}

@test "run --userns with any one call of hoy failing leaves nothing and says why" { sweep hoy fail; }
@test "run --userns with hoy killed at any call leaves nothing, and its ids are free" { sweep hoy kill; }
@test "run --userns with any one call of hoy-init failing leaves nothing and says why" { sweep hoy-init fail; }
