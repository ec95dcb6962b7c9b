# A namespace that is named by path and is the caller's own counts as none: nothing of the host is changed through it.
load helper

join() { # ID, type, file
	config "$1" --arg type "$2" --arg path "/proc/self/ns/$3" \
		'.linux.namespaces = [.linux.namespaces[] | select(.type != $type)] + [{ type: $type, path: $path }]'
}

@test "the caller's own network namespace is shared, as if it were not named" {
	bundle c
	join c network net
	is "$(runs c readlink /proc/self/ns/net)" "$(readlink /proc/self/ns/net)"
}

@test "a sysctl of the caller's own network namespace is refused, and the host's stays" {
	local file=/proc/sys/net/ipv4/ip_default_ttl before
	before=$(cat $file)
	bundle c --arg value $((before == 64 ? 65 : 64)) '.linux.sysctl = { "net.ipv4.ip_default_ttl": $value }'
	join c network net
	run runs c true
	is "$(cat $file)" "$before"
	[ "$status" = 1 ]
	[[ $output == *"sysctl net.ipv4.ip_default_ttl: needs a network namespace other than the host's"* ]]
}

@test "a hostname is not set in the caller's own uts namespace" {
	local before
	before=$(hostname)
	bundle c '.hostname = "elsewhere"'
	join c uts uts
	run runs c true
	is "$(hostname)" "$before"
	[ "$status" = 1 ]
	[[ $output == *"uts namespace other than the host's"* ]]
}

@test "the caller's own mount namespace is not entered" {
	bundle c
	join c mount mnt
	run runs c true
	[ "$status" = 1 ]
	[[ $output == *"no mount namespace of its own"* ]]
}
