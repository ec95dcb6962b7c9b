# Fail and kill at every privileged call of `run -d`: afterwards the container is absent, running or truthfully ended.
load helper

scenario() { HOY_TIMEOUT=20 hoy run -d --name det --network none busybox sleep 1000; }
after() {
	local state
	says_why || return 1
	state=$(hoy inspect -f '{{.State.Status}}' det 2>/dev/null) || state=absent
	case $status:$state in
	0:running | *:absent) ;;
	# A monitor that failed or was killed after hoy had said that all is well, or a start that failed and is told.
	*:exited | *:created) ;;
	*:running) ;;
	*) echo "status $status and state $state" && return 1 ;;
	esac
	if [ $state = running ]; then
		# hoy was killed before it said START: then it is just ending.
		hoy exec det true || eventually status_is det exited || { echo "running, and exec fails" && return 1; }
	fi
	# The name is free or usable, removal works.
	hoy rm -f det >/dev/null 2>&1 || [ $state = absent ] || { echo "rm -f fails" && return 1; }
	all_gone
}

@test "run -d with any one call of hoy failing is told and leaves nothing half" { sweep hoy fail; }
@test "run -d with hoy killed at any call leaves nothing half" { sweep hoy kill; }
@test "run -d with any one call of hoy-init failing is told and leaves nothing half" { sweep hoy-init fail; }
@test "run -d with hoy-init killed at any call leaves nothing half" { sweep hoy-init kill; }
@test "run -d with any one call of hoy-monitor failing leaves nothing half" { sweep hoy-monitor fail; }
@test "run -d with hoy-monitor killed at any call leaves nothing half" { sweep hoy-monitor kill; }
