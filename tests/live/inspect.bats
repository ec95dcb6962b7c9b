# hoy inspect: docker's keys and nesting, and the templates of --format.
load helper
source "$TREE/tests/images.bash"

@test "inspect is a JSON array with docker's top keys" {
	hoy create --name ins busybox echo a b >/dev/null
	local keys
	keys=$(hoy inspect ins | jq -r '.[0] | keys[]')
	local key
	for key in Id Created Path Args State Image ResolvConfPath HostnamePath HostsPath LogPath Name RestartCount Driver Platform \
		MountLabel ProcessLabel AppArmorProfile ExecIDs HostConfig GraphDriver Mounts Config NetworkSettings; do
		has $'\n'"$keys"$'\n' $'\n'"$key"$'\n'
	done
	is "$(inspect ins '{{.Name}} {{.Path}} {{.Args}}')" "/ins echo [a b]"
}

@test "State has docker's keys and is true" {
	idle ins
	is "$(hoy inspect ins | jq -r '.[0].State | [.Status, .Running, .Paused, .Restarting, .OOMKilled, .Dead, .ExitCode] | join(" ")')" \
		"running true false false false false 0"
	local pid
	pid=$(pid_of ins)
	has "$(tr '\0' ' ' <"/proc/$pid/cmdline")" "sh -c"
}

@test "HostConfig says what was asked for" {
	hoy create --name ins -m 64m --memory-swap 128m --cpus 1.5 --cpu-shares 100 --cpuset-cpus 0 --pids-limit 99 --read-only \
		--cap-add NET_ADMIN --cap-drop CHOWN --shm-size 1m --ulimit nofile=10:20 --sysctl net.ipv4.ip_forward=1 \
		--network none --init --rm busybox true >/dev/null
	is "$(hoy inspect ins | jq -c '.[0].HostConfig | [.Memory, .MemorySwap, .NanoCpus, .CpuShares, .CpusetCpus, .PidsLimit,
		.ReadonlyRootfs, .CapAdd, .CapDrop, .ShmSize, .Ulimits, .Sysctls, .NetworkMode, .Init, .AutoRemove]')" \
		'[67108864,134217728,1500000000,100,"0",99,true,["NET_ADMIN"],["CHOWN"],1048576,[{"Name":"nofile","Hard":20,"Soft":10}],{"net.ipv4.ip_forward":"1"},"none",true,true]' ||
		is "$(hoy inspect ins | jq -c '.[0].HostConfig | .CapAdd')" '["CAP_NET_ADMIN"]'
}

@test "Config says what was asked for" {
	hoy create --name ins -i -t -e A=1 -w /tmp -u 33 -h box --label k=v --entrypoint sh --stop-signal INT --stop-timeout 3 \
		busybox -c true >/dev/null
	is "$(hoy inspect ins | jq -c '.[0].Config | [.Hostname, .User, .Tty, .OpenStdin, .WorkingDir, .Labels, .Entrypoint, .Cmd, .Image,
		.StopSignal, .StopTimeout]')" \
		'["box","33",true,true,"/tmp",{"k":"v"},["sh"],["-c","true"],"busybox","INT",3]'
	has "$(hoy inspect ins | jq -r '.[0].Config.Env[]')" "A=1"
}

@test "Mounts tells binds and volumes apart" {
	hoy create --name ins -v "$D:/bind:ro" -v named:/named -v /anonymous busybox true >/dev/null
	is "$(hoy inspect ins | jq -r '.[0].Mounts | sort_by(.Destination)[] | "\(.Type) \(.Destination) \(.RW)"')" \
		$'volume /anonymous true\nbind /bind false\nvolume /named true'
	is "$(hoy inspect ins | jq -r '.[0].Mounts[] | select(.Destination == "/named") | .Name')" named
	matches "$(hoy inspect ins | jq -r '.[0].Mounts[] | select(.Destination == "/anonymous") | .Name')" '^[0-9a-f]{64}$'
}

@test "times are RFC 3339 and the zero time before the first start" {
	hoy create --name ins busybox true >/dev/null
	is "$(inspect ins '{{.State.StartedAt}} {{.State.FinishedAt}}')" "0001-01-01T00:00:00Z 0001-01-01T00:00:00Z"
	matches "$(inspect ins '{{.Created}}')" '^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-9:]{8}\.[0-9]{1,9}Z$'
}

@test "templates: range, if, else, eq, index, json, join, println" {
	hoy create --name ins -e A=1 --label a=1 --label b=2 -v named:/n busybox echo x y >/dev/null
	is "$(inspect ins '{{range .Args}}<{{.}}>{{end}}')" "<x><y>"
	is "$(inspect ins '{{if .State.Running}}up{{else}}down{{end}}')" down
	is "$(inspect ins '{{if eq .State.Status "created"}}new{{end}}')" new
	is "$(inspect ins '{{index .Config.Labels "b"}}')" 2
	is "$(inspect ins '{{json .Args}}')" '["x","y"]'
	is "$(inspect ins '{{join .Args ","}}')" "x,y"
	is "$(inspect ins '{{range .Mounts}}{{.Name}}:{{.Destination}}{{end}}')" "named:/n"
	is "$(inspect ins '{{len .Args}}')" 2
}

@test "a field that does not exist is an error that names it" {
	hoy create --name ins busybox true >/dev/null
	fails 1 inspect ins '{{.NoSuchField}}' || fails 125 inspect ins '{{.NoSuchField}}'
	has "$errors" NoSuchField
}

@test "inspect finds images too, --type chooses" {
	hoy create --name busybox busybox true >/dev/null
	is "$(hoy inspect --type image -f '{{index .RepoTags 0}}' busybox)" busybox:latest
	is "$(hoy inspect --type container -f '{{.Name}}' busybox)" /busybox
	is "$(hoy image inspect -f '{{.Os}}' busybox)" linux
}

@test "what does not exist gives [] and an error, the others are shown" {
	hoy create --name ins busybox true >/dev/null
	fails 1 hoy inspect not-there ins
	is "$(jq -r '.[].Name' <<<"$output")" /ins
	has "$errors" not-there
}

@test "the error of a start that failed is kept" {
	fails 127 hoy run --name ins busybox nothing-here
	has "$(inspect ins '{{.State.Error}}')" nothing-here
	is "$(inspect ins '{{.State.ExitCode}} {{.State.Status}}')" "127 created"
}

@test "image inspect: what an image does not say is empty text, and the comment is that of its last step" {
	hoy import -m note "$BATS_FILE_TMPDIR/busybox.tar" small >/dev/null
	is "$(hoy image inspect -f '{{.Os}}/{{.Architecture}}{{if .Variant}}/{{.Variant}}{{end}} {{.Comment}}' small)" \
		"linux/$(hoy image inspect -f '{{.Architecture}}' busybox) note"
	is "$(hoy image inspect -f '{{json .Variant}}{{.OsVersion}} {{slice .ID 0 7}}' small)" '"" sha256:'
	# The config of what docker commits says nothing, its history does.
	images <<'PY'
base = layer(file="base")
write(D + "/a.tar", tar(docker((config([base], history=[{"comment": "first"}, {"comment": "step", "empty_layer": True}]), ["stepped:1"], [base]))))
PY
	hoy load -q -i "$D/a.tar" >/dev/null
	is "$(hoy image inspect -f '{{.Comment}}' stepped:1)" step
}
