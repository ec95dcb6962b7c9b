# delete: a stopped or created container goes, a running one only by force, and nothing of it stays.
load helper

@test "a stopped container is deleted with its cgroups" {
	bundle c '.process.args = ["true"]'
	launch c
	eventually status_is c stopped
	rt delete c
	has_no_leak
	fails 1 rt state c
}

@test "a running container is not deleted" {
	bundle c
	launch c
	fails 1 rt delete c
	has "$errors" "cannot delete container c that is not stopped: running"
	status_is c running
}

@test "a created container is killed and deleted" {
	bundle c
	create c
	pid=$(pid_of c)
	rt delete c
	is_gone "$pid"
	has_no_leak
}

@test "delete --force kills a running container and everything in it" {
	bundle c '.process.args = ["sh", "-c", "sleep 1000 & sleep 1000 & echo ready; exec sleep 1000"]'
	launch c
	eventually grep -q ready "$T/c/output"
	rt delete --force c
	eventually has_no_leak
}

@test "delete --force of a container that does not exist succeeds, also twice; without it does not" {
	rt delete --force nobody
	bundle c
	launch c
	rt delete --force c
	rt delete --force c
	fails 1 rt delete c
	has "$errors" "container does not exist"
}

@test "delete --force of a paused container thaws and kills it" {
	bundle c
	launch c
	freezer=$(cgroup_of c freezer)
	[ ! -e "$freezer/freezer.state" ] || echo FROZEN >"$freezer/freezer.state"
	[ ! -e "$freezer/cgroup.freeze" ] || echo 1 >"$freezer/cgroup.freeze"
	eventually status_is c paused
	rt delete --force c
	has_no_leak
}

@test "processes of a container that shares a pid namespace die with a forced delete" {
	bundle c '.linux.namespaces |= map(select(.type != "pid")) | .process.args = ["sh", "-c", "sleep 1000 & echo ready; wait"]'
	launch c
	eventually grep -q ready "$T/c/output"
	rt delete --force c
	eventually has_no_leak
}

@test "a group that the container made below its own is removed too" {
	bundle c
	launch c
	mkdir "$(cgroup_of c pids)/below" "$(cgroup_of c pids)/below/deeper"
	rt delete --force c
	has_no_leak
}

@test "what a create that was killed has left is removed by delete --force, and by the next create" {
	bundle c
	for way in delete create; do
		# As it is after a kill between the cgroup and the state.
		mkdir -p "$ROOT/c" "$(cgroup_of c pids)"
		cp "$T/c/config.json" "$ROOT/c/config.json"
		if [ $way = delete ]; then
			fails 1 rt state c
			rt delete --force c
			has_no_leak
		else
			launch c
			rt delete --force c
		fi
	done
}
