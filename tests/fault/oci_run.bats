# Fail and kill at every privileged call of `run`.
load oci_helper

before() {
	[ -d "$T/c" ] || bundle_limited c '.process.args = ["true"]'
	nothing_at_hand
}
scenario() { HOY_TIMEOUT=20 rt run --bundle "$T/c" c; }
after() {
	says_why || return 1
	[ $status != 0 ] || has_no_leak || { leaks && return 1; }
}

@test "run with any one call failing leaves what a forced delete removes, and says why" { sweep hoy-runtime fail; }
@test "run killed at any call leaves what a forced delete removes" { sweep hoy-runtime kill; }
@test "run with any one call of hoy-init failing leaves nothing and says why" { sweep hoy-init fail; }
