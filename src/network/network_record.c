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

enum { RECORD_VERSION = 1, NETWORK_RECORD_MAX = 1024 * 1024, FILE_NAME_SIZE = 288 };

static void write_subnet(struct json_writer *w, const char *key, struct ipv4_subnet subnet)
{
	char text[IPV4_SUBNET_TEXT_SIZE];

	ipv4_subnet_format(subnet, text);
	json_write_text(w, key, text);
}

static void write_address(struct json_writer *w, const char *key, uint32_t address)
{
	char text[IPV4_TEXT_SIZE];

	ipv4_format(address, text);
	json_write_text(w, key, text);
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
	write_subnet(&w, "subnet", network->subnet);
	write_subnet(&w, "range", network->range);
	write_address(&w, "gateway", network->gateway);
	write_address(&w, "host_binding", network->host_binding);
	json_write_i64(&w, "mtu", network->mtu);
	json_write_bool(&w, "internal", network->is_internal);
	json_write_bool(&w, "masquerade", network->has_masquerade);
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
		       struct ipv4_subnet *ret, struct err *e)
{
	char *text = NULL;
	int r = json_get_string(o, "network", key, arena, &text, e);

	if (r == 0 && (!text || ipv4_subnet_parse(text, ret, NULL) < 0))
		r = err_set(e, ERR_INVALID, -EINVAL, "network.%s: expected a subnet", key);
	return r;
}

static int read_address(struct json_object *o, const char *key, struct arena *arena,
			uint32_t *ret, struct err *e)
{
	char *text = NULL;
	int r = json_get_string(o, "network", key, arena, &text, e);

	if (r == 0 && (!text || ipv4_parse(text, ret) < 0))
		r = err_set(e, ERR_INVALID, -EINVAL, "network.%s: expected an address", key);
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
	    (r = read_subnet(o, "subnet", arena, &n->subnet, e)) < 0 ||
	    (r = read_subnet(o, "range", arena, &n->range, e)) < 0 ||
	    (r = read_address(o, "gateway", arena, &n->gateway, e)) < 0 ||
	    (r = read_address(o, "host_binding", arena, &n->host_binding, e)) < 0 ||
	    (r = json_get_u64(o, "network", "mtu", UINT32_MAX, &mtu, e)) < 0 ||
	    (r = json_get_bool(o, "network", "internal", &n->is_internal, e)) < 0 ||
	    (r = json_get_bool(o, "network", "masquerade", &n->has_masquerade, e)) < 0 ||
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
