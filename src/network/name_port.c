/*
 * See name_port.h.
 *
 * Runs in: cli (engine).
 */
#include "network/name_port.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netlink.h>

#include "base/fd.h"
#include "network/nft_message.h"

#define TABLE	"hoy_names"
#define ASKING	"asking"
#define ANSWERS "answers"

/* Where things are in the headers of IPv4, and of both protocols of transport. */
enum {
	NAME_PORT = 53,
	SOURCE_ADDRESS = 12,
	TARGET_ADDRESS = 16,
	SOURCE_PORT = 0,
	TARGET_PORT = 2,
	UDP_CHECKSUM = 6,
	TCP_CHECKSUM = 16
};

/* `from` of the address at `address_offset` and the port at `port_offset` becomes `to`. */
struct change {
	const char *chain;
	uint32_t address_offset;
	uint32_t port_offset;
	struct in_addr address;
	uint8_t protocol;
	in_port_t from; /* network order */
	in_port_t to;
};

/* --- expressions ------------------------------------------------------------------------- */

struct expression {
	size_t element;
	size_t data;
};

static struct expression expression_begin(struct netlink_batch *batch, const char *name)
{
	struct expression made = { .element = netlink_nest_begin(batch, NFTA_LIST_ELEM) };

	netlink_put_text(batch, NFTA_EXPR_NAME, name);
	made.data = netlink_nest_begin(batch, NFTA_EXPR_DATA);
	return made;
}

static void expression_end(struct netlink_batch *batch, struct expression expression)
{
	netlink_nest_end(batch, expression.data);
	netlink_nest_end(batch, expression.element);
}

static void put_value(struct netlink_batch *batch, uint16_t type, const void *data, size_t len)
{
	size_t nest = netlink_nest_begin(batch, type);

	netlink_put(batch, NFTA_DATA_VALUE, data, len);
	netlink_nest_end(batch, nest);
}

/* The register is `data`, or the rule ends here. */
static void compare(struct netlink_batch *batch, const void *data, size_t len)
{
	struct expression expression = expression_begin(batch, "cmp");

	netlink_put_be32(batch, NFTA_CMP_SREG, NFT_REG_1);
	netlink_put_be32(batch, NFTA_CMP_OP, NFT_CMP_EQ);
	put_value(batch, NFTA_CMP_DATA, data, len);
	expression_end(batch, expression);
}

static void match_protocol(struct netlink_batch *batch, uint8_t protocol)
{
	struct expression expression = expression_begin(batch, "meta");

	netlink_put_be32(batch, NFTA_META_DREG, NFT_REG_1);
	netlink_put_be32(batch, NFTA_META_KEY, NFT_META_L4PROTO);
	expression_end(batch, expression);
	compare(batch, &protocol, sizeof(protocol));
}

static void match_bytes(struct netlink_batch *batch, uint32_t base, uint32_t offset,
			const void *data, size_t len)
{
	struct expression expression = expression_begin(batch, "payload");

	netlink_put_be32(batch, NFTA_PAYLOAD_DREG, NFT_REG_1);
	netlink_put_be32(batch, NFTA_PAYLOAD_BASE, base);
	netlink_put_be32(batch, NFTA_PAYLOAD_OFFSET, offset);
	netlink_put_be32(batch, NFTA_PAYLOAD_LEN, (uint32_t)len);
	expression_end(batch, expression);
	compare(batch, data, len);
}

static void write_port(struct netlink_batch *batch, const struct change *change)
{
	struct expression expression = expression_begin(batch, "immediate");

	netlink_put_be32(batch, NFTA_IMMEDIATE_DREG, NFT_REG_1);
	put_value(batch, NFTA_IMMEDIATE_DATA, &change->to, sizeof(change->to));
	expression_end(batch, expression);
	expression = expression_begin(batch, "payload");
	netlink_put_be32(batch, NFTA_PAYLOAD_SREG, NFT_REG_1);
	netlink_put_be32(batch, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_TRANSPORT_HEADER);
	netlink_put_be32(batch, NFTA_PAYLOAD_OFFSET, change->port_offset);
	netlink_put_be32(batch, NFTA_PAYLOAD_LEN, sizeof(change->to));
	netlink_put_be32(batch, NFTA_PAYLOAD_CSUM_TYPE, NFT_PAYLOAD_CSUM_INET);
	netlink_put_be32(batch, NFTA_PAYLOAD_CSUM_OFFSET,
			 change->protocol == IPPROTO_UDP ? UDP_CHECKSUM : TCP_CHECKSUM);
	expression_end(batch, expression);
}

