/*
 * The chain HOY-FORWARD and the jump to it, as text. See foreign.h.
 *
 * Runs in: cli (engine); a pure function.
 * See: nft(8), iptables-restore(8).
 */
#include "network/foreign.h"

/* With a counter, as iptables-nft(8) makes its own: it shows what it understands. */
static void add_nft_pair(const char *prefix, const char *bridge, struct str *out)
{
	static const char *const directions[] = { "iifname", "oifname" };

	for (int i = 0; i < 2; i++)
		str_printf(out, "add rule %s %s \"%s\" counter accept\n", prefix, directions[i],
			   bridge);
}

void foreign_rules(const struct foreign_chain *chain, const struct strv *bridges,
		   struct str *out)
{
	AUTO_STR struct str prefix = { 0 };
	const char *ours;

	str_printf(&prefix, "%s %s " FOREIGN_CHAIN, chain->family, chain->table);
	if (str_ok(&prefix) < 0)
		out->is_broken = true;
	ours = str_text(&prefix);
	str_printf(out, "add chain %s\nflush chain %s\n", ours, ours);
	add_nft_pair(ours, NETWORK_PREFIX "*", out);
	for (size_t i = 0; i < bridges->count; i++)
		add_nft_pair(ours, bridges->items[i], out);
	if (chain->has_jump)
		return;
	str_printf(out, "insert rule %s %s %s ", chain->family, chain->table, chain->name);
	if (chain->before)
		str_printf(out, "position %llu ", (unsigned long long)chain->before);
	str_add(out, "counter jump " FOREIGN_CHAIN "\n");
}

static void add_legacy_pair(const char *bridge, struct str *out)
{
	str_printf(out, "-A " FOREIGN_CHAIN " -i %s -j ACCEPT\n", bridge);
	str_printf(out, "-A " FOREIGN_CHAIN " -o %s -j ACCEPT\n", bridge);
}

void foreign_rules_legacy(const char *name, bool has_jump, const struct strv *bridges,
			  struct str *out)
{
	/* Naming a chain here makes it, or empties it. */
	str_add(out, "*filter\n:" FOREIGN_CHAIN " - [0:0]\n");
	add_legacy_pair(NETWORK_PREFIX "+", out);
	for (size_t i = 0; i < bridges->count; i++)
		add_legacy_pair(bridges->items[i], out);
	if (!has_jump)
		str_printf(out, "-I %s -j " FOREIGN_CHAIN "\n", name);
	str_add(out, "COMMIT\n");
}
