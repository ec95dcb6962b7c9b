# hoy run in the foreground: arguments, environment, streams, exit codes, users, names.
load helper

@test "run prints what the program prints and ends with 0" {
	is "$(hoy run --rm busybox echo hello world)" "hello world"
}

@test "stdout and stderr stay separate" {
	fails 0 hoy run --rm busybox sh -c 'echo out; echo err >&2'
	is "$output" out
	is "$errors" err
}

@test "the program's exit code is run's" {
	fails 42 hoy run --rm busybox sh -c 'exit 42'
}

@test "a program that a signal ends gives 128 and its number" {
	# PID 1 of its own namespace cannot send itself a deadly signal: a child does it, and sh -c tells.
	fails 143 hoy run --rm busybox sh -c 'sh -c "kill -TERM \$\$"; exit $?'
}

@test "a command that does not exist gives 127 and is named" {
	fails 127 hoy run --rm busybox nothing-here
	has "$errors" nothing-here
}

@test "a command that cannot be executed gives 126 and is named" {
	fails 126 hoy run --rm busybox /etc/passwd
	has "$errors" /etc/passwd
}

@test "a directory as command gives 126" {
	fails 126 hoy run --rm busybox /etc
}

@test "arguments arrive byte for byte" {
	local odd=$'a b\tc\nd "e" \'f\' $g \\h *  '
	is "$(hoy run --rm busybox printf '%s|' "$odd" '' 'ü€' end)" "$odd||ü€|end|"
}

@test "an argument of 100 kB arrives whole" {
	local long
	long=$(head -c 100000 /dev/zero | tr '\0' x)
	is "$(hoy run --rm busybox sh -c 'echo ${#1}' sh "$long")" 100000
}

@test "ten thousand arguments arrive" {
	# shellcheck disable=SC2046
	is "$(hoy run --rm busybox sh -c 'echo $#' sh $(seq 10000))" 10000
}

@test "the program is PID 1 and its parent is not to be seen" {
	is "$(hoy run --rm busybox sh -c 'echo $$ $PPID')" "1 0"
}

@test "with --init the program is not PID 1 and orphans are reaped" {
	is "$(hoy run --rm --init busybox sh -c '[ $$ != 1 ] && echo "not 1"')" "not 1"
	# The orphan's zombie is gone once PID 1 has reaped it; a zombie would stay for ever.
	is "$(hoy run --rm --init busybox sh -c '(true & echo $! >/tmp/p) ; p=$(cat /tmp/p)
		i=0; while [ -e /proc/$p ] && [ $i -lt 500 ]; do usleep 10000; i=$((i+1)); done; [ -e /proc/$p ] || echo reaped')" reaped
}

@test "with --init the exit code stays the program's" {
	fails 9 hoy run --rm --init busybox sh -c 'exit 9'
}

@test "input reaches the program with -i and its end too" {
	is "$(printf 'one\ntwo\n' | hoy run --rm -i busybox wc -l)" 2
}

@test "without -i the program's input is empty" {
	is "$(echo data | hoy run --rm busybox wc -c)" 0
}

@test "eight megabytes arrive intact in both directions" {
	head -c 8388608 /dev/urandom >"$D/data"
	hoy run --rm -i busybox cat <"$D/data" >"$D/back"
	cmp "$D/data" "$D/back"
}

@test "sixteen megabytes of output arrive intact at a slow reader" {
	is "$(hoy run --rm busybox sh -c 'head -c 16777216 /dev/zero | tr "\0" y' | (read -r -t 0.3 <> <(:); wc -c))" 16777216
}

@test "output that nobody reads does not keep the program from ending" {
	hoy run --rm busybox sh -c 'yes | head -c 100000' | head -c 10 >/dev/null
}

@test "-e sets, -e NAME copies from the caller, --env-file reads" {
	printf '# comment\nFILE=from file\n\nBOTH=file\n' >"$D/env"
	is "$(COPIED=yes hoy run --rm -e A=1 -e 'B=x y=z' -e COPIED -e ABSENT --env-file "$D/env" -e BOTH=flag busybox \
		sh -c 'echo "$A|$B|$COPIED|${ABSENT-unset}|$FILE|$BOTH"')" "1|x y=z|yes|unset|from file|flag"
}

@test "PATH, HOME and HOSTNAME are there and nothing of the caller's environment" {
	local environment
	environment=$(SECRET=1 hoy run --rm -h box busybox env)
	has "$environment" "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	has "$environment" "HOME=/root"
	has "$environment" "HOSTNAME=box"
	hasnt "$environment" SECRET
	hasnt "$environment" HOY_
}

@test "TERM is set only with a terminal" {
	hasnt "$(hoy run --rm busybox env)" TERM=
}

