# A canary lies in the test's directory, outside every container: it must stay as it is.

canary_make() {
	CANARY=$T/canary
	mkdir "$CANARY"
	echo secret >"$CANARY/secret"
	CANARY_BEFORE=$(canary_state)
}
canary_state() { (cd "$CANARY" && find . -printf '%p %y %m %s %T@\n' | sort && cat secret); }
canary_is_untouched() { is "$(canary_state)" "$CANARY_BEFORE"; }
