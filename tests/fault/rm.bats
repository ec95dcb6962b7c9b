# Fail and kill at every privileged call of `rm`: afterwards the container is whole or gone.
load helper

before() {
	hoy inspect rem >/dev/null 2>&1 || hoy create --name rem -v /anonymous busybox true >/dev/null
}
scenario() { HOY_TIMEOUT=20 hoy rm -v rem; }
after() {
	says_why || return 1
	if hoy inspect rem >/dev/null 2>&1; then
		# Still there: then it is whole, and the next rm removes it.
		hoy start -a rem >/dev/null || return 1
		hoy rm -v rem >/dev/null || return 1
	fi
	all_gone
}

@test "rm with any one call failing leaves the container whole or gone" { sweep hoy fail; }
@test "rm killed at any call leaves the container whole or gone" { sweep hoy kill; }