@test "-w sets the working directory and makes a missing one" {
	is "$(hoy run --rm -w /etc busybox pwd)" /etc
	is "$(hoy run --rm -w /not/there/yet busybox pwd)" /not/there/yet
}

@test "a relative -w is refused" {
	refuses "work" hoy run --rm -w etc busybox pwd
}

@test "-u takes a name, a number, both and their groups" {
	is "$(hoy run --rm -u www-data busybox id)" "uid=33(www-data) gid=33(www-data) groups=33(www-data)"
	is "$(hoy run --rm -u 1000 busybox id -G)" "1000 2000"
	is "$(hoy run --rm -u 1000:33 busybox sh -c 'id -u; id -g')" $'1000\n33'
	is "$(hoy run --rm -u 4711:4712 busybox sh -c 'id -u; id -g')" $'4711\n4712'
	is "$(hoy run --rm -u user:extra busybox id -g)" 2000
}

@test "HOME is the user's" {
	is "$(hoy run --rm -u www-data busybox sh -c 'echo $HOME')" /var/www
	is "$(hoy run --rm -u 4711 busybox sh -c 'echo $HOME')" /
}

@test "an unknown user is refused and named" {
	fails 125 hoy run --rm -u nobody-here busybox true
	has "$errors" nobody-here
}

@test "-h sets the host name; without it it is the short id" {
	is "$(hoy run --rm -h box.example busybox hostname)" box.example
	matches "$(hoy run --rm busybox hostname)" '^[0-9a-f]{12}$'
}

@test "--entrypoint replaces the image's, empty removes it" {
	is "$(hoy run --rm --entrypoint echo busybox a b)" "a b"
	hoy import -c 'ENTRYPOINT ["echo","entry"]' -c 'CMD ["default"]' "$BATS_FILE_TMPDIR/busybox.tar" withentry >/dev/null
	is "$(hoy run --rm withentry)" "entry default"
	is "$(hoy run --rm withentry other)" "entry other"
	is "$(hoy run --rm --entrypoint '' withentry echo bare)" bare
	is "$(hoy run --rm --entrypoint printf withentry 'x\n')" x
}

@test "the image's Env, User and WorkingDir hold" {
	hoy import -c 'ENV COLOUR=blue SHAPE="a b"' -c 'USER 33:33' -c 'WORKDIR /var/www' \
		"$BATS_FILE_TMPDIR/busybox.tar" configured >/dev/null
	is "$(hoy run --rm configured sh -c 'echo $COLOUR $SHAPE; id -u; pwd')" $'blue a b\n33\n/var/www'
	is "$(hoy run --rm -e COLOUR=red -u 0 configured sh -c 'echo $COLOUR; id -u')" $'red\n0'
}

@test "an image without a command needs one" {
	fails 125 hoy run --rm busybox
	matches "${errors,,}" 'command'
	is "$(hoy ps -aq)" ""
}

@test "an image that is not there is named and nothing is made" {
	fails 125 hoy run --rm not-there true
	has "$errors" not-there
	is "$(hoy ps -aq)" ""
}

@test "--name names it; a second one of that name is refused and says who has it" {
	local id
	id=$(hoy run -d --name same busybox sleep 1000)
	fails 125 hoy run --name same busybox true
	has "$errors" same
	has "$errors" "${id:0:12}"
	is "$(hoy ps -aq --no-trunc)" "$id"
}

@test "generated names are two words and differ" {
	hoy create busybox true >/dev/null
	hoy create busybox true >/dev/null
	local names
	names=$(hoy ps -a --format '{{.Names}}')
	is "$(sort -u <<<"$names" | wc -l)" 2
	matches "$(head -1 <<<"$names")" '^[a-z]+_[a-z0-9]+$'
}

@test "a name with a slash, of one letter or with a space is refused" {
	refuses name hoy run --name a/b busybox true
	refuses name hoy run --name 'a b' busybox true
	refuses name hoy run --name -a busybox true
}

@test "--cidfile has the id; an existing file is refused" {
	hoy run --rm --cidfile "$D/cid" busybox true
	matches "$(cat "$D/cid")" '^[0-9a-f]{64}$'
	fails 125 hoy run --rm --cidfile "$D/cid" busybox true
	has "$errors" "$D/cid"
}

@test "without --rm the container stays, with --rm it does not" {
	hoy run --name stays busybox true
	is "$(hoy ps -a --format '{{.Names}}')" stays
	hoy run --rm --name goes busybox true
	is "$(hoy ps -a --format '{{.Names}}')" stays
}

@test "with --rm the name is free again as soon as run returns" {
	local i
	for i in 1 2 3 4 5; do
		hoy run --rm --name again busybox true
	done
}

