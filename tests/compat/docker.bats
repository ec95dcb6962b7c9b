# hoy beside docker: the same commands must print the same and end alike. What differs on purpose is in docs/differences.md and
# not here.

load helper

setup_file() {
	[ -z "$(why_not)" ] || return 0
	peers_start
}
teardown_file() { peers_stop; }
setup() {
	[ -z "$(why_not)" ] || skip "$(why_not)"
	T=$(cat "$BATS_FILE_TMPDIR/T")
}
teardown() {
	[ -z "$(why_not)" ] || return 0
	same '$C ps -aq | xargs -r $C rm -fv >/dev/null'
}

@test "environment: defaults, -e, --env-file, a terminal, a user's home" {
	same '$R $I env | sort'
	same '$R -t $I env | sort'
	same '$R -e A=1 -e B -e HOME=/x -e "C=a b" -e A=2 $I env | sort'
	same '$R -h box -u user $I env | sort'
	same 'printf "A=1\n#c\n\n  B=2 \nHOME\nNOSUCH\nC=\"q\"\nD=a=b\n" >f; $R --env-file f -e A=3 $I env | sort'
	same 'printf "\xef\xbb\xbfA=1\r\n" >f; $R -h box --env-file f $I env | od -c'
	same 'printf "A B=1\n" >f; $R --env-file f $I env'
	same '$R -e =1 $I env'
	same '$R -e "" $I env'
}

@test "who and where: user, groups, directory, umask, limits, score" {
	local u
	for u in 1000:2000 4242 :33 user root:www-data user:extra nosuch user:nosuch -5 99999999999 ''; do
		same "\$R -u '$u' \$I id"
	done
	for u in /var/www /new/dir '' rel; do
		same "\$R -w '$u' \$I pwd"
	done
	same '$R -w /new/dir $I ls -ldn /new /new/dir | cut -c1-30'
	same '$R $I sh -c "umask; cat /proc/self/oom_score_adj /proc/self/limits"'
}

@test "privileges: capabilities, seccomp, no-new-privileges" {
	same '$R $I grep -E "Cap|Secc|NoNew|Uid|Gid|Groups" /proc/self/status'
	same '$R -u user $I grep -E "Cap|Secc|NoNew|Uid|Gid|Groups" /proc/self/status'
	same '$R --cap-drop ALL $I grep Cap /proc/self/status'
	same '$R --cap-add SYS_ADMIN --cap-drop NET_RAW $I grep Cap /proc/self/status'
	same '$R --cap-add CAP_NET_ADMIN -u user $I grep Cap /proc/self/status'
	same '$R --cap-add nosuch $I true'
	same '$R --security-opt no-new-privileges $I grep NoNew /proc/self/status'
	same '$R --security-opt seccomp=unconfined $I grep Secc /proc/self/status'
	same '$R --security-opt seccomp=/nonexistent $I true'
	same '$R --security-opt foo=bar $I true'
}

@test "what is mounted in /dev, /proc, /etc" {
	same '$R $I stat -c "%n %F %a %t:%T %u:%g" /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/ptmx /dev/shm /dev/mqueue'
	same '$R -t $I stat -c "%n %F %a" /dev/console'
	same '$R -h box.example.com $I sh -c "hostname; cat /etc/hostname /etc/hosts"'
	same '$R --add-host a:1.2.3.4 --add-host b:::1 $I cat /etc/hosts'
	same '$R --dns 1.1.1.1 --dns 8.8.8.8 $I cat /etc/resolv.conf'
	same '$C run --rm --network host $I cat /etc/hosts /etc/resolv.conf /etc/hostname'
	same '$R --read-only $I sh -c "grep /etc/ /proc/mounts | cut -d\" \" -f2,4; touch /x; touch /dev/shm/x"'
	same '$R $I sh -c "head -c1 /proc/kcore | wc -c; echo 1 >/proc/sys/kernel/panic; echo h >/proc/sysrq-trigger; ls /proc/acpi /sys/firmware"'
	same '$R --shm-size 8m $I sh -c "df -k /dev/shm | tail -1"'
	same '$R --tmpfs /t:size=1m,mode=700,exec $I sh -c "grep \" /t \" /proc/mounts"'
	same '$R --device /dev/zero:/dev/foo:r $I sh -c "head -c 2 /dev/foo | wc -c; echo x >/dev/foo"'
	same '$R --ipc none $I ls -d /dev/shm'
}

