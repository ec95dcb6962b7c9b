# Fail and kill at every privileged call of `start`: afterwards the program runs, or the start can be repeated.
load oci_helper

before() {
	[ -d "$T/c" ] || bundle_limited c
	create c
}
scenario() { HOY_TIMEOUT=20 rt start c; }
after() {
	says_why || return 1
	if status_is c created; then
		[ $status != 0 ] || { echo "started, and is not" && return 1; }
		rt start c || return 1
	fi
	status_is c running
}

@test "start with any one call failing can be repeated" { sweep hoy-runtime fail; }
@test "start killed at any call can be repeated" { sweep hoy-runtime kill; }
