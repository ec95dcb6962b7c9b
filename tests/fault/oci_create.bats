# Fail and kill at every privileged call of `create`: afterwards the container is absent, or whole and can be started.
load oci_helper

before() {
	[ -d "$T/c" ] || bundle_limited c
	nothing_at_hand
}
scenario() { HOY_TIMEOUT=20 rt create --bundle "$T/c" --pid-file "$D/pid" c; }
after() {
	says_why || return 1
	if [ $status = 0 ]; then
		status_is c created || return 1
	elif [ $status != 137 ] && [ -n "$(leaked_files)" ]; then
		echo "failed, and left: $(leaked_files)" && return 1
	fi
}

@test "create with any one call failing leaves nothing and says why" { sweep hoy-runtime fail; }
@test "create killed at any call leaves what the next command removes" { sweep hoy-runtime kill; }
@test "create with any one call of hoy-init failing leaves nothing and says why" { sweep hoy-init fail; }
@test "create with hoy-init killed at any call leaves nothing and says why" { sweep hoy-init kill; }
