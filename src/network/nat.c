/*
 * See nat.h: the table as it lives in the kernel.
 *
 * Runs in: cli (engine).
 * See: linux/netfilter/nf_tables.h, linux/netfilter/nfnetlink.h.
 */
#include "network/nat.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "linux/netlink_message.h"
#include "network/nft.h"
#include "network/nft_message.h"

/* An address and a port, which is as long in a concatenation. */
enum { VALUE_SIZE_MAX = IP_SIZE_MAX + sizeof(uint32_t), BATCH_PORTS = 64 };

/* --- loading the text -------------------------------------------------------------------- */

int nat_load(const char *table, const struct nat_world *world, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	int r;

	nat_rules(table, world, &text);
	r = str_ok(&text);
	return r < 0 ? err_sys(e, r, "write down the rules")
		     : nft_load(str_text(&text), "the rules of networks", e);
}

int nat_lock(const struct state *state, struct err *e)
{
	int fd = file_lock(state->runroot_fd, "nat.lock");

	return fd < 0 ? err_sys(e, fd, "lock the rules") : fd;
}

/* --- elements ---------------------------------------------------------------------------- */

static void begin(struct netlink_batch *batch, uint16_t type, uint16_t flags)
{
	nft_message_begin(batch, NFPROTO_INET, type, flags);
}

struct element {
	char key[VALUE_SIZE_MAX];
	size_t key_len;
	char data[VALUE_SIZE_MAX];
	size_t data_len; /* 0: of a set, or to be removed */
};

static void put_value(struct netlink_batch *batch, uint16_t type, const void *data, size_t len)
{
	size_t nest = netlink_nest_begin(batch, type);

	netlink_put(batch, NFTA_DATA_VALUE, data, len);
	netlink_nest_end(batch, nest);
}

static void put_element(struct netlink_batch *batch, const char *table, const char *set,
			const struct element *element)
{
	size_t list;
	size_t one;

	netlink_put_text(batch, NFTA_SET_ELEM_LIST_TABLE, table);
	netlink_put_text(batch, NFTA_SET_ELEM_LIST_SET, set);
	list = netlink_nest_begin(batch, NFTA_SET_ELEM_LIST_ELEMENTS);
	one = netlink_nest_begin(batch, NFTA_LIST_ELEM);
	put_value(batch, NFTA_SET_ELEM_KEY, element->key, element->key_len);
	if (element->data_len > 0)
		put_value(batch, NFTA_SET_ELEM_DATA, element->data, element->data_len);
	netlink_nest_end(batch, one);
	netlink_nest_end(batch, list);
}

/* Parts of a concatenation begin at multiples of four bytes. */
static size_t add_address(char *to, const struct ip_address *address)
{
	memcpy(to, address->bytes, address->size);
	return address->size;
}

static size_t add_port(char *to, uint16_t port)
{
	uint16_t value = htons(port);

	memcpy(to, &value, sizeof(value));
	return sizeof(uint32_t);
}

/* The map that it is in, by protocol, family and whether the key has an address. */
static const char *port_map(const struct port_mapping *port)
{
	static const char *const names[2][IP_FAMILIES][2] = {
		{ { "tcp_ports", "tcp_ports_at" }, { "tcp_ports6", "tcp_ports6_at" } },
		{ { "udp_ports", "udp_ports_at" }, { "udp_ports6", "udp_ports6_at" } },
	};

	return names[port->protocol][ip_family_of(&port->address)][!ip_is_any(&port->address)];
}

static const char *port_element(const struct port_mapping *port,
				const struct ip_address *target, struct element *ret)
{
	*ret = (struct element){ .key_len = sizeof(uint16_t) };
	if (ip_is_any(&port->address)) {
		(void)add_port(ret->key, port->host_port);
	} else {
		size_t len = add_address(ret->key, &port->address);

		ret->key_len = len + add_port(ret->key + len, port->host_port);
	}
	ret->data_len = add_address(ret->data, target);
	ret->data_len += add_port(ret->data + ret->data_len, port->container_port);
	return port_map(port);
}

const struct ip_address *nat_target(const struct endpoints *endpoints,
				    const struct port_mapping *port)
{
	static const struct ip_address loopback6 = { IP_V6_SIZE, { [15] = 1 } };
	enum ip_family family = ip_family_of(&port->address);
	const struct endpoint *way = endpoints_gateway(endpoints, family);

	return way && !ip_equal(&port->address, &loopback6) ? &way->addresses[family].address
							    : NULL;
}

bool nat_has_network(const char *table, const struct network *network)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_NETFILTER);
	struct element element = { .key_len = IFNAMSIZ };
	struct netlink_batch batch;

	if (fd < 0)
		return false;
	(void)str_copy(element.key, sizeof(element.key), network->bridge);
	netlink_batch_init(&batch);
	begin(&batch, NFT_MSG_GETSETELEM, NLM_F_ACK);
	put_element(&batch, table, "bridges", &element);
	return netlink_call(fd, &batch, NULL) == 0;
}

/* Those of the ports that have a target. Returns 0, -ENOENT or -errno. */
static int elements_change(int fd, uint16_t type, uint16_t flags, const char *table,
			   const struct endpoints *endpoints, size_t first, size_t count)
{
	struct netlink_batch batch;

	netlink_batch_init(&batch);
	nft_transaction_mark(&batch, NFNL_MSG_BATCH_BEGIN);
	for (size_t i = first; i < first + count; i++) {
		const struct port_mapping *port = &endpoints->ports[i];
		const struct ip_address *target = nat_target(endpoints, port);
		struct element element;

		if (!target)
			continue;
		const char *map = port_element(port, target, &element);

		begin(&batch, type, flags | NLM_F_ACK);
		put_element(&batch, table, map, &element);
	}
	nft_transaction_mark(&batch, NFNL_MSG_BATCH_END);
	return batch.acknowledgements == 0 ? 0 : netlink_call(fd, &batch, NULL);
}

