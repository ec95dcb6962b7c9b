/*
 * See foreign.h.
 *
 * Runs in: cli (engine).
 */
#include "network/foreign.h"

#include <linux/netlink.h>
#include <string.h>

#include "base/fd.h"
#include "linux/netlink_message.h"
#include "network/foreign_chains.h"
#include "network/foreign_legacy.h"
#include "network/nft.h"

enum { RULES_OF_A_PAIR = 2 };

/* A chain that accepts by its policy and has no rule drops nothing. */
static bool is_in_the_way(const struct chain_seen *chain)
{
	return chain->is_forward && (chain->drops || chain->use > 0);
}

/* --- all of it --------------------------------------------------------------------------- */

/* What is to be done about one forward chain; `bridges` NULL: with any. Returns 1 when nothing is, 0
 * with `ret` filled, or -errno. */
static int examine(int fd, const struct chains_seen *seen, const struct chain_seen *chain,
		   const struct strv *bridges, struct foreign_chain *ret)
{
	const struct chain_seen *docker = chains_find(seen, chain, DOCKER_CHAIN);
	const struct chain_seen *ours = chains_find(seen, chain, FOREIGN_CHAIN);
	const struct chain_seen *target = docker ? docker : chain;
	struct rules_seen rules;
	int r = rules_see(fd, target, &rules);

	/* The kernel counts a chain's rules and the jumps to it together; dockerd leaves one that
	 * nothing jumps to. */
	if (r == 0 && docker && docker->use <= rules.count) {
		docker = NULL;
		target = chain;
		r = rules_see(fd, target, &rules);
	}
	if (r < 0)
		return r;
	if (ours && rules.jumps > 0 &&
	    (!bridges || ours->use == rules.jumps + RULES_OF_A_PAIR * (1 + bridges->count)))
		return 1;
	*ret = (struct foreign_chain){ .family = chain_family_text(chain->family),
				       .has_jump = rules.jumps > 0,
				       .before = docker ? rules.final_return : 0 };
	memcpy(ret->table, target->table, sizeof(ret->table));
	memcpy(ret->name, target->name, sizeof(ret->name));
	return 0;
}

/* The rules that are missing, as text, and of how many chains. */
static int list_missing(const struct strv *bridges, struct str *out, size_t *ret_count)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_NETFILTER);
	struct chains_seen seen;
	int r = fd < 0 ? fd : chains_see(fd, &seen);

	*ret_count = 0;
	for (size_t i = 0; r >= 0 && i < seen.count; i++) {
		struct foreign_chain missing;

		if (!is_in_the_way(&seen.chains[i]))
			continue;
		r = examine(fd, &seen, &seen.chains[i], bridges, &missing);
		if (r != 0)
			continue;
		if (bridges)
			foreign_rules(&missing, bridges, out);
		(*ret_count)++;
	}
	return r < 0 ? r : str_ok(out);
}

bool foreign_is_open(void)
{
	AUTO_STR struct str text = { 0 };
	size_t count;

	/* A kernel that does not tell has no such chains. */
	return (list_missing(NULL, &text, &count) < 0 || count == 0) &&
	       foreign_legacy_is_open();
}

int foreign_open(const struct strv *bridges, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	size_t count;
	int r = list_missing(bridges, &text, &count);

	if (r < 0 && !nft_is_missing(r))
		return err_sys(e, r, "look for other firewalls");
	r = 0;
	if (count > 0)
		r = nft_load(str_text(&text), "a jump into another firewall's rules", e);
	return r < 0 ? r : foreign_legacy_open(bridges, e);
}

/* --- taking back ------------------------------------------------------------------------- */

/* Every jump to our chain, and the chain itself, as text. */
static int list_present(struct str *out)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_NETFILTER);
	struct chains_seen seen;
	int r = fd < 0 ? fd : chains_see(fd, &seen);

	if (r < 0 || chains_has_instance(fd))
		return r;
	for (size_t i = 0; r >= 0 && i < seen.count; i++) {
		const struct chain_seen *chain = &seen.chains[i];
		struct rules_seen rules;

		if (!chains_find(&seen, chain, FOREIGN_CHAIN))
			continue;
		r = rules_see(fd, chain, &rules);
		if (r == 0 && rules.jumps > 0)
			str_printf(out, "delete rule %s %s %s handle %llu\n",
				   chain_family_text(chain->family), chain->table, chain->name,
				   (unsigned long long)rules.jump);
	}
	for (size_t i = 0; r >= 0 && i < seen.count; i++) {
		const struct chain_seen *chain = &seen.chains[i];
		const char *family = chain_family_text(chain->family);

		if (strcmp(chain->name, FOREIGN_CHAIN) == 0)
			str_printf(out, "flush chain %s %s %s\ndelete chain %s %s %s\n", family,
				   chain->table, chain->name, family, chain->table,
				   chain->name);
	}
	return r < 0 ? r : str_ok(out);
}

int foreign_close(struct err *e)
{
	AUTO_STR struct str text = { 0 };
	int r = list_present(&text);

	if (r < 0 && !nft_is_missing(r))
		return err_sys(e, r, "look for our jumps in other firewalls");
	r = text.len > 0 ? nft_load(str_text(&text), "the removal of our jumps", e) : 0;
	return r < 0 ? r : foreign_legacy_close(e);
}
