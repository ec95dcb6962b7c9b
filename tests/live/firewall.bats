#!/usr/bin/env bats
# Beside the firewalls of others: chains that drop what is forwarded, by iptables of both kinds and by nft.

load helper
load hosts

setup() { hosts_make && instance_make; }
teardown() {
	local status=0
	instance_remove || status=1
	if [ -n "${HOST:-}" ]; then
		hasnt "$(on_host nft list ruleset)" HOY-FORWARD || status=1
		hasnt "$(on_host iptables-legacy -S FORWARD)" HOY-FORWARD || status=1
	fi
	hosts_end
	return $status
}

reaches_out() { has "$(hoy run --rm --network "${1:-bridge}" busybox ping -c 1 -W 2 203.0.113.2)" "1 packets received"; }
is_all_open() {
	reaches_out
	serve web hello -p 8080:80
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	is "$(fetch "$HOST" 127.0.0.1 8080)" hello
	is "$(from web 203.0.113.1 8080)" hello
}
jumps() { on_host nft list ruleset | grep -c 'jump HOY-FORWARD' || true; }

@test "a policy of iptables-nft that drops lets containers pass, by one jump for all of them" {
	on_host iptables-nft -P FORWARD DROP
	is_all_open
	hoy network create two >/dev/null
	reaches_out two
	is "$(jumps)" 1
	has "$(on_host iptables-nft -S)" "-A FORWARD -j HOY-FORWARD"
	has "$(on_host iptables-nft -S HOY-FORWARD)" "-A HOY-FORWARD -o hoy+ -j ACCEPT"
}

@test "a policy of the old iptables that drops lets containers pass" {
	on_host iptables-legacy -P FORWARD DROP
	is_all_open
	hoy network reload
	is "$(on_host iptables-legacy -S FORWARD)" $'-P FORWARD DROP\n-A FORWARD -j HOY-FORWARD'
}

@test "chains of nft that drop or reject let containers pass" {
	on_host nft -f - <<-'END'
		table inet fence {
			chain way { type filter hook forward priority 10; policy drop; ct state established accept; }
			chain last { type filter hook forward priority 20; policy accept; iifname "never" accept; reject; }
			chain free { type filter hook forward priority 30; policy accept; }
			chain in { type filter hook input priority 0; policy accept; }
		}
	END
	is_all_open
	is "$(jumps)" 2
	hasnt "$(on_host nft list chain inet fence free)" jump
	hasnt "$(on_host nft list chain inet fence in)" jump
}

@test "what an administrator forbids in DOCKER-USER is forbidden for our containers too" {
	on_host iptables-nft -P FORWARD DROP
	on_host iptables-nft -N DOCKER-USER
	on_host iptables-nft -A DOCKER-USER -s 203.0.113.66 -j DROP
	on_host iptables-nft -A DOCKER-USER -j RETURN
	on_host iptables-nft -I FORWARD -j DOCKER-USER
	outside ip addr add 203.0.113.66/24 dev eth0
	is_all_open
	is "$(on_host iptables-nft -S DOCKER-USER)" $'-N DOCKER-USER\n-A DOCKER-USER -s 203.0.113.66/32 -j DROP\n-A DOCKER-USER -j HOY-FORWARD\n-A DOCKER-USER -j RETURN'
	outside ip addr del 203.0.113.2/24 dev eth0
	unreachable "$OUTSIDE" 203.0.113.1 8080
}

@test "our own rules still decide: a container of another network is not reached through the open chain" {
	on_host iptables-nft -P FORWARD DROP
	hoy network create one >/dev/null
	serve web hello --network one -p 8080:80
	serve other else --network bridge
	not_from other "$(address_of web)" 80
	outside ip route add 172.16.0.0/12 via 203.0.113.1
	unreachable "$OUTSIDE" "$(address_of web)" 80
}

@test "a firewall that comes later, or forgets, is opened by the next start and by reload" {
	serve web hello -p 8080:80
	on_host iptables-nft -P FORWARD DROP
	unreachable "$OUTSIDE" 203.0.113.1 8080
	reaches_out
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	on_host iptables-nft -F FORWARD
	unreachable "$OUTSIDE" 203.0.113.1 8080
	hoy network reload
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	is "$(jumps)" 1
}

@test "an old iptables that comes later, or forgets, is opened by the next start" {
	serve web hello -p 8080:80
	on_host iptables-legacy -P FORWARD DROP
	unreachable "$OUTSIDE" 203.0.113.1 8080
	reaches_out
	is "$(fetch "$OUTSIDE" 203.0.113.1 8080)" hello
	on_host iptables-legacy -F FORWARD
	on_host iptables-legacy -A FORWARD -s 203.0.113.66 -j DROP
	unreachable "$OUTSIDE" 203.0.113.1 8080
	reaches_out
	is "$(on_host iptables-legacy -S FORWARD)" $'-P FORWARD DROP\n-A FORWARD -j HOY-FORWARD\n-A FORWARD -s 203.0.113.66/32 -j DROP'
}

@test "a bridge that the user named is let through by its own name" {
	on_host iptables-nft -P FORWARD DROP
	hoy network create -o com.docker.network.bridge.name=mine one >/dev/null
	reaches_out one
	has "$(on_host iptables-nft -S HOY-FORWARD)" "-A HOY-FORWARD -i mine -j ACCEPT"
	hoy network rm one >/dev/null
	hasnt "$(on_host iptables-nft -S HOY-FORWARD)" mine
}

@test "without another firewall nothing but our own table is written" {
	reaches_out
	is "$(on_host nft list tables | grep -vc "$INSTANCE")" 0
}