@test "limits: ulimit, memory, cpus, cpuset, pids, sysctl" {
	local v
	[ -e /sys/fs/cgroup/memory ] || skip "cgroup v1 only"
	for v in nofile=64:128 nofile=64 core=-1 nofile=128:64 nosuch=1 nofile nofile=a nofile=1:2:3; do
		same "\$R --ulimit $v \$I sh -c 'ulimit -n; ulimit -Hn; ulimit -c'"
	done
	for v in 0 64m 10MiB 6mb -5 1x ''; do
		same "\$R -m '$v' \$I sh -c 'cd /sys/fs/cgroup/memory; cat memory.limit_in_bytes memory.memsw.limit_in_bytes'"
	done
	same '$R -m 64m --memory-swap -1 $I cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes'
	same '$R -m 64m --memory-swap 32m $I true'
	same '$R --memory-swap 128m $I true'
	for v in 0 1.5 -1 999 abc ''; do
		same "\$R --cpus '$v' \$I cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us"
	done
	for v in 0 0,0 99 a -1 ''; do
		same "\$R --cpuset-cpus '$v' \$I cat /sys/fs/cgroup/cpuset/cpuset.cpus"
	done
	same '$R --pids-limit 100 $I cat /sys/fs/cgroup/pids/pids.max'
	same '$R --pids-limit -1 $I cat /sys/fs/cgroup/pids/pids.max'
	same '$R --cpu-shares 512 $I cat /sys/fs/cgroup/cpu/cpu.shares'
	same '$R --sysctl net.ipv4.ip_forward=1 $I cat /proc/sys/net/ipv4/ip_forward'
	same '$R --sysctl vm.swappiness=1 $I true'
	same '$R -m 16m $I dd if=/dev/zero of=/dev/null bs=50M count=1'
}

@test "exit codes of run" {
	local v
	for v in 0 1 125 126 127 137 143 255 256; do
		same "\$R \$I sh -c 'exit $v'"
	done
	same '$R $I'
	same '$R $I nosuch'
	same '$R $I ./nosuch'
	same '$R $I /etc/passwd'
	same '$R $I /etc'
	same "\$R \$I ''"
	same "\$R --entrypoint '' \$I echo a"
	same '$R --entrypoint echo $I a b'
	same '$R --init $I sh -c "kill -TERM \$\$; sleep 1"'
	same '$R --nosuch $I'
	same '$C run'
	same '$C nosuch'
}

@test "streams: both ways, separate, binary, large, closed, refused" {
	same 'echo x | $C run -i --rm --network none $I cat'
	same 'echo x | $R $I cat'
	same 'seq 1 1000000 | $C run -i --rm --network none $I md5sum'
	same 'head -c 5000000 /dev/zero | $C run -i --rm --network none $I head -c 3 | od -c'
	same '$R $I sh -c "seq 1 200000; seq 1 1000 >&2" 2>e | md5sum; md5sum <e'
	same '$R $I sh -c "head -c 1000000 /dev/zero | tr \"\\\\0\" \"\\\\377\"" | md5sum'
	same '$C run -a stderr --rm --network none $I sh -c "echo o; echo e >&2"'
	same '$R $I echo hi 0<&-'
	same '$R $I sh -c "echo a; exec >&-; exit 3"'
	same '$R $I sh -c "sleep 100 & exit 4"'
	same 'mkdir gone; cd gone; rmdir ../gone; $R $I pwd'
	same '$R -e BIG=$(head -c 120000 /dev/zero | tr "\\0" a) $I env | grep BIG | md5sum'
	same 'for i in $(seq 1 1000); do printf "B%d=%01000d\n" $i 0; done >f; $R --env-file f $I env | grep ^B | sort | md5sum'
	same '$C run -it --rm --network none $I true'
}

