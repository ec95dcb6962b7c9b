/*
 * See answer.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/answer.h"

#include <stdlib.h>
#include <string.h>

enum { IPV4_LEN = 4, IPV6_LEN = 16, HOST_SIZE = 520 };

size_t answer_code(const uint8_t *message, const struct wire_query *query, int code,
		   uint8_t *answer)
{
	struct wire_writer w;

	wire_begin(&w, answer, WIRE_UDP_DEFAULT, message, query);
	return wire_end(&w, code, query);
}

/* --- names ------------------------------------------------------------------------------- */

static uint16_t type_of(const struct network_address *address)
{
	return address->len == IPV4_LEN ? WIRE_TYPE_A : WIRE_TYPE_AAAA;
}

/* Each family has its turns by itself, or one address would come first more often. */
static void put_addresses(struct wire_writer *w, const struct names_found *found, uint16_t type,
			  uint32_t turn)
{
	const struct network_address *addresses[NAMES_FOUND_MAX];
	size_t count = 0;

	for (size_t i = 0; i < found->count; i++)
		if (type_of(found->addresses[i]) == type)
			addresses[count++] = found->addresses[i];
	for (size_t i = 0; i < count; i++) {
		const struct network_address *address = addresses[(i + turn) % count];

		wire_put_record(w, type, ANSWER_TTL, address->bytes, address->len);
	}
}

/* --- addresses --------------------------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "2.0.17.172.in-addr.arpa" */
static bool ipv4_from_name(const char *name, uint8_t address[IPV4_LEN])
{
	for (int i = IPV4_LEN - 1; i >= 0; i--) {
		unsigned int value = 0;
		int digits = 0;

		for (; *name >= '0' && *name <= '9'; name++, digits++)
			value = value * 10 + (unsigned int)(*name - '0');
		if (digits == 0 || digits > 3 || value > UINT8_MAX || *name++ != '.')
			return false;
		address[i] = (uint8_t)value;
	}
	return strcmp(name, "in-addr.arpa") == 0;
}

/* 32 digits, the last of the address first, and "ip6.arpa" */
static bool ipv6_from_name(const char *name, uint8_t address[IPV6_LEN])
{
	for (int i = IPV6_LEN - 1; i >= 0; i--) {
		int low = hex_digit(name[0]);
		int high = low >= 0 && name[1] == '.' ? hex_digit(name[2]) : -1;

		if (high < 0 || name[3] != '.')
			return false;
		address[i] = (uint8_t)(high << 4 | low);
		name += 4;
	}
	return strcmp(name, "ip6.arpa") == 0;
}

/* The address that the name stands for: its length, 0 when it is no such name. */
static size_t address_from_name(const char *name, uint8_t address[IPV6_LEN])
{
	if (ipv4_from_name(name, address))
		return IPV4_LEN;
	return ipv6_from_name(name, address) ? IPV6_LEN : 0;
}

static void put_pointer(struct wire_writer *w, const char *host)
{
	uint8_t name[WIRE_NAME_MAX];
	ssize_t len = wire_name_write(host, name);

	if (len > 0)
		wire_put_record(w, WIRE_TYPE_PTR, ANSWER_TTL, name, (size_t)len);
}

/* --- the answer -------------------------------------------------------------------------- */

/* A refusal for what is asked in another way than names are. */
static int refusal_of(const struct wire_query *query)
{
	if (query->has_edns && query->edns_version != 0)
		return WIRE_BAD_VERSION;
	if (query->class != WIRE_CLASS_IN || query->type == WIRE_TYPE_AXFR ||
	    query->type == WIRE_TYPE_IXFR)
		return WIRE_REFUSED;
	return WIRE_NO_ERROR;
}

/*
 * Nothing of a container that is on internal networks alone leaves them, names neither. It is told
 * that there is no such name, since to a resolver like musl's a refusal is a reason to wait.
 * (docker and CVE-2024-29018)
 */
static int code_for_strangers(const struct names_container *asker,
			      const struct wire_query *query)
{
	bool is_short = !strchr(query->name, '.') && query->name_len > 0;

	if (asker->registration.is_internal || (asker->registration.keeps_short && is_short))
		return WIRE_NO_NAME;
	return WIRE_NO_ERROR;
}

size_t answer_write(const struct names *names, const struct names_container *asker,
		    const uint8_t *message, const struct wire_query *query, int code,
		    uint32_t turn, uint8_t *answer, size_t room)
{
	enum names_owner owner = NAMES_ELSEWHERE;
	struct names_found found = { 0 };
	uint8_t address[IPV6_LEN];
	char host[HOST_SIZE];
	struct wire_writer w;
	size_t len;

	if (code == WIRE_NO_ERROR)
		code = refusal_of(query);
	if (code != WIRE_NO_ERROR)
		return answer_code(message, query, code, answer);
	len = query->is_text ? address_from_name(query->name, address) : 0;
	if (len > 0)
		owner = names_find_address(names, asker, address, len, host, sizeof(host));
	else if (query->is_text)
		names_find(names, asker, query->name, &found);
	if (!found.is_known && owner == NAMES_ELSEWHERE) {
		code = code_for_strangers(asker, query);
		return code == WIRE_NO_ERROR ? 0 : answer_code(message, query, code, answer);
	}
	wire_begin(&w, answer, room, message, query);
	if (query->type == WIRE_TYPE_A || query->type == WIRE_TYPE_ANY)
		put_addresses(&w, &found, WIRE_TYPE_A, turn);
	if (query->type == WIRE_TYPE_AAAA || query->type == WIRE_TYPE_ANY)
		put_addresses(&w, &found, WIRE_TYPE_AAAA, turn);
	if (owner == NAMES_CONTAINER &&
	    (query->type == WIRE_TYPE_PTR || query->type == WIRE_TYPE_ANY))
		put_pointer(&w, host);
	return wire_end(&w, owner == NAMES_NOBODY ? WIRE_NO_NAME : WIRE_NO_ERROR, query);
}
