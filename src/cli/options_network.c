/*
 * The networks of a container as flags: --network, and what the other flags say of the first of
 * them.
 *
 * Runs in: cli.
 * See: docker run --network; docker/cli parseNetworkOpts.
 */
#include <string.h>

#include "cli/endpoint_options.h"
#include "cli/run_options.h"

static struct container_config *network_config(void *values)
{
	return &((struct run_options *)values)->config;
}

/* Of the first network, or of the default one. */
static struct endpoint_request *first_endpoint(void *values)
{
	return &((struct run_options *)values)->endpoint;
}

int options_set_network_alias(void *values, struct arena *arena, const char *value,
			      struct err *e)
{
	return endpoint_set_alias(first_endpoint(values), arena, value, e);
}

int options_set_link(void *values, struct arena *arena, const char *value, struct err *e)
{
	return endpoint_set_link(first_endpoint(values), arena, value, e);
}

int options_set_ip(void *values, struct arena *arena, const char *value, struct err *e)
{
	return endpoint_set_ip(first_endpoint(values), arena, value, e);
}

int options_set_ip6(void *values, struct arena *arena, const char *value, struct err *e)
{
	return endpoint_set_ip6(first_endpoint(values), arena, value, e);
}

int options_set_mac_address(void *values, struct arena *arena, const char *value, struct err *e)
{
	return endpoint_set_mac(first_endpoint(values), arena, value, e);
}

/* --- --network --------------------------------------------------------------------------- */

static bool is_in_list(const struct container_config *config, const char *network)
{
	for (size_t i = 0; i < config->network_count; i++) {
		if (str_equal(config->networks[i].network, network))
			return true;
	}
	return false;
}

static int add_network(struct container_config *config, struct arena *arena,
		       const struct endpoint_request *request, struct err *e)
{
	struct endpoint_request *networks;

	if (is_in_list(config, request->network))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "network \"%s\" is specified multiple times", request->network);
	if (config->network_count == ENDPOINT_REQUESTS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d networks",
			       ENDPOINT_REQUESTS_MAX);
	networks = arena_array(arena, config->network_count + 1, sizeof(*networks));
	if (!networks)
		return -ENOMEM;
	if (config->network_count > 0)
		memcpy(networks, config->networks, config->network_count * sizeof(*networks));
	networks[config->network_count++] = *request;
	config->networks = networks;
	return 0;
}

static bool is_shared(const char *mode)
{
	return str_starts(mode, "container:") && mode[strlen("container:")] != '\0';
}

int options_set_network(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct container_config *config = network_config(values);
	struct endpoint_request request = { 0 };
	int r;

	if (is_shared(value)) {
		request.network = arena_copy(arena, value);
		r = arena_ok(arena);
	} else {
		r = endpoint_parse(value, arena, &request, e);
	}
	return r < 0 ? r : add_network(config, arena, &request, e);
}

/* --- what they say about each other ------------------------------------------------------ */

static int refuse_both(const char *flag, const char *what, struct err *e)
{
	return err_set(e, ERR_INVALID, -EINVAL,
		       "conflicting options: cannot specify both --%s and per-network %s", flag,
		       what);
}

static int merge_text(char **field, char *value, const char *flag, const char *what,
		      struct err *e)
{
	if (!value)
		return 0;
	if (*field)
		return refuse_both(flag, what, e);
	*field = value;
	return 0;
}

static int merge_list(struct strv *list, const struct strv *more, const char *flag,
		      const char *what, struct err *e)
{
	if (more->count == 0)
		return 0;
	if (list->count > 0)
		return refuse_both(flag, what, e);
	*list = *more;
	return 0;
}

/* The flags that name no network are about the first one. */
static int merge_first(struct endpoint_request *to, const struct endpoint_request *from,
		       struct err *e)
{
	int r;

	if ((r = merge_list(&to->aliases, &from->aliases, "network-alias", "alias", e)) < 0 ||
	    (r = merge_list(&to->links, &from->links, "link", "links", e)) < 0 ||
	    (r = merge_text(&to->ip_address, from->ip_address, "ip", "IPv4 address", e)) < 0 ||
	    (r = merge_text(&to->ip6_address, from->ip6_address, "ip6", "IPv6 address", e)) < 0)
		return r;
	return merge_text(&to->mac_address, from->mac_address, "mac-address", "MAC address", e);
}

/* What docker calls user-defined. */
static bool is_predefined(const char *network)
{
	static const char *const names[] = { "default", "bridge", "none", "host" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], network) == 0)
			return true;
	}
	return is_shared(network);
}

static int check_mixture(const struct container_config *config, struct err *e)
{
	bool has_predefined = false;

	for (size_t i = 0; i < config->network_count; i++)
		has_predefined = has_predefined || is_predefined(config->networks[i].network);
	if (!has_predefined || config->network_count < 2)
		return 0;
	return err_set(e, ERR_INVALID, -EINVAL,
		       "conflicting options: cannot attach both user-defined and "
		       "non-user-defined network-modes");
}

/* A mode without endpoints takes nothing that is said of one. */
static int check_mode(struct container_config *config, struct err *e)
{
	const char *mode = config->network_mode;

	if (!mode ||
	    (strcmp(mode, "none") != 0 && strcmp(mode, "host") != 0 && !is_shared(mode)))
		return 0;
	if (!endpoint_request_is_plain(&config->networks[0]))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "conflicting options: an address, alias or link and the network "
			       "mode %s",
			       mode);
	config->network_count = 0;
	return 0;
}

int options_finish_networks(struct run_options *options, struct arena *arena, struct err *e)
{
	struct container_config *config = &options->config;
	const struct endpoint_request unnamed = { 0 };
	int r = check_mixture(config, e);

	if (r < 0)
		return r;
	if (config->network_count == 0) {
		if (endpoint_request_is_plain(&options->endpoint))
			return 0;
		r = add_network(config, arena, &unnamed, e);
	} else if (strcmp(config->networks[0].network, "default") == 0) {
		/* What it would be without the flag. */
		config->networks[0].network = NULL;
	} else {
		config->network_mode = config->networks[0].network;
	}
	if (r == 0)
		r = merge_first(&config->networks[0], &options->endpoint, e);
	return r < 0 ? r : check_mode(config, e);
}