@test "terminals: size, ^C, detaching" {
	same '$PTY size 30x90 expect "#" send "stty size; tty; exit 4\r" end -- $C run -it --rm --network none $I sh | tr -d "\r" | grep -E "^(30|/dev)"'
	same '$PTY expect started send ^C end -- $C run -it --rm --network none $I sh -c "trap \"echo int; exit 5\" INT; echo started; while :; do sleep .1; done"'
	same '$PTY expect started send ^C end -- $C run --rm --network none $I sh -c "trap \"echo int; exit 5\" INT; echo started; while :; do sleep .1; done"'
	same '$PTY expect started send ^P^Q end -- $C run -it --name dk --network none $I sh -c "echo started; sleep 1000" | grep -v escape; $C inspect -f "{{.State.Running}}" dk'
	same '$R -t $I sh -c "echo a; echo b >&2" | od -c'
}

@test "signals to the client reach the program" {
	local s
	for s in TERM INT HUP; do
		same "timeout -s $s 2 \$R \$I sh -c 'trap \"echo got $s; exit 9\" $s; while :; do sleep .1; done'"
	done
}

@test "life: create, start, logs, wait, stop, kill, rm" {
	same '$C create --network none --name c1 $I sh -c "echo hi; echo there >&2; exit 3"'
	same '$C ps -a'
	same '$C ps -a --no-trunc --format "{{.Command}} {{.Status}} {{.State}}"'
	same '$C logs c1'
	same '$C start -a c1'
	same '$C logs -t c1'
	same '$C ps -a'
	same '$C start c1; $C wait c1; $C logs --tail 2 c1 2>/dev/null'
	same '$C create --name c1 $I true >/dev/null || echo refused'
	same '$C stop c1; $C kill c1; $C exec c1 true; $C attach c1'
	same '$C rm c1 nosuch; $C rm c1'
	same '$C run -d --network none --name d1 $I sh -c "trap \"exit 7\" TERM; while :; do sleep .1; done"'
	same '$C rm d1; $C start d1; $C stop d1; $C wait d1'
	same '$C start d1; $C kill d1; $C wait d1; $C start d1; $C kill -s TERM d1; $C wait d1'
	same '$C inspect -f "{{.State.Status}} {{.State.ExitCode}} {{.State.Running}} {{.State.OOMKilled}} {{.State.Pid}}" d1'
	same '$C rm -f d1; $C rm -f d1'
	same '$C run --network none -m 16m --name oo $I dd if=/dev/zero of=/dev/null bs=50M count=1; $C inspect -f "{{.State.OOMKilled}} {{.State.ExitCode}}" oo'
	local v
	for v in start stop kill rm logs attach wait inspect export commit; do
		same "\$C $v nosuch"
		same "\$C $v"
	done
	for v in x/y -x 'a b' a ä; do
		same "\$R --name '$v' \$I true"
	done
	same '$R --cidfile cid $I true; wc -c <cid; $R --cidfile cid $I true'
}

@test "exec" {
	same '$C run -d --network none --name d1 $I sleep 1000'
	same '$C exec d1 sh -c "exit 9"'
	same '$C exec -u user -w /var -e A=1 d1 sh -c "id; pwd; env | sort"'
	same 'echo x | $C exec -i d1 cat; echo x | $C exec d1 cat'
	same '$C exec -t d1 tty'
	same '$C exec d1 grep -E "Cap|Secc|NoNew" /proc/self/status'
	same '$C exec d1 sh -c "kill -9 \$\$"'
	same '$C exec -d d1 sh -c "exit 4"'
	same '$C exec d1'
	same '$C exec --nosuch d1 true'
	same '$C exec nosuch true'
	same '$C exec -it d1 true'
}

