# The terminal of a container: where it goes, and what is refused.
load helper

# A socket that receives one descriptor, as conmon and containerd do; it prints what came with it, and then what the terminal says.
receiver='
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
s.bind(sys.argv[1]); s.listen(1)
open(sys.argv[2], "w").close()
c, _ = s.accept()
data, control, _, _ = c.recvmsg(4096, socket.CMSG_SPACE(4))
fd = array.array("i", control[0][2])[0]
print("name=" + data.decode(), flush=True)
print("link=" + os.readlink("/proc/self/fd/%d" % fd), flush=True)
if len(sys.argv) > 3:
    os.write(fd, sys.argv[3].encode())
while True:
    try:
        text = os.read(fd, 4096)
    except OSError:
        break
    if not text:
        break
    sys.stdout.write(text.decode()); sys.stdout.flush()
'
receive() { # what to type
	python3 -c "$receiver" "$D/socket" "$D/listening" "$@" >"$D/terminal" 2>"$D/terminal.errors" 3>&- &
	RECEIVER=$!
	eventually test -e "$D/listening"
}

@test "--console-socket gets the master of the container's terminal, under the name that runc sends" {
	bundle c '.process.terminal = true | .process.args = ["sh", "-c", "test -t 0 && test -t 1 && echo on-a-terminal; tty; read line; echo read-$line"]'
	receive $'typed\n'
	create c --console-socket "$D/socket"
	rt start c
	wait $RECEIVER
	text=$(tr -d '\r' <"$D/terminal")
	has "$text" name=/dev/ptmx
	matches "$text" "link=.*ptmx"
	has "$text" on-a-terminal
	has "$text" read-typed
}

@test "the terminal has the size that the config says" {
	bundle c '.process.terminal = true | .process.consoleSize = { width: 91, height: 37 } | .process.args = ["stty", "size"]'
	receive
	create c --console-socket "$D/socket"
	rt start c
	wait $RECEIVER
	has "$(tr -d '\r' <"$D/terminal")" "37 91"
}

@test "a path of the console socket may be longer than an address of a socket" {
	bundle c '.process.terminal = true | .process.args = ["echo", "here"]'
	long=$D/$(printf 'd%.0s' {1..120})
	mkdir "$long"
	(cd "$long" && exec python3 -c "$receiver" socket listening >"$D/terminal" 2>&1 3>&-) &
	RECEIVER=$!
	eventually test -e "$long/listening"
	create c --console-socket "$long/socket"
	rt start c
	wait $RECEIVER
	has "$(cat "$D/terminal")" here
}

@test "a terminal without a console socket, and a console socket without a terminal, are refused by create" {
	bundle c '.process.terminal = true'
	fails 1 rt create --bundle "$T/c" c
	has "$errors" "cannot allocate tty if hoy-runtime will detach without setting console socket"
	config c '.process.terminal = false'
	fails 1 rt create --bundle "$T/c" --console-socket "$D/socket" c
	has "$errors" "cannot use console socket if hoy-runtime will not detach or allocate tty"
	has_no_leak
}

@test "a console socket that nobody listens on is named, and nothing is left" {
	bundle c '.process.terminal = true'
	fails 1 rt create --bundle "$T/c" --console-socket "$D/nobody" c
	has "$errors" "$D/nobody"
	has_no_leak
}

@test "a console socket whose listener goes away leaves nothing" {
	bundle c '.process.terminal = true'
	python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
s.bind(sys.argv[1]); s.listen(1)
open(sys.argv[2], "w").close()
c, _ = s.accept()
c.close()
' "$D/socket" "$D/listening" 3>&- &
	eventually test -e "$D/listening"
	# It may still be connected when the terminal is sent: then the container is there.
	rt create --bundle "$T/c" --console-socket "$D/socket" c </dev/null >"$D/out" 2>&1 || has "$(cat "$D/out")" "console socket"
	wait
	rt delete --force c
	eventually has_no_leak
}

@test "--pidfd-socket gets a pidfd of the container's first process" {
	bundle c
	python3 -c '
import array, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
s.bind(sys.argv[1]); s.listen(1)
open(sys.argv[2], "w").close()
c, _ = s.accept()
data, control, _, _ = c.recvmsg(4096, socket.CMSG_SPACE(4))
fd = array.array("i", control[0][2])[0]
print("name=" + data.decode())
print([l.split()[1] for l in open("/proc/self/fdinfo/%d" % fd) if l.startswith("Pid:")][0])
' "$D/socket" "$D/listening" >"$D/pidfd" 3>&- &
	RECEIVER=$!
	eventually test -e "$D/listening"
	create c --pidfd-socket "$D/socket"
	wait $RECEIVER
	is "$(cat "$D/pidfd")" "name=standard
$(pid_of c)"
}

@test "run in the foreground shows the terminal on the caller's, with its keys and its size" {
	bundle c '.process.terminal = true | .process.args = ["sh", "-c", "stty size; echo ready; read line; echo got-$line; exit 9"]'
	status=0
	"$PTY" size 33x77 expect "33 77" expect ready raw send 'word\r' expect got-word end -- "$RT" --root "$ROOT" run --bundle "$T/c" c || status=$?
	is $status 9
	has_no_leak
}

@test "a change of the caller's terminal reaches the container's" {
	bundle c '.process.terminal = true | .process.args = ["sh", "-c", "trap \"stty size\" WINCH; echo ready; while :; do sleep 1000 & wait; done"]'
	"$PTY" size 24x80 expect ready size 40x100 expect "40 100" signal 9 -- "$RT" --root "$ROOT" run --bundle "$T/c" c || true
}

@test "the interrupt key reaches the program, not us" {
	bundle c '.process.terminal = true | .process.args = ["sh", "-c", "trap \"echo got-int; exit 4\" INT; echo ready; while :; do sleep 1000 & wait; done"]'
	status=0
	"$PTY" expect ready raw send '^C' expect got-int end -- "$RT" --root "$ROOT" run --bundle "$T/c" c || status=$?
	is $status 4
}

@test "shown on no terminal, the lines come as the program wrote them" {
	bundle c '.process.terminal = true | .process.args = ["sh", "-c", "test -t 1 && echo one; echo two"]'
	rt run -b "$T/c" c </dev/null >"$D/run"
	is "$(od -c "$D/run" | grep -c '\\r')" 0
	has "$(cat "$D/run")" $'one\ntwo'
	config c '.process.terminal = false | .process.args = ["sleep", "1000"]'
	launch c
	rt exec -t c echo word </dev/null >"$D/exec"
	is "$(od -c "$D/exec" | grep -c '\\r')" 0
	has "$("$PTY" size 33x77 end -- "$RT" --root "$ROOT" exec -t c echo word)" $'word\r'
}

@test "the terminal is as large as the caller's before the program can ask" {
	bundle c '.process.terminal = true | .process.args = ["stty", "size"]'
	is "$("$PTY" size 33x77 end -- "$RT" --root "$ROOT" run --bundle "$T/c" c | tr -d '\r')" "33 77"
	bundle d
	launch d
	is "$("$PTY" size 44x88 end -- "$RT" --root "$ROOT" exec -t d stty size | tr -d '\r')" "44 88"
}