/* Under the key of a port that we hold there is only what a dead container left. */
static int replace_one(int fd, const char *table, const struct endpoints *endpoints, size_t i)
{
	const struct port_mapping *port = &endpoints->ports[i];
	struct netlink_batch batch;
	struct element element;
	const char *map = port_element(port, nat_target(endpoints, port), &element);
	struct element key = element;

	key.data_len = 0;
	netlink_batch_init(&batch);
	nft_transaction_mark(&batch, NFNL_MSG_BATCH_BEGIN);
	begin(&batch, NFT_MSG_DELSETELEM, NLM_F_ACK);
	put_element(&batch, table, map, &key);
	begin(&batch, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK);
	put_element(&batch, table, map, &element);
	nft_transaction_mark(&batch, NFNL_MSG_BATCH_END);
	return netlink_call(fd, &batch, NULL);
}

static int publish_each(int fd, const char *table, const struct endpoints *endpoints,
			size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++) {
		int r = elements_change(fd, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL,
					table, endpoints, i, 1);

		if (r == -EEXIST || r == -EBUSY)
			r = replace_one(fd, table, endpoints, i);
		if (r < 0)
			return r;
	}
	return 0;
}

int nat_publish(const char *table, const struct endpoints *endpoints, struct err *e)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_NETFILTER);

	if (fd < 0)
		return err_sys(e, fd, "open a netfilter socket");
	for (size_t i = 0; i < endpoints->port_count; i += BATCH_PORTS) {
		size_t left = endpoints->port_count - i;
		size_t count = left < BATCH_PORTS ? left : BATCH_PORTS;
		int r = elements_change(fd, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL,
					table, endpoints, i, count);

		if (r == -EEXIST || r == -EBUSY)
			r = publish_each(fd, table, endpoints, i, count);
		if (r == -ENOENT)
			return r;
		if (r < 0)
			return err_sys(e, r, "publish the container's ports");
	}
	return 0;
}

/* --- taking back ------------------------------------------------------------------------- */

struct lookup {
	const struct element *wanted;
	bool is_same;
};

/* Attributes inside of attributes, down one path. */
static const void *descend(const void *data, size_t len, const uint16_t *types, size_t count,
			   size_t *ret_len)
{
	for (size_t i = 0; i < count && data; i++)
		data = netlink_find(data, len, types[i], &len);
	*ret_len = len;
	return data;
}

static int compare_data(void *context, uint16_t type, const void *data, size_t len)
{
	static const uint16_t path[] = { NFTA_SET_ELEM_LIST_ELEMENTS, NFTA_LIST_ELEM,
					 NFTA_SET_ELEM_DATA, NFTA_DATA_VALUE };
	const size_t header_len = NLMSG_ALIGN(sizeof(struct nfgenmsg));
	struct lookup *lookup = context;
	const void *value;
	size_t value_len;

	(void)type;
	if (len < header_len)
		return 0;
	value = descend((const char *)data + header_len, len - header_len, path,
			sizeof(path) / sizeof(path[0]), &value_len);
	lookup->is_same = value && value_len == lookup->wanted->data_len &&
			  memcmp(value, lookup->wanted->data, value_len) == 0;
	return 0;
}

/* Does the port still lead to this container? */
static bool is_published(int fd, const char *table, const struct endpoints *endpoints, size_t i)
{
	const struct port_mapping *port = &endpoints->ports[i];
	const struct ip_address *target = nat_target(endpoints, port);
	struct lookup lookup = { 0 };
	struct netlink_batch batch;
	struct element element;
	struct element key;
	const char *map;

	if (!target)
		return false;
	map = port_element(port, target, &element);
	lookup.wanted = &element;
	key = element;
	key.data_len = 0;
	netlink_batch_init(&batch);
	begin(&batch, NFT_MSG_GETSETELEM, NLM_F_ACK);
	put_element(&batch, table, map, &key);
	return netlink_dump(fd, &batch, compare_data, &lookup) == 0 && lookup.is_same;
}

int nat_withdraw(const char *table, const struct endpoints *endpoints, struct err *e)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_NETFILTER);

	if (fd < 0)
		return err_sys(e, fd, "open a netfilter socket");
	for (size_t i = 0; i < endpoints->port_count; i++) {
		int r = is_published(fd, table, endpoints, i)
				? elements_change(fd, NFT_MSG_DELSETELEM, 0, table, endpoints,
						  i, 1)
				: 0;

		if (r < 0 && r != -ENOENT)
			return err_sys(e, r, "withdraw port %u", endpoints->ports[i].host_port);
	}
	return 0;
}

/* By netlink: it must be possible where nft was removed, or never was. */
int nat_unload(const char *table, struct err *e)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_NETFILTER);
	struct netlink_batch batch;
	int r = fd;

	if (fd >= 0) {
		netlink_batch_init(&batch);
		nft_transaction_mark(&batch, NFNL_MSG_BATCH_BEGIN);
		begin(&batch, NFT_MSG_DELTABLE, NLM_F_ACK);
		netlink_put_text(&batch, NFTA_TABLE_NAME, table);
		nft_transaction_mark(&batch, NFNL_MSG_BATCH_END);
		r = netlink_call(fd, &batch, NULL);
	}
	if (r == -ENOENT || nft_is_missing(r))
		return 0;
	return r < 0 ? err_sys(e, r, "remove the rules of networks") : 0;
}
