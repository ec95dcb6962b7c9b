/*
 * See foreign_chains.h.
 *
 * Runs in: cli (engine).
 * See: linux/netfilter/nf_tables.h, linux/netfilter/nfnetlink.h.
 */
#include "network/foreign_chains.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "linux/netlink_message.h"

const char *chain_family_text(uint8_t family)
{
	switch (family) {
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	case NFPROTO_INET:
		return "inet";
	default:
		return NULL;
	}
}

/* --- chains ------------------------------------------------------------------------------ */

/* What stands in text that nft(8) reads must be a plain word, and fit. */
static int copy_name(char to[FOREIGN_NAME_SIZE], const void *data, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-.";
	const char *text = data;

	if (!text || len < 2 || len > FOREIGN_NAME_SIZE || text[len - 1] != '\0' ||
	    strspn(text, letters) != len - 1)
		return -EINVAL;
	memcpy(to, text, len);
	return 0;
}

static uint32_t get_be32(const void *data, size_t len)
{
	uint32_t value = 0;

	if (data && len == sizeof(value))
		memcpy(&value, data, sizeof(value));
	return ntohl(value);
}

static uint32_t find_be32(const void *attributes, size_t len, uint16_t type)
{
	size_t size = 0;
	const void *data = netlink_find(attributes, len, type, &size);

	return get_be32(data, size);
}

/* Is the hook forward, before what hoy and everybody else calls by a number? */
static bool is_forward(const void *attributes, size_t len)
{
	size_t size = 0;
	const void *hook = netlink_find(attributes, len, NFTA_CHAIN_HOOK, &size);

	return hook && find_be32(hook, size, NFTA_HOOK_HOOKNUM) == NF_INET_FORWARD;
}

/* The tables of hoy's instances, whose own rules decide. */
static bool is_ours(const char *table)
{
	return strcmp(table, NETWORK_PREFIX) == 0 ||
	       strncmp(table, NETWORK_PREFIX "-", sizeof(NETWORK_PREFIX)) == 0;
}

static int note_chain(void *context, uint16_t type, const void *data, size_t len)
{
	const size_t header_len = NLMSG_ALIGN(sizeof(struct nfgenmsg));
	struct chains_seen *seen = context;
	struct chain_seen chain = { 0 };
	const char *attributes = (const char *)data + header_len;
	const void *name;
	size_t size = 0;

	(void)type;
	if (len < header_len || seen->count == CHAINS_SEEN_MAX)
		return 0;
	chain.family = ((const uint8_t *)data)[0];
	len -= header_len;
	name = netlink_find(attributes, len, NFTA_CHAIN_NAME, &size);
	if (!chain_family_text(chain.family) || copy_name(chain.name, name, size) < 0)
		return 0;
	name = netlink_find(attributes, len, NFTA_CHAIN_TABLE, &size);
	if (copy_name(chain.table, name, size) < 0 || is_ours(chain.table))
		return 0;
	chain.is_forward = is_forward(attributes, len);
	if (!chain.is_forward && strcmp(chain.name, DOCKER_CHAIN) != 0 &&
	    strcmp(chain.name, FOREIGN_CHAIN) != 0)
		return 0;
	chain.drops = chain.is_forward &&
		      netlink_find(attributes, len, NFTA_CHAIN_POLICY, &size) &&
		      find_be32(attributes, len, NFTA_CHAIN_POLICY) == NF_DROP;
	chain.use = find_be32(attributes, len, NFTA_CHAIN_USE);
	seen->chains[seen->count++] = chain;
	return 0;
}

static void begin(struct netlink_batch *batch, uint16_t type, uint8_t family)
{
	struct nfgenmsg header = { .nfgen_family = family, .version = NFNETLINK_V0 };

	netlink_batch_init(batch);
	netlink_begin(batch, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), NLM_F_DUMP, &header,
		      sizeof(header));
}

int chains_see(int fd, struct chains_seen *ret)
{
	struct netlink_batch batch;

	ret->count = 0;
	begin(&batch, NFT_MSG_GETCHAIN, NFPROTO_UNSPEC);
	return netlink_dump(fd, &batch, note_chain, ret);
}

const struct chain_seen *chains_find(const struct chains_seen *seen,
				     const struct chain_seen *beside, const char *name)
{
	for (size_t i = 0; i < seen->count; i++) {
		const struct chain_seen *other = &seen->chains[i];

		if (other->family == beside->family &&
		    strcmp(other->table, beside->table) == 0 && strcmp(other->name, name) == 0)
			return other;
	}
	return NULL;
}

/* --- tables ------------------------------------------------------------------------------ */

static int note_table(void *context, uint16_t type, const void *data, size_t len)
{
	const size_t header_len = NLMSG_ALIGN(sizeof(struct nfgenmsg));
	char name[FOREIGN_NAME_SIZE];
	bool *has_ours = context;
	size_t size = 0;

	(void)type;
	if (len < header_len)
		return 0;
	data = netlink_find((const char *)data + header_len, len - header_len, NFTA_TABLE_NAME,
			    &size);
	if (copy_name(name, data, size) == 0 && is_ours(name))
		*has_ours = true;
	return 0;
}

