# An image of three layers whose upper ones change, hide and remove what is below: name.
layered() {
	hoy run --name one busybox sh -c 'mkdir -p /d/e /gone; echo 1 >/d/e/f; echo 2 >/d/g; chmod 4750 /d/g; ln /d/g /d/h; ln -s g /d/l; echo x >/gone/a; chown 33:33 /gone' &&
		hoy commit one one >/dev/null &&
		hoy run --name two one sh -c 'rm -r /gone /d/e; mkdir /d/e; echo new >/d/e/n; rm /d/l; mkdir /d/l; chmod 711 /d' &&
		hoy commit two "$1" >/dev/null && hoy rm one two >/dev/null
}
seen() { hoy run --rm "$@" sh -c 'find /d /gone 2>/dev/null | sort; cat /d/e/n; stat -c "%a %u" /d; stat -c "%a %h" /d/g'; }