@test "filters and templates of ps" {
	same '$C create --network none --name l1 --label a=1 --label b --label c=x=y $I true'
	local f
	for f in 'label=a' 'label=a=1' 'label=a=2' 'name=l' 'name=^/l1$' 'status=created' 'status=nosuch' 'nosuch=1' foo 'exited=0' 'id=zzz'; do
		same "\$C ps -a --filter '$f' --format '{{.Names}}'"
	done
	for f in '{{.Names}}|{{.Label "a"}}|{{.Label "z"}}|{{.Labels}}' 'table {{.Names}}\t{{.Image}}\t{{.Status}}' '{{upper .Names}} {{title .Image}}' \
		'{{if eq .Names "l1"}}yes{{else}}no{{end}} {{join (split .Image "u") "-"}} {{truncate .Image 3}} {{pad .Names 2 3}}|' \
		'{{.Nosuch}}' '{{.ID' table ''; do
		same "\$C ps -a --format '$f'"
	done
	same '$C ps -aq | wc -c; $C ps -aq --no-trunc | wc -c; $C ps -l -q | wc -l; $C ps -n x'
}

@test "inspect" {
	same '$C create --network none --name i1 -m 64m --cpus 1.5 -e A=1 -v vol1:/data -v /etc:/host:ro --tmpfs /t:size=1m --ulimit nofile=10:20 --sysctl net.ipv4.ip_forward=1 --device /dev/zero:/dev/zz --cap-add NET_ADMIN --label x=y --stop-signal INT --stop-timeout 3 -h hh --init --read-only --dns 1.1.1.1 --add-host q:1.2.3.4 --shm-size 8m --pids-limit 7 -w /w -u 1000 --entrypoint sh -it $I -c "echo a"'
	same '$C inspect i1 | jq -S ".[0].Config"'
	same '$C inspect i1 | jq -S ".[0].State"'
	same '$C inspect i1 | jq -S ".[0].HostConfig | {Binds,Tmpfs,Memory,MemorySwap,NanoCpus,PidsLimit,CapAdd,CapDrop,Devices,Ulimits,Sysctls,Dns,ExtraHosts,ShmSize,ReadonlyRootfs,Init,NetworkMode,IpcMode,PidMode,RestartPolicy,AutoRemove,Privileged,PortBindings}"'
	same '$C inspect i1 | jq -S ".[0].Mounts | map(del(.Source, .Propagation)) | sort_by(.Destination)"'
	local f
	for f in '{{range .Config.Env}}{{println .}}{{end}}' '{{index .Config.Env 0}}' '{{json .HostConfig.PortBindings}}' '{{join .Config.Cmd ","}}' \
		'{{.Nosuch}}' '{{.State.Nosuch}}' '{{.' '{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}' \
		'{{len .Config.Env}} {{printf "%d-%s" .State.ExitCode .Name}} {{.HostConfig.Memory}}' \
		'{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}{{end}}|{{with .Config}}{{.Image}}{{end}}|{{or .State.Running "x"}}|{{not .State.Running}}' \
		'{{.Config.Cmd}} {{.Config.Labels}} {{.Config.Entrypoint}} {{.HostConfig.CapDrop}} {{.Config.Healthcheck}}' \
		'{{index .Config.Labels "nope"}}|{{gt 2 1}}{{ne 1 2}}' '{{.NetworkSettings.IPAddress}}|{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'; do
		same "\$C inspect -f '$f' i1"
	done
	same '$C inspect i1 nosuch | jq length'
	same '$C inspect --type image i1'
	same 'id=$($C inspect -f "{{.Id}}" i1); $C rm ${id:0:10} | wc -c; $C volume rm vol1'
}

