/*
 * See registration.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/registration.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/id.h"
#include "dns/server_address.h"

enum { WORDS_MAX = 6 };

struct reading {
	struct registration *to;
	struct registration_network *network; /* the last one; NULL: none yet */
	size_t name_count;
	size_t line;
};

static int refuse(const struct reading *reading, struct err *e)
{
	return err_set(e, ERR_INVALID, -EINVAL, "line %zu of a registration is not understood",
		       reading->line);
}

/* --- words ------------------------------------------------------------------------------- */

/* Split a line at single spaces, in place. Returns how many words, 0 for too many or an empty
 * one. */
static size_t split(char *line, char *words[WORDS_MAX])
{
	size_t count = 0;

	for (char *at = line; at; count++) {
		char *space = strchr(at, ' ');

		if (count == WORDS_MAX || *at == '\0' || *at == ' ')
			return 0;
		words[count] = at;
		at = space ? space + 1 : NULL;
		if (space)
			*space = '\0';
	}
	return count;
}

static void make_lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text + ('a' - 'A'));
}

/* "10.0.0.2/24"; "-": there is none of this family. */
static int address_parse(char *text, int family, struct registration_network *network)
{
	struct network_address *address = &network->addresses[network->address_count];
	char *slash = strchr(text, '/');
	uint64_t prefix;

	if (strcmp(text, "-") == 0)
		return 0;
	if (!slash)
		return -EINVAL;
	*slash = '\0';
	address->len = family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
	if (inet_pton(family, text, address->bytes) != 1 ||
	    parse_u64(slash + 1, 0, address->len * 8, &prefix) < 0)
		return -EINVAL;
	address->prefix = (uint8_t)prefix;
	network->address_count++;
	return 0;
}

/* --- lines ------------------------------------------------------------------------------- */

static int add_server(struct reading *reading, const char *text)
{
	struct server_list *servers = &reading->to->servers;

	if (servers->count == DNS_SERVERS_MAX)
		return -EINVAL;
	if (server_address_parse(text, &servers->items[servers->count]) < 0)
		return -EINVAL;
	servers->count++;
	return 0;
}

static int add_network(struct reading *reading, char *words[WORDS_MAX])
{
	struct registration *to = reading->to;
	struct registration_network *network = &to->networks[to->network_count];

	if (to->network_count == DNS_NETWORKS_MAX || !id_is_valid(words[1]) ||
	    (strcmp(words[3], "open") != 0 && strcmp(words[3], "internal") != 0))
		return -EINVAL;
	make_lower(words[2]);
	network->id = words[1];
	network->name = words[2];
	network->is_internal = strcmp(words[3], "internal") == 0;
	if (address_parse(words[4], AF_INET, network) < 0 ||
	    address_parse(words[5], AF_INET6, network) < 0)
		return -EINVAL;
	to->is_internal = to->is_internal && network->is_internal;
	to->network_count++;
	reading->network = network;
	return 0;
}

static int add_name(struct reading *reading, char *name)
{
	if (!reading->network || reading->name_count++ == DNS_NAMES_MAX)
		return -EINVAL;
	make_lower(name);
	strv_add_borrowed(&reading->network->names, &reading->to->arena, name);
	return 0;
}

static int add_link(struct reading *reading, char *words[WORDS_MAX])
{
	struct registration_network *network = reading->network;

	if (!network || reading->name_count++ == DNS_NAMES_MAX)
		return -EINVAL;
	make_lower(words[1]);
	make_lower(words[2]);
	strv_add_borrowed(&network->links, &reading->to->arena, words[1]);
	strv_add_borrowed(&network->links, &reading->to->arena, words[2]);
	return 0;
}

static int add_line(struct reading *reading, char *line)
{
	char *words[WORDS_MAX];
	size_t count = split(line, words);

	if (count == 2 && strcmp(words[0], "container") == 0 && !reading->to->id) {
		reading->to->id = words[1];
		return id_is_valid(words[1]) ? 0 : -EINVAL;
	}
	if (count == 2 && strcmp(words[0], "server") == 0)
		return add_server(reading, words[1]);
	if (count == 1 && strcmp(words[0], "keep-short") == 0) {
		reading->to->keeps_short = true;
		return 0;
	}
	if (count == 6 && strcmp(words[0], "network") == 0)
		return add_network(reading, words);
	if (count == 2 && strcmp(words[0], "name") == 0)
		return add_name(reading, words[1]);
	if (count == 3 && strcmp(words[0], "link") == 0)
		return add_link(reading, words);
	return -EINVAL;
}

/* --- the text ---------------------------------------------------------------------------- */

/* How many networks there can be in it, at most. */
static size_t network_lines(const char *text)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, "\nnetwork ")); at++)
		count++;
	return count < DNS_NETWORKS_MAX ? count : DNS_NETWORKS_MAX;
}

static int add_lines(struct reading *reading, char *text, struct err *e)
{
	while (*text) {
		char *end = strchr(text, '\n');

		reading->line++;
		if (!end)
			return refuse(reading, e);
		*end = '\0';
		/* The first line was looked at already. */
		if (reading->line > 1 && add_line(reading, text) < 0)
			return refuse(reading, e);
		text = end + 1;
	}
	return reading->to->id ? 0 : refuse(reading, e);
}

int registration_parse(const char *text, size_t len, struct registration *ret, struct err *e)
{
	struct registration made = { .is_internal = true };
	struct reading reading = { .to = &made };
	char *copy;
	int r;

	if (len > DNS_TEXT_MAX || len < strlen(DNS_TEXT_FIRST) || memchr(text, '\0', len) ||
	    memcmp(text, DNS_TEXT_FIRST, strlen(DNS_TEXT_FIRST)) != 0)
		return err_set(e, ERR_INVALID, -EINVAL, "this is no registration of version 1");
	copy = arena_copy_bytes(&made.arena, text, len);
	if (copy)
		made.networks = arena_array(&made.arena, network_lines(copy) + 1,
					    sizeof(*made.networks));
	r = made.networks ? add_lines(&reading, copy, e)
			  : err_sys(e, ENOMEM, "read a registration");
	if (r == 0 && arena_ok(&made.arena) < 0)
		r = err_sys(e, ENOMEM, "read a registration");
	if (r < 0)
		registration_done(&made);
	else
		*ret = made;
	return r;
}

void registration_done(struct registration *registration)
{
	arena_done(&registration->arena);
	*registration = (struct registration){ 0 };
}
