/*
 * Who is called what on which network: all registrations, found by name and by address.
 *
 * A container hears of those that it shares a network with, and of nobody else. A name may be that
 * of several containers; then all of them are meant.
 *
 * Life cycle: names_new, then containers come, change and go; names_free.
 *
 * Runs in: hoy-dns.
 */
#ifndef HOY_DNS_NAMES_H
#define HOY_DNS_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/registration.h"

struct names;

/* One of a container's places: opaque, but for what an answer needs. */
struct names_member;

struct names_container {
	struct registration registration;
	struct names_member *members; /* one for each network, in their order */
};

struct names *names_new(void); /* NULL: no memory */
void names_free(struct names *names);

/*
 * Enter a container, or what is new of it: `take_registration` is consumed even on failure, and
 * then what was known before stays. Zeroed: it is not entered yet. Returns 0 or -ENOMEM.
 */
int names_enter(struct names *names, struct names_container *container,
		struct registration *take_registration);
/* Take it out and give its memory back; one that is not entered is fine. */
void names_leave(struct names *names, struct names_container *container);

enum { NAMES_FOUND_MAX = 256 };

/* Borrowed until the next change. */
struct names_found {
	bool is_known; /* the name is one of ours, even when no address is of the family asked for */
	size_t count;
	const struct network_address *addresses[NAMES_FOUND_MAX];
};

/*
 * The addresses that `asker` means with `name` (lower case): a name, alias, link or short id, alone
 * or with ".NETWORK" behind it.
 */
void names_find(const struct names *names, const struct names_container *asker,
		const char *name, struct names_found *ret);

enum names_owner { NAMES_ELSEWHERE, NAMES_NOBODY, NAMES_CONTAINER };

/*
 * Whose address is this (4 or 16 bytes)? Of a container on a network of the asker's: the text
 * NAME.NETWORK, cut to `size`, in `text`. NAMES_NOBODY: it is in such a network, and free.
 */
enum names_owner names_find_address(const struct names *names,
				    const struct names_container *asker, const uint8_t *address,
				    size_t len, char *text, size_t size);

#endif