@test "images: tag, commit, history, export, import, rmi" {
	same '$C tag $I a/b:c; $C tag $I localhost:5000/x; $C images --format "{{.Repository}}:{{.Tag}}" | sort; $C images -q a/b | wc -l'
	same '$C tag $I UPPER'
	same '$C tag $I a:b:c'
	same '$C tag nosuch x'
	same '$C images --format json a/b | sed -E "s/.(Containers|CreatedAt|CreatedSince|Size|VirtualSize).:[^,]*,?//g"'
	same '$C images --format json nothing; $C images load 2>&1; $C image ls load 2>&1; $C images "["'
	same '$C volume create v1; $C volume ls --format json | sed "s/.Mountpoint[^,]*,//"; $C volume ls --format "{{.Status}} {{.Group}} {{.Availability}}"'
	# Docker ends it without a newline.
	same 'echo "$($C system df -v --format json | sed -E "s/.(Size|UniqueSize|VirtualSize|Mountpoint|Repository|Tag).:[^,}]*,?//g")"; $C volume rm v1'
	same '$C images a/b -f reference=localhost:5000/x --format "{{.Tag}}" | sort'
	same '$C history --format json $I | sed "s/.Size.*//"; $C history -H=false $I | sed "s/[0-9]* *Imp/Imp/"'
	same '$C images --filter "reference=a/*" -q | wc -l; $C images --filter dangling=true; $C images --filter dangling=x'
	same '$C rmi a/b:c localhost:5000/x; $C rmi a/b:c'
	same '$C run --network none --name e1 $I sh -c "echo x >/f; rm /bin/wc; mkdir /newd"'
	same '$C rmi $I'
	same '$C commit -a me -m msg -c "CMD [\"cat\",\"/f\"]" -c "ENV Z=1" e1 new:1'
	same '$R new:1; $R new:1 ls /bin/wc; $R new:1 sh -c "echo \$Z"'
	same '$C history --format "{{.Comment}}" new:1; $C history -q new:1 | wc -l'
	same '$C image inspect -f "{{.Author}} {{.Comment}} {{.Config.Cmd}} {{.Config.Env}} {{len .RootFS.Layers}} {{.Os}}" new:1'
	same '$C commit -c "FOO bar" e1 new:2'
	same '$C commit e1 UPPER'
	same '$C export -o t e1; stat -c %a t; tar tf t | grep -vE "^(etc/mtab|\.dockerenv|dev/|\./$)" | sort; $C import -m hello -c "CMD cat /f" t ei:1; $R ei:1'
	same 'cat t | $C import - ei:2; $C history --format "{{.Comment}}" ei:1; $C rmi ei:1 ei:2 new:1 | grep -c Untagged'
	same '$C import /nosuch'
	same 'echo garbage | $C import - x:1'
}

@test "volumes and mounts" {
	same '$C volume create | wc -c; $C volume create v1; $C volume create v1; $C volume ls -q | grep v1; $C volume inspect v1 | jq -S ".[0] | del(.CreatedAt, .Mountpoint)"'
	same '$C volume create --label a=b v2; $C volume ls --filter label=a -q; $C volume ls --filter dangling=true -q | grep v2; $C volume inspect -f "{{.Name}} {{json .Labels}}" v2'
	same '$C volume create "a b"; $C volume create x; $C volume ls --filter foo=1; $C volume rm nosuch; $C volume rm -f nosuch; $C volume inspect nosuch'
	same '$C run --name vu --network none -v v1:/d $I sh -c "echo 1 >/d/f"; $C volume rm v1 || echo in use; $R -v v1:/d:ro $I sh -c "cat /d/f; echo 2 >/d/f"'
	same '$R -v v3:/var $I ls /var; $C rm -v vu; $C volume rm v1 v2 v3'
	local v
	for v in ':/x' '/etc:' '/etc:rel' '/etc:/x:foo' '/etc:/x:ro,rw' 'aa:/' '/etc:/' '/etc:/x:y:z' '' '/etc:/x:ro' '/etc:/../x'; do
		same "\$R -v '$v' \$I sh -c \"grep -c ' /x ' /proc/mounts\""
	done
	for v in 'type=bind,src=/nosuch,dst=/x' 'type=bind,src=/etc' 'type=bind,dst=/x' 'type=foo,dst=/x' 'foo=1' 'type=bind,src=/etc,dst=/x,readonly' \
		'type=bind,src=/etc,dst=/x,ro=maybe' 'type=tmpfs,dst=/x,tmpfs-size=x' 'type=bind,src=rel,dst=/x' ''; do
		same "\$R --mount '$v' \$I sh -c \"grep -c ' /x ' /proc/mounts\""
	done
	same '$C volume ls -q | xargs -r $C volume rm >/dev/null'
}
