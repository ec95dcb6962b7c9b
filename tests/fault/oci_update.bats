# Fail and kill at every privileged call of `update` and of `pause`: what is kept of the container stays whole, and the command can
# be repeated.
load oci_helper

before() {
	[ ! -e "$ROOT/c" ] || return 0
	bundle_limited c
	launch c
}
clean_up() { :; }

update_twice() { # the second one without a fault
	scenario() { HOY_TIMEOUT=20 rt update --pids-limit $((200 + n)) --memory 32m c; }
	after() {
		says_why || return 1
		jq -e .linux.resources "$ROOT/c/config.json" >/dev/null || return 1
		rt update --pids-limit $((200 + n)) --memory 32m c || return 1
		is "$(jq .linux.resources.pids.limit "$ROOT/c/config.json")" $((200 + n)) || return 1
		status_is c running
	}
}

pause_resume() {
	scenario() { HOY_TIMEOUT=20 rt pause c; }
	after() {
		says_why || return 1
		[ $status != 0 ] || status_is c paused || return 1
		[ "$(status_of c)" = running ] || rt resume c || return 1
		is "$(rt exec c echo works)" works
	}
}

@test "update with any one call failing can be repeated" { update_twice && sweep hoy-runtime fail; }
@test "update killed at any call can be repeated" { update_twice && sweep hoy-runtime kill; }
@test "pause with any one call failing can be taken back" { pause_resume && sweep hoy-runtime fail; }
@test "pause killed at any call can be taken back" { pause_resume && sweep hoy-runtime kill; }
