# Fail and kill at every privileged call of a run with a published port, and of making and removing a network: afterwards the port is
# free, and no lease, interface or rule is left that somebody could come across.
load helper
load ../live/hosts

setup() {
	host_make
	instance_make
}

# Nobody has an address, an interface or a port.
network_is_clean() {
	[ -z "$(find "$HOY_RUNROOT/leases" -type l 2>/dev/null)" ] || return 1
	! on_host ip -br link | grep -q '^veth' || return 1
	! on_host nft list ruleset | grep -q '8080 :'
}

# Each round begins without bridge and rules.
before() { hoy system check --repair >/dev/null && on_host nft flush ruleset && on_host ip link del "$INSTANCE" 2>/dev/null || true; }
scenario() { HOY_TIMEOUT=20 hoy run --rm -p 8080:80 busybox true; }
after() {
	says_why || return 1
	all_gone || return 1
	# The next one has the port and, it may be the dead one's, an address; when it is gone all is.
	HOY_FAULT_LOG='' hoy run --rm -p 8080:80 busybox true || return 1
	eventually network_is_clean || { on_host ip -br link; on_host nft list ruleset; find "$HOY_RUNROOT/leases"; return 1; }
}

@test "run --rm -p with any one call of hoy failing leaves no lease, interface or rule" { sweep hoy fail; }
@test "run --rm -p with hoy killed at any call leaves nothing that the next one does not clear" { sweep hoy kill; }

@test "network create and rm, failing or killed at any call, are done or not" {
	before() { :; }
	scenario() { HOY_TIMEOUT=20 hoy network create made && HOY_TIMEOUT=20 hoy network rm made; }
	after() {
		says_why || return 1
		HOY_FAULT_LOG='' hoy network rm -f made >/dev/null || return 1
		HOY_FAULT_LOG='' hoy network create next >/dev/null && HOY_FAULT_LOG='' hoy network rm next >/dev/null || return 1
		is "$(HOY_FAULT_LOG='' hoy network ls -q --filter name=made)" ""
		is "$(find "$HOY_ROOT/networks" -name '*made*' -o -name '.*.new')" ""
	}
	sweep hoy fail
	sweep hoy kill
}
