# The runtime beside runc: the same commands must print the same to standard output, end with the same exit code, and complain
# both or neither. What differs on purpose is in docs/hoy-runtime.md and not here.

load runtime

RUNC=${HOY_COMPAT_RUNC:-/usr/sbin/runc}

setup_file() {
	needs "$RUNC" jq
	box_start
	mkdir "$T/w-runc" "$T/w-tested"
	(cd "$T" && "$RUNC" spec && mv config.json spec.json)
	prelude >"$T/prelude"
}
setup() {
	needs "$RUNC" jq
	box_name
}
teardown() { box_check; }
teardown_file() {
	[ ! -e "$BATS_FILE_TMPDIR/T" ] || box_stop
}

# What the commands of a case see: $RT, a directory of their own with config.json, and
#   conf FILTER ARGUMENT...      config.json: runc's default without a terminal, changed by a jq program, for these arguments
#   run, state, exec...          "$RT run", ...; c is the container
#   begin FILTER ARGUMENT...     conf, and a container c that runs
#   until COMMAND...             wait until it succeeds
prelude() {
	cat <<-END
		base() { jq --arg root "$T/rootfs" --arg cgroup "/$TAG/\$SIDE" '(.root.path = \$root) | (.linux.cgroupsPath = \$cgroup) |
			(.process.terminal = false) | (.process.rlimits = []) | (.root.readonly = false)' "$T/spec.json"; }
	END
	cat <<-'END'
		conf() { local f=$1; shift; base | jq "(.process.args = \$ARGS.positional) | $f" --args -- "$@" >config.json; }
		until_() { local i; for ((i = 0; i < 2000; i++)); do "$@" >/dev/null 2>&1 && return; sleep 0.02; done; echo "never: $*"; return 1; }
		status_is() { [ "$($RT state c 2>/dev/null | jq -r .status)" = "$1" ]; }
		begin() { conf "$@"; $RT run -d --pid-file pid c </dev/null >out 2>err; }
		try() { conf "$@"; $RT run c </dev/null; echo "exit $?"; }
		cg() { cat "/sys/fs/cgroup/$1/$TAG/$SIDE/$2"; }
	END
}

alike() {
	sed -E 's/"pid": ?[1-9][0-9]*/"pid":PID/; s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)/TIME/g; s/w-(runc|tested)/W/g
		s/ {2,}/  /g; s#/(runc|tested)\b#/SIDE#g; s/state-(runc|tested)/STATE/g'
}

run_side() { # runc or tested, its program, commands
	local id
	rm -rf "$T/w-$1" && mkdir "$T/w-$1"
	(
		set +e
		cd "$T/w-$1" || exit 99
		export RT="$2 --root $T/state-$1" SIDE=$1 TAG T PTY
		in_box timeout -k 5 100 bash -c ". $T/prelude; $3" <"${INPUT:-/dev/null}" >"$T/out-$1.raw" 2>"$T/err-$1" 3>&-
		printf 'exit code %s\n' $? >>"$T/out-$1.raw"
	)
	alike <"$T/out-$1.raw" >"$T/out-$1"
	if [ -s "$T/err-$1" ]; then
		echo "something on stderr"
	else
		echo "nothing on stderr"
	fi >>"$T/out-$1"
	for id in $(ls "$T/state-$1" 2>/dev/null); do in_box "$2" --root "$T/state-$1" delete --force "$id" >/dev/null 2>&1 || true; done
}

same() { # commands
	run_side runc "$RUNC" "$1"
	run_side tested "$RUNTIME" "$1"
	[ ! "${HOY_COMPAT_SHOW:-}" ] || { echo "--- $1"; cat "$T/out-tested"; paste -d'\n' <(head -c 600 "$T/err-runc") <(head -c 600 "$T/err-tested"); } >>"$HOY_COMPAT_SHOW"
	cmp -s "$T/out-runc" "$T/out-tested" && return
	{
		printf 'differs: %s\n' "$1"
		diff -u --label runc --label tested "$T/out-runc" "$T/out-tested" || true
		head -c 700 "$T/err-runc" "$T/err-tested"
	} >>"$T/differences"
	[ "${HOY_COMPAT_ALL:-}" ] && { cat "$T/differences" >>"$HOY_COMPAT_ALL"; rm "$T/differences"; return; }
	cat "$T/differences"
	rm "$T/differences"
	return 1
}

@test "run: what a program sees and how it ends" {
	same 'try . echo hello'
	same 'try . sh -c "echo err >&2; exit 3"'
	same 'try . sh -c "kill -9 \$\$; sleep 1"'
	same 'try . sh -c "(sleep 0.1; kill -9 1) & exec sleep 0.5"'
	same 'echo typed | (conf . cat; $RT run c)'
	same 'try ".process.env = [\"A=b\", \"PATH=/bin\"]" env'
	same 'try ".process.env = [\"PATH=/bin\"]" sh -c "echo \$HOME; pwd; id"'
	same 'try ".process.user = {uid: 1000, gid: 33, additionalGids: [5, 7]}" sh -c "id; echo \$HOME"'
	same 'try ".process.user = {uid: 1000, gid: 33, umask: 63}" sh -c "umask"'
	same 'try ".process.user.umask = 63" sh -c "umask"'
	same 'try ".process.cwd = \"/var/www\"" pwd'
	same 'try ".process.cwd = \"/new/dir\"" pwd; rmdir $T/rootfs/new/dir $T/rootfs/new'
	same 'try ".process.cwd = \"relative\"" pwd'
	same 'try ".hostname = \"box\"" hostname'
	same 'try ".process.noNewPrivileges = false" grep -E "NoNew|Secc|Cap" /proc/self/status'
	same 'try . grep -E "NoNew|Secc|Cap|Groups|Uid|Gid|Umask" /proc/self/status'
	same 'try ".process.oomScoreAdj = 300" cat /proc/self/oom_score_adj'
	same 'try ".process.rlimits = [{type: \"RLIMIT_NOFILE\", soft: 64, hard: 128}, {type: \"RLIMIT_CORE\", soft: 0, hard: 0}]" sh -c "ulimit -n; ulimit -Hn; ulimit -c"'
	same 'try . ls -l /proc/self/fd | grep -c " -> "'
	same 'try . ls /dev | grep -vx core'
	same 'try . sh -c "for f in /dev/*; do stat -c \"%n %F %a %t:%T %u:%g\" \$f; done" | grep -v /dev/core'
	same 'try . ls -l /dev/fd /dev/stdin /dev/ptmx | sed "s/.* \//\//"'
}

@test "run: what is wrong is refused with the same code" {
	same '$RT run c'
	same 'echo "{" >config.json; $RT run c'
	same 'echo "{}" >config.json; $RT run c'
	same 'try . nosuchprogram'
	same 'try . /nosuchprogram'
	same 'try . /etc/passwd'
	same 'try . /etc'
	same 'try .'
	same 'try "del(.process.cwd)" true'
	same 'try "del(.root)" true'
	same 'try ".root.path = \"/nonexistent\"" true'
	same 'try ".process.rlimits = [{type: \"RLIMIT_NOSUCH\", soft: 1, hard: 1}]" true'
	same 'try ".process.rlimits = [{type: \"RLIMIT_NOFILE\", soft: 2, hard: 1}]" true'
	same 'try ".process.capabilities.bounding += [\"CAP_NOSUCH\"]" true'
	same 'try ".linux.namespaces += [{type: \"pid\"}]" true'
	same 'try ".linux.namespaces += [{type: \"nosuch\"}]" true'
	same 'try ".linux.namespaces |= map(if .type == \"network\" then .path = \"/nonexistent\" else . end)" true'
	same 'try ".mounts += [{destination: \"/x\", type: \"bind\", source: \"/nonexistent\", options: [\"bind\"]}]" true; rmdir $T/rootfs/x 2>/dev/null; true'
	same 'try ".linux.sysctl = {\"kernel.panic\": \"1\"}" true'
	same 'try ".linux.sysctl = {\"net.ipv4.nosuch\": \"1\"}" true'
	same 'try ".hostname = \"x\" | .linux.namespaces |= map(select(.type != \"uts\"))" true'
	same 'try ".linux.seccomp = {defaultAction: \"SCMP_ACT_NOSUCH\"}" true'
	same 'try ".linux.rootfsPropagation = \"nosuch\"" true'
	same 'try ".linux.resources.cpu.cpus = \"999\"" true'
	same 'conf . true; for i in "" . .. a/b "a b" a%b; do $RT run "$i"; echo $?; done'
	same 'conf . true; $RT run >h; echo $?; $RT run a b >h; echo $?; $RT run --nosuch a >h; echo $?; $RT --nosuch list >h; echo $?'
	same 'conf . true; $RT run --bundle /nonexistent c'
	same 'conf . true; $RT run --pid-file /nonexistent/pid c'
	same 'conf ".process.terminal = true" true; $RT run -d c'
	same 'conf ".process.terminal = true" true; $RT create c'
	same 'conf . true; $RT create --console-socket /nonexistent c'
	same 'begin . sleep 100; conf . true; $RT run c'
}

@test "create, start, state, delete: the life of a container" {
	same 'conf . sleep 100; $RT create --pid-file pid c </dev/null >out 2>&1; $RT state c | jq -c "keys"; $RT state c | jq -r .status
		[ "$(cat pid)" = "$($RT state c | jq .pid)" ] && echo same pid; $RT start c; $RT state c | jq -r .status; $RT start c; echo $?
		$RT kill c KILL; until_ status_is stopped; $RT state c | jq -c "{status, pid}"; $RT start c; echo $?; $RT delete c; $RT state c; echo $?'
	same 'conf ".annotations = {a: \"b\", \"c.d\": \"e\"}" sleep 100; $RT create c </dev/null >out 2>&1; $RT state c | jq -S "del(.pid, .created, .ociVersion)"'
	same 'conf . sleep 100; $RT create c </dev/null >out 2>&1; $RT create c; echo $?; $RT delete c; echo $?; $RT state c'
	same 'begin . sleep 100; $RT delete c; echo $?; $RT delete --force c; echo $?; $RT delete --force c; echo $?; $RT delete c; echo $?'
	same '$RT state nosuch; echo $?; $RT start nosuch; echo $?; $RT kill nosuch; echo $?; $RT pause nosuch; echo $?; $RT ps nosuch; echo $?; $RT exec nosuch true; echo $?; $RT update --memory 1 nosuch; echo $?; $RT events --stats nosuch; echo $?'
	same 'for v in state start kill delete exec pause resume ps update events; do $RT $v >h; echo "$v $?"; done'
	same 'conf . true; $RT run --keep c; $RT state c | jq -r .status; $RT delete c'
	same 'conf . true; $RT run -d c </dev/null >out 2>&1; until_ status_is stopped; $RT state c | jq -r .status'
	same 'mkdir b; conf . echo hi; mv config.json b; $RT run --bundle b c; $RT run -b $PWD/b c'
	same 'conf . echo hi; mkdir other; cd other; $RT run --bundle .. c'
	same 'conf . sleep 100; $RT create c </dev/null >out 2>&1; rm config.json; $RT start c; $RT state c | jq -r .status'
	same 'conf . sh -c "exit 4"; $RT create c </dev/null >out 2>&1; $RT start c; echo $?'
	same 'conf . sleep 100; $RT create c </dev/null >out 2>&1; $RT kill c KILL; until_ status_is stopped; $RT start c; echo $?; $RT delete c'
	same 'conf . cat; exec 3</dev/null 4</dev/null 5<<<handed; $RT run --preserve-fds 3 c; conf . sh -c "cat <&5"; $RT run --preserve-fds 3 c; $RT run c'
}

@test "list: table, names, JSON" {
	same '$RT list; $RT list -q; $RT list -f json | jq -c ". // []"; $RT list -f nosuch; echo $?; $RT list --format table'
	same 'begin ".annotations = {a: \"b\"}" sleep 100; $RT list -q; $RT list -f json | jq -S "map(del(.pid, .created, .ociVersion))"; $RT list -f json | jq -c ".[0] | keys_unsorted"; $RT list | sed "s/ [0-9][0-9]* / N /"; $RT kill c 9; until_ status_is stopped; $RT list -f json | jq -c "map([.status, .pid])"'
}

@test "kill: names, numbers, all, and who is not there any more" {
	for s in TERM SIGTERM 15 sigterm Term USR1 10 HUP KILL 9; do
		same "conf . sh -c 'for s in TERM USR1 HUP; do trap \"echo got \$s; exit 5\" \$s; done; echo ready; while :; do sleep 0.05; done'
			\$RT run -d c </dev/null >out 2>&1; until_ grep ready out; \$RT kill c $s; echo \$?; until_ status_is stopped; cat out"
	done
	same 'begin . sleep 100; for s in NOSUCH 0 -1 65 999 34; do $RT kill c "$s"; echo "$s $?"; done; $RT state c | jq -r .status'
	same 'begin . sleep 100; $RT kill c 9; until_ status_is stopped; $RT kill c 9; echo $?; $RT kill -a c 9; echo $?'
	same 'begin . sh -c "sleep 100 & sleep 101 & wait"; $RT kill --all c KILL; echo $?; until_ status_is stopped'
	same 'begin ".linux.namespaces |= map(select(.type != \"pid\"))" sh -c "sleep 100 & exec sleep 100"; $RT delete --force c 2>/dev/null; ls /sys/fs/cgroup/pids/$TAG/$SIDE 2>&1 | wc -l'
}

@test "exec: what it runs and how it ends" {
	same 'begin . sleep 100; $RT exec c echo hi; $RT exec c sh -c "exit 9"; echo $?; echo typed | $RT exec c cat'
	same 'begin . sleep 100; $RT exec c sh -c "kill -9 \$\$"; echo $?; $RT exec c sh -c "kill -15 \$\$"; echo $?'
	same 'begin . sleep 100; $RT exec c nosuch; echo $?; $RT exec c /nosuch; echo $?; $RT exec c /etc/passwd; echo $?; $RT exec c; echo $?; $RT exec --nosuch c true >h; echo $?'
	same 'begin . sleep 100; $RT exec -e A=1 -e B=2 --cwd /var c sh -c "env | sort; pwd"'
	same 'begin . sleep 100; $RT exec --user 1000:33 c id; $RT exec -u 1000 c id'
	same 'begin . sleep 100; $RT exec --additional-gids 5 --additional-gids 7 --user 1000:33 c id'
	same 'begin . sleep 100; $RT exec --cap CAP_NET_ADMIN c grep Cap /proc/self/status; $RT exec c grep -E "Cap|NoNew|Secc|Umask" /proc/self/status'
	same 'begin ".process.noNewPrivileges = false" sleep 100; $RT exec c grep NoNew /proc/self/status; $RT exec --no-new-privs c grep NoNew /proc/self/status'
	same 'begin . sleep 100; $RT exec -d --pid-file p c sleep 101; test -s p && echo pid; $RT ps -f json c | jq length'
	same 'begin . sleep 100; jq -n "{cwd: \"/var\", args: [\"sh\", \"-c\", \"pwd; id -u; env | sort\"], env: [\"PATH=/bin\", \"Z=1\"], user: {uid: 1000, gid: 33}}" >p.json; $RT exec --process p.json c; $RT exec -p /nonexistent c; echo $?; echo "{" >p.json; $RT exec -p p.json c; echo $?; echo "{}" >p.json; $RT exec -p p.json c; echo $?'
	same 'begin . sleep 100; $RT pause c; $RT exec c true; echo $?; $RT resume c; $RT exec c echo alive'
	same 'begin . sleep 100; $RT kill c 9; until_ status_is stopped; $RT exec c true; echo $?'
	same 'conf . sleep 100; $RT create c </dev/null >out 2>&1; $RT exec c echo created; echo $?'
	same 'begin . sleep 100; exec 3</dev/null 4</dev/null 5<<<handed; $RT exec --preserve-fds 3 c sh -c "cat <&5"; $RT exec c sh -c "cat <&5"; echo $?'
	same 'begin . sleep 100; $RT exec c ls -l /proc/self/fd | grep -c " -> "'
	same 'begin . sleep 100; $RT exec --cwd /nonexistent c pwd; echo $?'
	same 'begin ".process.user = {uid: 1000, gid: 33, additionalGids: [5]}" sleep 100; $RT exec c id'
	same 'begin . sleep 100; $RT exec c readlink /proc/self/ns/pid >a; $RT exec c readlink /proc/1/ns/pid >b; cmp a b && echo same; $RT exec c cat /proc/self/cgroup >a; $RT exec c cat /proc/1/cgroup | cmp a - && echo same'
	same 'begin . sleep 100; for i in 1 2 3 4 5 6 7 8; do $RT exec c echo $i; done'
	same 'begin . sleep 100; $RT exec -d -t c true; echo $?'
}

@test "terminals" {
	same 'conf ".process.terminal = true" sh -c "tty; until stty size 2>/dev/null | grep \" \"; do sleep 0.05; done; exit 4"; $PTY size 30x90 end -- $RT run c; echo $?'
	same 'begin . sleep 100; $PTY size 30x90 end -- $RT exec -t c sh -c "tty; until stty size 2>/dev/null | grep \" \"; do sleep 0.05; done; exit 5" | tr -d "\r"; echo ${PIPESTATUS[0]}'
	same 'conf ".process.terminal = true" sh; $PTY size 20x70 expect "#" send "stty size\r" expect "20 70" size 25x75 send "while ! stty size | grep -q 25; do sleep 0.1; done; echo do\"\"ne; exit 6\r" end -- $RT run c | grep -cE "^(20 70|done)"; echo ${PIPESTATUS[0]}'
	same 'conf ".process.terminal = true" sh -c "ls -l /dev/console | cut -c1; stat -c \"%F %a\" /dev/console; test -t 0 -a -t 1 -a -t 2 && echo all three"; $PTY end -- $RT run c'
	same 'conf ".process.terminal = true | .process.user = {uid: 1000, gid: 1000}" sh -c "echo hi >/dev/console; stat -c %u \$(tty)"; $PTY end -- $RT run c'
}

@test "ps, pause, resume" {
	same 'begin . sh -c "sleep 100 & wait"; until_ sh -c "$RT ps -f json c | jq -e \"length == 2\""; $RT ps c | head -1; $RT ps c | wc -l; $RT ps c -o pid,args | sed "s/^ *[0-9]* //" | grep sleep; $RT ps -f json c | jq length; $RT ps -f nosuch c; echo $?; $RT ps c -o nosuchfield; echo $?'
	same 'begin . sh -c "trap \"exit 0\" TERM; sleep 100 & wait"; until_ sh -c "$RT ps -f json c | jq -e \"length == 2\""; $RT pause c; echo $?; $RT state c | jq -r .status; $RT pause c; echo $?; $RT kill c TERM; $RT state c | jq -r .status; $RT resume c; echo $?; until_ status_is stopped; $RT resume c; echo $?; $RT pause c; echo $?; $RT ps c; echo $?'
	same 'begin . sleep 100; $RT resume c; echo $?; $RT pause c; $RT kill c KILL; until_ status_is stopped; $RT state c | jq -r .status; $RT delete c; echo $?'
	same 'begin . sleep 100; $RT pause c; $RT delete c; echo $?; $RT delete --force c; echo $?'
}

@test "update and events" {
	[ -e /sys/fs/cgroup/memory ] || skip "cgroup v1 only"
	same 'begin ".linux.resources.memory = {limit: 67108864}" sleep 100; $RT update --memory 33554432 --memory-reservation 16777216 --cpu-period 50000 --cpu-quota 20000 --cpu-share 256 --cpuset-cpus 0 --cpuset-mems 0 --pids-limit 20 --blkio-weight 300 c; echo $?
		cg memory memory.limit_in_bytes; cg memory memory.soft_limit_in_bytes; cg cpu cpu.cfs_period_us; cg cpu cpu.cfs_quota_us; cg cpu cpu.shares; cg cpuset cpuset.cpus; cg pids pids.max'
	same 'begin . sleep 100; $RT update --memory 64m c; echo $?; cg memory memory.limit_in_bytes; $RT update --memory 67108864 --memory-swap 67108864 c; cg memory memory.memsw.limit_in_bytes; $RT update --memory -1 --memory-swap -1 c; echo $?; cg memory memory.limit_in_bytes'
	same 'begin ".linux.resources.cpu = {quota: 10000, period: 100000}" sleep 100; $RT update --cpu-quota -1 c; cg cpu cpu.cfs_quota_us; $RT update --cpu-quota 50000 c; cg cpu cpu.cfs_quota_us; cg cpu cpu.cfs_period_us; $RT update --cpu-period 20000 --cpu-quota 10000 c; cg cpu cpu.cfs_period_us'
	same 'begin . sleep 100; echo "{\"memory\": {\"limit\": 67108864}, \"cpu\": {\"shares\": 300, \"quota\": 30000, \"period\": 60000}, \"pids\": {\"limit\": 9}}" >r.json; $RT update -r r.json c; echo $?; cg memory memory.limit_in_bytes; cg cpu cpu.shares; cg cpu cpu.cfs_quota_us; cg pids pids.max; $RT update --resources - c <r.json; echo $?; echo "{" >r.json; $RT update -r r.json c; echo $?; $RT update -r /nonexistent c; echo $?'
	same 'begin . sleep 100; $RT update --pids-limit -1 c; cg pids pids.max; $RT update --pids-limit 0 c; cg pids pids.max; $RT update --pids-limit x c >h; echo $?; $RT update c; echo $?'
	same 'begin . sleep 100; $RT update --memory 4096 c; echo $?; $RT state c | jq -r .status; $RT update --cpuset-cpus 999 c; echo $?; $RT update --cpu-quota 5 c; echo $?'
	same 'begin ".linux.resources.memory = {limit: 67108864} | .linux.resources.pids = {limit: 30}" sleep 100; $RT events --stats c | jq -c "[.type, .id, (.data | keys), (.data.cpu | keys), (.data.memory | keys), (.data.memory.usage | keys), (.data.pids)]"; $RT events --stats c | jq .data.memory.usage.limit; $RT events --stats c | jq -c ".data.cpu.usage | keys"'
	same 'begin . sleep 100; timeout 2 $RT events --interval 200ms c | head -2 | jq -c "[.type, .id]"'
	same 'begin . sleep 100; $RT kill c KILL; until_ status_is stopped; $RT events --stats c; echo $?; $RT update --memory 64m c; echo $?'
}

@test "mounts" {
	local m
	mkdir "$BATS_TEST_TMPDIR/source"
	echo content >"$BATS_TEST_TMPDIR/source/file"
	for m in '"rbind"' '"bind","ro"' '"rbind","nosuid","nodev","noexec"' '"bind","rprivate"' '"rbind","rslave"' '"bind","nosuch=1"' '"bind","noatime"' '"bind","rro"'; do
		same "try '.mounts += [{destination: \"/tmp/x\", type: \"bind\", source: \"$BATS_TEST_TMPDIR/source\", options: [$m]}]' sh -c 'grep \" /tmp/x \" /proc/self/mountinfo | cut -d\" \" -f4-6; cat /tmp/x/file; touch /tmp/x/new && rm /tmp/x/new'; rmdir \$T/rootfs/tmp/x"
	done
	same "try '.mounts += [{destination: \"/tmp/f\", type: \"bind\", source: \"$BATS_TEST_TMPDIR/source/file\", options: [\"bind\", \"ro\"]}]' cat /tmp/f; rm \$T/rootfs/tmp/f"
	same "try '.mounts += [{destination: \"tmp/rel\", type: \"bind\", source: \"$BATS_TEST_TMPDIR/source\", options: [\"bind\"]}]' ls /tmp/rel; rmdir \$T/rootfs/tmp/rel"
	same 'try ".mounts += [{destination: \"/tmp\", type: \"tmpfs\", source: \"tmpfs\", options: [\"nosuid\", \"size=1m\", \"mode=700\"]}]" grep " /tmp " /proc/mounts'
	same 'try ".mounts += [{destination: \"/etc\", type: \"tmpfs\", source: \"tmpfs\", options: [\"tmpcopyup\"]}]" sh -c "cat /etc/passwd; touch /etc/new; ls -l /etc | cut -c1-10"'
	same 'try ".root.readonly = true" sh -c "touch /x; grep \" / \" /proc/mounts | grep -o \" r[ow],\""'
	same 'try ".linux.rootfsPropagation = \"shared\"" sh -c "grep \" / / \" /proc/self/mountinfo | grep -c shared"'
	same 'try ".linux.maskedPaths = [\"/etc/passwd\", \"/var\", \"/nonexistent\"] | .linux.readonlyPaths = [\"/tmp\", \"/nonexistent\"]" sh -c "cat /etc/passwd; ls /var; touch /tmp/x"'
	same 'try . sh -c "cut -d\" \" -f5 /proc/self/mountinfo | grep -v cgroup | sort"'
	same 'try . sh -c "grep cgroup/ /proc/self/mountinfo | grep -v systemd | cut -d\" \" -f4-6 | sort"'
	same 'try ".linux.namespaces += [{type: \"cgroup\"}]" sh -c "cat /proc/self/cgroup | cut -d: -f3 | sort -u; grep cgroup/ /proc/self/mountinfo | grep -v systemd | cut -d\" \" -f4-6 | sort"'
	same 'try ".mounts |= map(if .type == \"cgroup\" then .options = [\"rw\"] else . end)" sh -c "ls /sys/fs/cgroup | grep -v systemd; mkdir /sys/fs/cgroup/pids/x && echo made && rmdir /sys/fs/cgroup/pids/x"'
	same 'try ".linux.devices = [{path: \"/dev/foo\", type: \"c\", major: 1, minor: 3, fileMode: 416, uid: 5, gid: 6}, {path: \"/dev/p\", type: \"p\"}]" stat -c "%n %F %a %t:%T %u:%g" /dev/foo /dev/p'
	same 'try ".linux.devices = [{path: \"/dev/foo\", type: \"c\", major: 10, minor: 237}] | .linux.resources.devices += [{allow: true, type: \"c\", major: 10, minor: 237, access: \"r\"}]" sh -c ": </dev/foo && echo r; : >/dev/foo && echo w"'
	same 'conf . true; mkdir x; ln -s x l; base | jq ".root.path = \"$T/rootfs/../rootfs\" | .process.args = [\"echo\", \"hi\"] | .process.terminal = false" >config.json; $RT run c'
	same 'try ".mounts += [{destination: \"/proc/self\", type: \"tmpfs\", source: \"tmpfs\"}]" true'
	same 'conf . sh -c "ls -d /bin /proc/self/cwd"; $RT run --no-pivot c'
}

@test "namespaces" {
	local n
	for n in mount uts ipc network pid; do
		same "conf '.linux.namespaces |= map(select(.type != \"$n\"))' sh -c 'for n in mnt uts ipc net pid; do readlink /proc/self/ns/\$n; done'; [ $n = uts ] && jq 'del(.hostname)' config.json >x && mv x config.json; \$RT run c | while read -r n; do [ \"\$n\" = \"\$(readlink /proc/self/ns/\${n%%:*})\" ] && echo the host\\'s || echo its own; done"
	done
	same 'begin . sleep 100; conf ".linux.namespaces |= map(if .type == \"pid\" or .type == \"ipc\" or .type == \"network\" or .type == \"uts\" then .path = \"/proc/$(cat pid)/ns/\(if .type == \"network\" then \"net\" else .type end)\" else . end) | del(.hostname) | .linux.cgroupsPath += \"-2\"" sh -c "for n in uts ipc net pid; do readlink /proc/self/ns/\$n; done"; $RT run d >a; $RT exec c sh -c "for n in uts ipc net pid; do readlink /proc/self/ns/\$n; done" | cmp - a && echo joined'
	same 'try ".linux.namespaces += [{type: \"user\"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] | .linux.gidMappings = [{containerID: 0, hostID: 200000, size: 1000}] | .mounts |= map(select(.type != \"cgroup\"))" sh -c "id; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; grep Cap /proc/self/status; stat -c %u /etc/passwd /proc/1"'
	same 'try ".linux.namespaces += [{type: \"user\"}]" true'
	same 'try ".linux.sysctl = {\"net.ipv4.ip_forward\": \"1\", \"kernel.msgmax\": \"1000\", \"kernel.domainname\": \"dom\"}" cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax /proc/sys/kernel/domainname'
	same 'try ".linux.sysctl = {\"net/ipv4/ip_forward\": \"1\"}" cat /proc/sys/net/ipv4/ip_forward'
	same 'try . sh -c "ip -o link | cut -d: -f2; ip -o addr show lo | grep -c 127.0.0.1; echo \$\$; ps | wc -l"'
}

@test "seccomp" {
	same 'try ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{names: [\"mkdir\", \"mkdirat\"], action: \"SCMP_ACT_ERRNO\", errnoRet: 28}]}" mkdir /tmp/x'
	same 'try ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{names: [\"mkdir\", \"mkdirat\"], action: \"SCMP_ACT_ERRNO\"}]}" mkdir /tmp/x'
	same 'try ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{names: [\"mkdir\", \"mkdirat\"], action: \"SCMP_ACT_KILL\"}]}" mkdir /tmp/x'
	same 'try ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{names: [\"mkdir\", \"mkdirat\"], action: \"SCMP_ACT_KILL_PROCESS\"}]}" mkdir /tmp/x'
	same 'try ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{names: [\"kill\"], action: \"SCMP_ACT_ERRNO\", args: [{index: 1, value: 10, op: \"SCMP_CMP_EQ\"}]}]}" sh -c "kill -10 2; kill -0 1; echo \$?"'
	same 'try ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{names: [\"nosuchcall\"], action: \"SCMP_ACT_ERRNO\"}]}" echo ok'
	same 'try ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", flags: [\"NOSUCH\"]}" true'
}

@test "hooks" {
	local s
	for s in prestart createRuntime createContainer startContainer poststart poststop; do
		same "conf '.hooks.$s = [{path: \"/bin/sh\", args: [\"sh\", \"-c\", \"echo hook >&2; cat >/tmp/$TAG-said; pwd >/tmp/$TAG-cwd\"], env: [\"PATH=/bin:/usr/bin\"]}]' sh -c 'cat /tmp/$TAG-said | wc -l; cat /tmp/$TAG-cwd'; \$RT run c 2>/dev/null | sed s#/tmp.*/w-#w-#; cat \$T/rootfs/tmp/$TAG-said /tmp/$TAG-said 2>/dev/null | jq -c '[.id, .bundle, .ociVersion[:2]]'; rm -f \$T/rootfs/tmp/$TAG-said \$T/rootfs/tmp/$TAG-cwd /tmp/$TAG-said /tmp/$TAG-cwd"
		[ $s = poststop ] || same "try '.hooks.$s = [{path: \"relative\"}]' echo ran"
		# A failure after the start is a warning in the specification; runc ends the container.
		if [ $s != poststart ]; then
			same "try '.hooks.$s = [{path: \"/bin/false\"}]' echo ran"
			same "try '.hooks.$s = [{path: \"/nonexistent\"}]' echo ran"
			same "try '.hooks.$s = [{path: \"/bin/sleep\", args: [\"sleep\", \"60\"], timeout: 1}]' echo ran"
		fi
		same "try '.hooks.$s = [{path: \"/bin/sh\", args: [\"sh\", \"-c\", \"env >/tmp/$TAG-env\"], env: [\"A=b\"]}]' true; cat /tmp/$TAG-env \$T/rootfs/tmp/$TAG-env 2>/dev/null | grep -E '^A='; rm -f /tmp/$TAG-env \$T/rootfs/tmp/$TAG-env"
	done
	same 'conf ".hooks.poststop = [{path: \"/bin/sh\", args: [\"sh\", \"-c\", \"jq -r .status >$PWD/stopped\"], env: [\"PATH=/bin:/usr/bin\"]}]" sleep 100; $RT run -d c </dev/null >/dev/null 2>&1; $RT delete --force c; cat stopped'
}

@test "features: every mount option that runc knows, but for those that the kernel has forgotten" {
	peer_cannot "is no other"
	is "$(jq -n -c --argjson runc "$("$RUNC" features)" --argjson tested "$("$RUNTIME" features)" '$runc.mountOptions - $tested.mountOptions - ["acl", "noacl"]')" "[]"
}

@test "log, version, help, spec, features" {
	same '$RT --log l --log-format json state nosuch; echo $?; tail -1 l | jq -c "keys_unsorted, .level"'
	same '$RT --log l --log-format text state nosuch; grep -c "level=error" l'
	same '$RT --log l --log-format nosuch state nosuch; echo $?'
	same '$RT --debug --log l run c; echo $?; grep -c level=error l'
	same '$RT --version | cut -d" " -f1 | tail -n +2 | grep -E "spec|libseccomp"'
	same '$RT --help >h; echo $?; $RT -h >h; echo $?; $RT help >h; echo $?; for v in create start run exec kill delete state list ps pause resume update events spec; do $RT $v --help >h; echo "$v $?"; grep -c "^USAGE\|^Usage" h >/dev/null; done'
	same '$RT spec; jq -S "del(.ociVersion, .hostname)" config.json; $RT spec; echo $?'
	same '$RT spec --rootless; jq -S "del(.ociVersion, .hostname)" config.json'
	same 'mkdir b; $RT spec -b b; ls b; $RT spec -b /nonexistent; echo $?'
	same '$RT features | jq -S -c "[.linux.namespaces - [\"time\"], (.linux.capabilities | length > 30), .linux.cgroup.v1, .linux.cgroup.v2, .linux.seccomp.enabled, .linux.seccomp.actions, .linux.seccomp.operators, .hooks]"'
}
