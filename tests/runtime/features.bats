# features: what this runtime says that it can do. That its words are the code's is in tests/unit/oci/test_features.c.
load helper

@test "all members of the specification are there, as JSON" {
	text=$(rt features)
	is "$(jq -r 'keys_unsorted | join(" ")' <<<"$text")" \
		"ociVersionMin ociVersionMax hooks mountOptions linux annotations potentiallyUnsafeConfigAnnotations"
	is "$(jq -r '.linux | keys_unsorted | join(" ")' <<<"$text")" \
		"namespaces capabilities cgroup seccomp apparmor selinux intelRdt memoryPolicy mountExtensions netDevices"
	is "$(jq -r '.linux.seccomp | keys_unsorted | join(" ")' <<<"$text")" \
		"enabled actions operators archs knownFlags supportedFlags"
}

@test "whatever runc says of itself, we say, too" {
	command -v runc >/dev/null || skip "runc is not installed"
	runc features >"$D/runc" 2>"$D/errors" || skip "this runc has no features"
	rt features >"$D/ours"
	# acl and noacl are options of a file system; runc has CRIU.
	is "$(jq -n --slurpfile runc "$D/runc" --slurpfile ours "$D/ours" -c '
		def all: [paths(scalars) as $p | [$p[] | select(type == "string")] + [getpath($p)] | map(tostring) | join("/")];
		($runc[0] | del(.annotations, .ociVersionMin, .ociVersionMax) | all) - ($ours[0] | all)')" \
		'["mountOptions/acl","mountOptions/noacl"]'
}

@test "each namespace that is named can be made" {
	bundle c
	filter='.linux.namespaces = ($ARGS.positional | map({ type: . })) | .linux.uidMappings = [{ containerID: 0, hostID: 0, size: 65536 }] |
		.linux.gidMappings = .linux.uidMappings | .mounts |= map(select(.destination != "/sys/fs/cgroup"))'
	mapfile -t kinds < <(rt features | jq -r '.linux.namespaces[]')
	config c "$filter" --args -- "${kinds[@]}"
	launch c
	for kind in cgroup ipc mnt net pid user uts time; do
		[ "$(readlink "/proc/$(pid_of c)/ns/$kind")" != "$(readlink "/proc/self/ns/$kind")" ]
	done
	is "${#kinds[@]}" 8
}
