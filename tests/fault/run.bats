# Fail and kill at every privileged call of `run`: afterwards the container is absent or whole. With a network: network.bats.
load helper

# Each round begins with nothing at hand: no compiled filter, no holder, no cgroup of the instance, no volume.
before() {
	rm -rf "$HOY_ROOT/seccomp"/*
	holder_remove 2>/dev/null || true
	leaked_cgroups reset | sort -r | xargs -r rmdir 2>/dev/null || true
}
scenario() { HOY_TIMEOUT=20 hoy run --rm --network none -m 64m -v vol:/v --tmpfs /t busybox true; }
after() {
	says_why || return 1
	# --rm: nothing stays, whoever was killed; the volume may.
	all_gone_but_volume
}
all_gone_but_volume() {
	eventually has_no_container || return 1
	hoy volume rm vol >/dev/null 2>&1
	all_gone
}

@test "run --rm with any one call of hoy failing leaves nothing and says why" { sweep hoy fail; }
@test "run --rm with hoy killed at any call leaves nothing after the next command" { sweep hoy kill; }
@test "run --rm with any one call of hoy-init failing leaves nothing and says why" { sweep hoy-init fail; }
@test "run --rm with hoy-init killed at any call leaves nothing and says why" { sweep hoy-init kill; }
@test "run --rm with any one call of hoy-monitor failing leaves nothing" { sweep hoy-monitor fail; }
@test "run --rm with hoy-monitor killed at any call leaves nothing" { sweep hoy-monitor kill; }