bool chains_has_instance(int fd)
{
	struct netlink_batch batch;
	bool has_ours = false;

	begin(&batch, NFT_MSG_GETTABLE, NFPROTO_UNSPEC);
	return netlink_dump(fd, &batch, note_table, &has_ours) == 0 && has_ours;
}

/* --- rules ------------------------------------------------------------------------------- */

/* Attributes of a verdict; NULL for every other expression. */
static const void *verdict_of(const void *expression, size_t len, size_t *ret_len)
{
	size_t size = 0;
	const char *name = netlink_find(expression, len, NFTA_EXPR_NAME, &size);

	if (!name || size != sizeof("immediate") || memcmp(name, "immediate", size) != 0)
		return NULL;
	expression = netlink_find(expression, len, NFTA_EXPR_DATA, &len);
	if (expression)
		expression = netlink_find(expression, len, NFTA_IMMEDIATE_DATA, &len);
	return expression ? netlink_find(expression, len, NFTA_DATA_VERDICT, ret_len) : NULL;
}

static bool is_counter(const void *expression, size_t len)
{
	size_t size = 0;
	const char *name = netlink_find(expression, len, NFTA_EXPR_NAME, &size);

	return name && size == sizeof("counter") && memcmp(name, "counter", size) == 0;
}

/* One expression after the other: nested attributes of the same type. */
static const void *next_expression(const char **at, size_t *left, size_t *ret_len)
{
	struct nlattr attribute;
	const char *here = *at;
	size_t step;

	if (*left < NLA_HDRLEN)
		return NULL;
	memcpy(&attribute, here, sizeof(attribute));
	if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > *left)
		return NULL;
	step = NLA_ALIGN(attribute.nla_len);
	step = step < *left ? step : *left;
	*at += step;
	*left -= step;
	*ret_len = attribute.nla_len - NLA_HDRLEN;
	return here + NLA_HDRLEN;
}

static bool is_our_chain(const void *verdict, size_t len)
{
	size_t size = 0;
	const char *name = netlink_find(verdict, len, NFTA_VERDICT_CHAIN, &size);

	return name && size == sizeof(FOREIGN_CHAIN) && memcmp(name, FOREIGN_CHAIN, size) == 0;
}

static uint64_t rule_handle(const void *attributes, size_t len)
{
	size_t size = 0;
	const void *data = netlink_find(attributes, len, NFTA_RULE_HANDLE, &size);
	uint32_t half[2] = { 0 };

	if (data && size == sizeof(half))
		memcpy(half, data, sizeof(half));
	return (uint64_t)ntohl(half[0]) << 32 | ntohl(half[1]);
}

/* A rule as far as it concerns us: does it do nothing but return, or jump to our chain? */
struct rule {
	bool is_bare; /* without a condition */
	bool returns;
	bool jumps;
};

static void read_expression(const void *expression, size_t len, struct rule *rule)
{
	size_t size = 0;
	const void *verdict = verdict_of(expression, len, &size);

	if (!verdict) {
		rule->is_bare = rule->is_bare && is_counter(expression, len);
		return;
	}
	rule->jumps = is_our_chain(verdict, size);
	rule->returns = (int32_t)find_be32(verdict, size, NFTA_VERDICT_CODE) == NFT_RETURN;
}

static int note_rule(void *context, uint16_t type, const void *data, size_t len)
{
	const size_t header_len = NLMSG_ALIGN(sizeof(struct nfgenmsg));
	struct rules_seen *seen = context;
	struct rule rule = { .is_bare = true };
	const char *attributes = (const char *)data + header_len;
	const char *expressions;
	const void *expression;
	uint64_t handle;
	size_t left = 0;
	size_t size;

	(void)type;
	if (len < header_len)
		return 0;
	len -= header_len;
	handle = rule_handle(attributes, len);
	expressions = netlink_find(attributes, len, NFTA_RULE_EXPRESSIONS, &left);
	while (expressions && (expression = next_expression(&expressions, &left, &size)))
		read_expression(expression, size, &rule);
	seen->count++;
	seen->final_return = rule.is_bare && rule.returns ? handle : 0;
	if (rule.jumps) {
		seen->jumps++;
		seen->jump = handle;
	}
	return 0;
}

int rules_see(int fd, const struct chain_seen *chain, struct rules_seen *ret)
{
	struct netlink_batch batch;

	*ret = (struct rules_seen){ 0 };
	begin(&batch, NFT_MSG_GETRULE, chain->family);
	netlink_put_text(&batch, NFTA_RULE_TABLE, chain->table);
	netlink_put_text(&batch, NFTA_RULE_CHAIN, chain->name);
	return netlink_dump(fd, &batch, note_rule, ret);
}