@test "with --rm run waits for the removal, however long that is held up" {
	mkfifo "$D/in"
	hoy run --rm -i --name con busybox cat <"$D/in" 3>&- &
	local run=$! lock status=0
	exec 4>"$D/in"
	eventually status_is con running
	# Who removes it waits for this lock.
	flock "$HOY_ROOT/containers/$(inspect con '{{.Id}}')/lock" sleep 7 3>&- 4>&- &
	lock=$!
	eventually pgrep -P $lock
	exec 4>&-
	wait $run || status=$?
	is "$status" 0
	is "$(hoy ps -aq)" ""
	wait $lock
}

@test "--rm leaves nothing behind when the command does not exist" {
	fails 127 hoy run --rm busybox nothing-here
	is "$(hoy ps -aq)" ""
	eventually has_no_leak files
}

@test "the program's files are its own: two containers of one image do not meet" {
	hoy run --name one busybox sh -c 'echo mine >/etc/mine'
	fails 1 hoy run --rm busybox cat /etc/mine
	hoy start -a one
	is "$(hoy run --rm busybox ls /root)" ""
}

@test "a stopped container keeps its files over start" {
	hoy run --name keeps busybox sh -c 'echo x >>/root/log; wc -l </root/log'
	is "$(hoy start -a keeps)" 2
	is "$(hoy start -a keeps)" 3
}

@test "signals of the caller reach the program" {
	mkfifo "$D/ready"
	"$HOY" run --rm --name signalled -v "$D:/d" busybox sh -c 'trap "echo got; exit 5" TERM; echo >/d/ready
		while :; do sleep 1000 & wait; done' >"$D/out" &
	local pid=$! status=0
	timeout 10 cat "$D/ready"
	kill -TERM $pid
	wait $pid || status=$?
	is "$status" 5
	is "$(cat "$D/out")" got
}

@test "a killed client of run leaves the container running" {
	mkfifo "$D/ready"
	"$HOY" run --name lives -v "$D:/d" busybox sh -c 'echo >/d/ready; exec sleep 1000' &
	local pid=$!
	timeout 10 cat "$D/ready"
	kill -KILL $pid
	wait $pid || true
	is "$(inspect lives '{{.State.Status}}')" running
}

@test "the container with --rm is removed at its end though the client was killed" {
	mkfifo "$D/ready"
	"$HOY" run --rm --name lives -v "$D:/d" busybox sh -c 'echo >/d/ready; exec sleep 1000' &
	local pid=$!
	timeout 10 cat "$D/ready"
	kill -KILL $pid
	wait $pid || true
	hoy kill lives >/dev/null
	eventually has_no_container
}

@test "descriptors of the caller do not reach the program" {
	# ls has 0, 1, 2 and the directory that it reads.
	is "$(hoy run --rm busybox sh -c 'ls /proc/self/fd | wc -l' 7</etc 8</dev/null 9>"$D/x")" 4
}

@test "/etc/hosts, /etc/hostname and /etc/resolv.conf are made" {
	local all
	all=$(hoy run --rm -h box --add-host db:10.0.0.7 --dns 192.0.2.53 busybox cat /etc/hosts /etc/hostname /etc/resolv.conf)
	has "$all" $'127.0.0.1\tlocalhost'
	has "$all" $'10.0.0.7\tdb'
	has "$all" $'\nbox\n'
	has "$all" "nameserver 192.0.2.53"
}

@test "the program may write /etc/hosts and it holds over a restart of the container's files" {
	is "$(hoy run --rm busybox sh -c 'echo "10.9.9.9 added" >>/etc/hosts && grep -c added /etc/hosts')" 1
}

@test "/dev has what docker's has and nothing else" {
	is "$(hoy run --rm busybox sh -c 'ls /dev | sort | tr "\n" " "')" \
		"core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero "
}

@test "--label and the image's labels are in inspect" {
	hoy import -c 'LABEL from=image both=image' "$BATS_FILE_TMPDIR/busybox.tar" labelled >/dev/null
	hoy create --name lab --label both=flag --label bare labelled true >/dev/null
	is "$(inspect lab '{{index .Config.Labels "from"}} {{index .Config.Labels "both"}} [{{index .Config.Labels "bare"}}]')" "image flag []"
}

@test "umask is 0022" {
	is "$(hoy run --rm busybox sh -c umask)" 0022
}

@test "a fourth start at the same time does not disturb the others" {
	local i pids=() p
	for i in 1 2 3 4; do
		hoy run --rm busybox echo "$i" >"$D/$i" &
		pids+=($!)
	done
	for p in "${pids[@]}"; do wait "$p"; done
	is "$(cat "$D"/[1-4] | tr '\n' ' ')" "1 2 3 4 "
}
