# Fail and kill at every privileged call of `exec`, and of the init that it launches: the container does not notice, and nothing
# is left in it.
load oci_helper

before() {
	[ ! -e "$ROOT/c" ] || return 0
	bundle_limited c '.process.args = ["sleep", "1000"]'
	launch c
}
is_alone() { is "$(rt ps --format json c)" "[$(pid_of c)]"; }
SCENARIO_ENDS=7
scenario() { HOY_TIMEOUT=20 rt exec --pid-file "$D/pid" c sh -c 'echo ran; exit 7'; }
after() {
	case $status in
	7) is "$(cat "$D/stdout")" ran || return 1 ;;
	137) ;;
	255) says_why || return 1 ;;
	*) echo "status $status" && return 1 ;;
	esac
	status_is c running || return 1
	# Of one that we were killed over the program may have run to its end.
	eventually is_alone || return 1
	is "$(rt exec c echo works)" works
}
clean_up() { rm -f "$D/pid"; }

@test "exec with any one call failing leaves the container as it was" { sweep hoy-runtime fail; }
@test "exec killed at any call leaves the container as it was" { sweep hoy-runtime kill; }
@test "init of an exec with any one call failing leaves the container as it was" { sweep hoy-init fail; }
@test "init of an exec killed at any call leaves the container as it was" { sweep hoy-init kill; }
