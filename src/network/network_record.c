/*
 * A network's record: ROOT/networks/NAME.json.
 *
 * Runs in: cli (engine).
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "format/json.h"
#include "network/network.h"

enum { RECORD_VERSION = 2, NETWORK_RECORD_MAX = 1024 * 1024, FILE_NAME_SIZE = 288 };

static void write_subnet(struct json_writer *w, const char *key, const struct ip_subnet *subnet)
{
	char text[IP_SUBNET_TEXT_SIZE];

	ip_subnet_format(subnet, text);
	json_write_text(w, key, text);
}

static void write_address(struct json_writer *w, const char *key,
			  const struct ip_address *address)
{
	char text[IP_TEXT_SIZE];

	ip_format(address, text);
	json_write_text(w, key, text);
}

static void write_pools(struct json_writer *w, const struct network *network)
{
	json_begin_array(w, "pools");
	for (int i = 0; i < IP_FAMILIES; i++) {
		const struct network_pool *pool = &network->pools[i];

		if (!network_has(network, (enum ip_family)i))
			continue;
		json_begin_object(w, NULL);
		write_subnet(w, "subnet", &pool->subnet);
		write_subnet(w, "range", &pool->range);
		write_address(w, "gateway", &pool->gateway);
		json_write_map(w, "reserved", &pool->reserved);
		json_end_object(w);
	}
	json_end_array(w);
}

int network_record_write(int dir_fd, const struct network *network, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	struct json_writer w = { .out = &text };
	char temporary[FILE_NAME_SIZE];
	char file[FILE_NAME_SIZE];
	int r;

	json_begin_object(&w, NULL);
	json_write_i64(&w, "version", RECORD_VERSION);
	json_write_text(&w, "name", network->name);
	json_write_text(&w, "id", network->id);
	json_write_text(&w, "bridge", network->bridge);
	write_pools(&w, network);
	write_address(&w, "host_binding", &network->host_binding);
	json_write_text(&w, "interface_prefix", network->interface_prefix);
	json_write_i64(&w, "mtu", network->mtu);
	json_write_bool(&w, "internal", network->is_internal);
	json_write_bool(&w, "masquerade", network->has_masquerade);
	json_write_bool(&w, "icc", network->has_icc);
	json_write_u64(&w, "created_ns", network->created_ns);
	json_write_map(&w, "labels", &network->labels);
	json_write_map(&w, "options", &network->options);
	json_end_object(&w);
	r = str_ok(&text);
	(void)snprintf(temporary, sizeof(temporary), ".%.12s.new", network->id);
	(void)snprintf(file, sizeof(file), "%s.json", network->name);
	if (r == 0)
		r = file_replace(dir_fd, temporary, text.data, text.len, 0600, FILE_DURABLE);
	if (r == 0)
		r = FAULT_OR("rename",
			     renameat2(dir_fd, temporary, dir_fd, file, RENAME_NOREPLACE) < 0
				     ? -errno
				     : 0);
	if (r < 0) {
		(void)unlinkat(dir_fd, temporary, 0);
		return err_sys(e, r, "write the record of network %s", network->name);
	}
	return 0;
}

static int read_subnet(struct json_object *o, const char *key, struct arena *arena,
		       struct ip_subnet *ret, struct err *e)
{
	char *text = NULL;
	int r = json_get_string(o, "network", key, arena, &text, e);

	if (r == 0 && (!text || ip_subnet_parse(text, ret, NULL) < 0))
		r = err_set(e, ERR_INVALID, -EINVAL, "network.%s: expected a subnet", key);
	return r;
}

static int read_address(struct json_object *o, const char *key, struct arena *arena,
			struct ip_address *ret, struct err *e)
{
	char *text = NULL;
	int r = json_get_string(o, "network", key, arena, &text, e);

	if (r == 0 && !str_is_empty(text) && ip_parse(text, ret) < 0)
		r = err_set(e, ERR_INVALID, -EINVAL, "network.%s: expected an address", key);
	return r;
}

/* Of one family: subnet, range and gateway; lease and rules rely on it. */
static bool pool_is_sound(const struct network_pool *pool)
{
	return ip_subnet_has(&pool->subnet, &pool->range.base) &&
	       pool->range.prefix >= pool->subnet.prefix &&
	       ip_subnet_has(&pool->subnet, &pool->gateway);
}

