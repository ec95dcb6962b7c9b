/*
 * See endpoint_request.h.
 *
 * Runs in: cli (engine).
 */
#include "spec/endpoint_request.h"

#include "format/json.h"

bool endpoint_request_is_plain(const struct endpoint_request *request)
{
	return request->aliases.count == 0 && request->links.count == 0 &&
	       request->driver_options.count == 0 && str_is_empty(request->ip_address) &&
	       str_is_empty(request->ip6_address) && str_is_empty(request->mac_address) &&
	       request->gateway_priority == 0;
}

static void write_text(struct json_writer *w, const char *key, const char *text)
{
	if (!str_is_empty(text))
		json_write_text(w, key, text);
}

static void write_list(struct json_writer *w, const char *key, const struct strv *list)
{
	if (list->count > 0)
		json_write_strings(w, key, list);
}

void endpoint_request_write(struct json_writer *w, const struct endpoint_request *request)
{
	json_begin_object(w, NULL);
	write_text(w, "Network", request->network);
	write_list(w, "Aliases", &request->aliases);
	write_list(w, "Links", &request->links);
	if (request->driver_options.count > 0)
		json_write_map(w, "DriverOpts", &request->driver_options);
	write_text(w, "IPv4Address", request->ip_address);
	write_text(w, "IPv6Address", request->ip6_address);
	write_text(w, "MacAddress", request->mac_address);
	if (request->gateway_priority != 0)
		json_write_i64(w, "GwPriority", request->gateway_priority);
	json_end_object(w);
}

int endpoint_request_read(struct json_object *o, const char *path, struct arena *arena,
			  struct endpoint_request *ret, struct err *e)
{
	struct endpoint_request read = { 0 };
	int64_t priority = 0;
	int r;

	if ((r = json_get_string(o, path, "Network", arena, &read.network, e)) < 0 ||
	    (r = json_get_strings(o, path, "Aliases", arena, &read.aliases, e)) < 0 ||
	    (r = json_get_strings(o, path, "Links", arena, &read.links, e)) < 0 ||
	    (r = json_get_map(o, path, "DriverOpts", arena, &read.driver_options, e)) < 0 ||
	    (r = json_get_string(o, path, "IPv4Address", arena, &read.ip_address, e)) < 0 ||
	    (r = json_get_string(o, path, "IPv6Address", arena, &read.ip6_address, e)) < 0 ||
	    (r = json_get_string(o, path, "MacAddress", arena, &read.mac_address, e)) < 0 ||
	    (r = json_get_i64(o, path, "GwPriority", INT32_MIN, INT32_MAX, &priority, e)) < 0)
		return r;
	if (str_is_empty(read.network))
		return err_set(e, ERR_INVALID, -EINVAL, "%s.Network: is missing", path);
	read.gateway_priority = (int32_t)priority;
	*ret = read;
	return 0;
}
