# ps: the processes of a container, as the host sees them.
load helper

@test "the pids of all its processes, as JSON" {
	bundle c
	launch c
	rt exec -d --pid-file "$D/pid" c sleep 1000 </dev/null
	pids=$(rt ps --format json c)
	is "$(jq -c "contains([$(pid_of c), $(cat "$D/pid")])" <<<"$pids")" true
	is "$(jq -c sort <<<"$pids")" "$(pgrep --ns "$(pid_of c)" --nslist pid . | jq -sc sort)"
}

@test "the table is that of ps, with the lines of the container's processes" {
	bundle c '.process.args = ["sleep", "1234"]'
	launch c
	text=$(rt ps c)
	is "$(head -1 <<<"$text")" "$(ps -ef | head -1)"
	is "$(sed 1d <<<"$text" | awk '{ print $2 }')" "$(pid_of c)"
	has "$text" "sleep 1234"
	is "$(rt ps c -o comm,pid | tr -s ' ')" "$(printf 'COMMAND PID\nsleep %s' "$(pid_of c)")"
}

@test "what ps refuses, and a table without pids, are errors" {
	bundle c
	launch c
	fails 1 rt ps c --no-such-option
	has "$errors" "ps ended with status"
	fails 1 rt ps c -e -o comm
	has "$errors" "no column PID"
	fails 1 rt ps nobody
	has "$errors" "container does not exist"
	fails 1 rt ps --format yaml c
}

lists_nothing() { [ "$(rt ps -f json c)" = "[]" ]; }

@test "of one that has ended nothing is listed" {
	bundle c
	launch c
	rt kill c KILL
	eventually status_is c stopped
	eventually lists_nothing
	is "$(rt ps c | wc -l)" 1
}