static int read_pool(struct json_object *o, struct arena *arena, struct network *n,
		     struct err *e)
{
	struct network_pool pool = { 0 };
	int r = read_subnet(o, "subnet", arena, &pool.subnet, e);

	if (r == 0)
		r = read_subnet(o, "range", arena, &pool.range, e);
	if (r == 0)
		r = read_address(o, "gateway", arena, &pool.gateway, e);
	if (r == 0)
		r = json_get_map(o, "network", "reserved", arena, &pool.reserved, e);
	if (r < 0)
		return r;
	if (!pool_is_sound(&pool))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "network.pools: range or gateway is outside of the subnet");
	n->pools[ip_family_of(&pool.subnet.base)] = pool;
	return 0;
}

static int read_pools(struct json_object *o, struct arena *arena, struct network *n,
		      struct err *e)
{
	struct json_object *pools = NULL;
	int r = json_get_array(o, "network", "pools", IP_FAMILIES, &pools, e);
	size_t count = r == 0 && pools ? json_object_array_length(pools) : 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		struct json_object *pool = json_object_array_get_idx(pools, i);

		if (!json_object_is_type(pool, json_type_object))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "network.pools: expected an array of objects");
		r = read_pool(pool, arena, n, e);
	}
	return r;
}

static int read_text(struct json_object *o, const char *key, struct arena *arena, char *to,
		     size_t size, struct err *e)
{
	char *text = NULL;
	int r = json_get_string(o, "network", key, arena, &text, e);

	if (r == 0 && (!text || str_copy(to, size, text) < 0))
		r = err_set(e, ERR_INVALID, -EINVAL, "network.%s: missing or too long", key);
	return r;
}

static int parse(struct json_object *o, struct arena *arena, struct network *n, struct err *e)
{
	int64_t version = 0;
	uint64_t mtu = 0;
	int r;

	if ((r = json_get_i64(o, "network", "version", RECORD_VERSION, RECORD_VERSION, &version,
			      e)) < 0 ||
	    (r = read_text(o, "name", arena, n->name, sizeof(n->name), e)) < 0 ||
	    (r = read_text(o, "id", arena, n->id, sizeof(n->id), e)) < 0 ||
	    (r = read_text(o, "bridge", arena, n->bridge, sizeof(n->bridge), e)) < 0 ||
	    (r = read_pools(o, arena, n, e)) < 0 ||
	    (r = read_address(o, "host_binding", arena, &n->host_binding, e)) < 0 ||
	    (r = read_text(o, "interface_prefix", arena, n->interface_prefix,
			   sizeof(n->interface_prefix), e)) < 0 ||
	    (r = json_get_u64(o, "network", "mtu", UINT32_MAX, &mtu, e)) < 0 ||
	    (r = json_get_bool(o, "network", "internal", &n->is_internal, e)) < 0 ||
	    (r = json_get_bool(o, "network", "masquerade", &n->has_masquerade, e)) < 0 ||
	    (r = json_get_bool(o, "network", "icc", &n->has_icc, e)) < 0 ||
	    (r = json_get_u64(o, "network", "created_ns", UINT64_MAX, &n->created_ns, e)) < 0 ||
	    (r = json_get_map(o, "network", "labels", arena, &n->labels, e)) < 0 ||
	    (r = json_get_map(o, "network", "options", arena, &n->options, e)) < 0)
		return r;
	n->mtu = (uint32_t)mtu;
	if (!network_name_is_valid(n->name) || !id_is_valid(n->id))
		return err_set(e, ERR_INVALID, -EINVAL, "network: invalid name or id");
	return arena_ok(arena);
}

int network_record_read(int dir_fd, const char *file, struct arena *arena, struct network *ret,
			struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	struct network network = { 0 };
	AUTO_FREE char *text = NULL;
	size_t len;
	int r = file_read(dir_fd, file, NETWORK_RECORD_MAX, &text, &len);

	if (r < 0)
		return r == -ENOENT ? r : err_sys(e, r, "read networks/%s", file);
	r = json_parse(text, len, NETWORK_RECORD_MAX, file, &o, e);
	if (r == 0)
		r = parse(o, arena, &network, e);
	if (r < 0)
		return err_wrap(e, r, "networks/%s", file);
	*ret = network;
	return 0;
}