/* --- table, chains, rules ---------------------------------------------------------------- */

static void begin(struct netlink_batch *batch, uint16_t type, uint16_t flags)
{
	nft_message_begin(batch, NFPROTO_IPV4, type, (uint16_t)(flags | NLM_F_ACK));
}

static void put_table(struct netlink_batch *batch, uint16_t type, uint16_t flags)
{
	begin(batch, type, flags);
	netlink_put_text(batch, NFTA_TABLE_NAME, TABLE);
}

static void put_chain(struct netlink_batch *batch, const char *name, int32_t priority)
{
	size_t hook;

	begin(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	netlink_put_text(batch, NFTA_CHAIN_TABLE, TABLE);
	netlink_put_text(batch, NFTA_CHAIN_NAME, name);
	hook = netlink_nest_begin(batch, NFTA_CHAIN_HOOK);
	netlink_put_be32(batch, NFTA_HOOK_HOOKNUM, NF_INET_LOCAL_OUT);
	netlink_put_be32(batch, NFTA_HOOK_PRIORITY, (uint32_t)priority);
	netlink_nest_end(batch, hook);
	netlink_put_text(batch, NFTA_CHAIN_TYPE, "filter");
}

static void put_rule(struct netlink_batch *batch, const struct change *change)
{
	size_t list;

	begin(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	netlink_put_text(batch, NFTA_RULE_TABLE, TABLE);
	netlink_put_text(batch, NFTA_RULE_CHAIN, change->chain);
	list = netlink_nest_begin(batch, NFTA_RULE_EXPRESSIONS);
	match_protocol(batch, change->protocol);
	match_bytes(batch, NFT_PAYLOAD_NETWORK_HEADER, change->address_offset, &change->address,
		    sizeof(change->address));
	match_bytes(batch, NFT_PAYLOAD_TRANSPORT_HEADER, change->port_offset, &change->from,
		    sizeof(change->from));
	write_port(batch, change);
	netlink_nest_end(batch, list);
}

static void put_rules(struct netlink_batch *batch, struct in_addr address, uint8_t protocol,
		      uint16_t port)
{
	const struct change asking = { .chain = ASKING,
				       .address_offset = TARGET_ADDRESS,
				       .port_offset = TARGET_PORT,
				       .address = address,
				       .protocol = protocol,
				       .from = htons(NAME_PORT),
				       .to = htons(port) };
	const struct change answers = { .chain = ANSWERS,
					.address_offset = SOURCE_ADDRESS,
					.port_offset = SOURCE_PORT,
					.address = address,
					.protocol = protocol,
					.from = htons(port),
					.to = htons(NAME_PORT) };

	put_rule(batch, &asking);
	put_rule(batch, &answers);
}

struct ports {
	struct in_addr address;
	uint16_t udp;
	uint16_t tcp;
};

static int replace(int fd, const struct ports *ports, bool is_there)
{
	struct netlink_batch batch;

	netlink_batch_init(&batch);
	nft_transaction_mark(&batch, NFNL_MSG_BATCH_BEGIN);
	if (is_there)
		put_table(&batch, NFT_MSG_DELTABLE, 0);
	put_table(&batch, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL);
	/* Behind and before the tracking of connections. */
	put_chain(&batch, ASKING, NF_IP_PRI_FILTER);
	put_chain(&batch, ANSWERS, NF_IP_PRI_RAW);
	put_rules(&batch, ports->address, IPPROTO_UDP, ports->udp);
	put_rules(&batch, ports->address, IPPROTO_TCP, ports->tcp);
	nft_transaction_mark(&batch, NFNL_MSG_BATCH_END);
	return netlink_call(fd, &batch, NULL);
}

/* Nothing is removed at a start: the kernel lets the socket go only when what a transaction removed
 * is free, which takes 4 to 12 ms. */
int name_port_redirect(struct in_addr address, uint16_t udp_port, uint16_t tcp_port,
		       struct err *e)
{
	const struct ports ports = { .address = address, .udp = udp_port, .tcp = tcp_port };
	AUTO_CLOSE int fd = netlink_open(NETLINK_NETFILTER);
	int r;

	if (fd < 0)
		return err_sys(e, fd, "open a socket of nf_tables");
	r = replace(fd, &ports, false);
	if (r == -EEXIST)
		r = replace(fd, &ports, true);
	return r < 0 ? err_sys(e, r, "lead port %d in the container to hoy-dns", NAME_PORT) : 0;
}
