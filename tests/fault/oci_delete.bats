# Fail and kill at every privileged call of `delete --force`: the next one finishes it.
load oci_helper

before() {
	[ -d "$T/c" ] || bundle_limited c
	launch c
}
scenario() { HOY_TIMEOUT=20 rt delete --force c; }
after() {
	says_why || return 1
	[ $status != 0 ] || has_no_leak || { leaks && return 1; }
}

@test "delete --force with any one call failing is finished by the next" { sweep hoy-runtime fail; }
@test "delete --force killed at any call is finished by the next" { sweep hoy-runtime kill; }
