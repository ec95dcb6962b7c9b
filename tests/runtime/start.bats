# start: once, of a created container.
load helper

@test "start lets the program run, and a second start is refused" {
	bundle c
	launch c
	status_is c running
	fails 1 rt start c
	has "$errors" "cannot start an already running container"
	status_is c running
}

@test "a container that has stopped cannot be started again" {
	bundle c '.process.args = ["true"]'
	launch c
	eventually status_is c stopped
	fails 1 rt start c
	has "$errors" "cannot start a container that has stopped"
}

@test "a container that does not exist cannot be started" {
	fails 1 rt start nobody
	has "$errors" "container does not exist"
}

@test "a program that is removed after create fails the start with its name, and the container is stopped" {
	bundle c '.process.args = ["/bin/gone"]'
	cp "$T/c/rootfs/bin/busybox" "$T/c/rootfs/bin/gone"
	create c
	rm "$T/c/rootfs/bin/gone"
	fails 1 rt start c
	has "$errors" /bin/gone
	eventually status_is c stopped
	rt delete c
}

@test "somebody who connects to the start socket and goes away has started nothing" {
	bundle c
	create c
	python3 - "$ROOT/c/start" <<-'PYTHON'
	import socket, sys
	s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
	s.connect(sys.argv[1])
	PYTHON
	status_is c created
	rt start c
	status_is c running
}
