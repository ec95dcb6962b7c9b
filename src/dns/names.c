/*
 * See names.h.
 *
 * One hash table holds an entry for each name and each address of each place of a container. The
 * key is the network too, by the pointer to its zone.
 *
 * Runs in: hoy-dns.
 */
#include "dns/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"

enum { BUCKETS_FIRST = 64 };

/* One network, for as long as somebody is on it. */
struct zone {
	struct zone *next;
	size_t members;
	char id[];
};

struct entry {
	struct entry *next; /* of its bucket */
	uint64_t hash;
	const struct names_member *member;
	const void *key; /* a name, or an address */
	size_t key_len;
	bool is_address;
};

struct names_member {
	const struct registration_network *network;
	struct zone *zone;
	struct entry *entries; /* an array */
	size_t entry_count;
};

struct names {
	struct zone *zones;
	struct entry **buckets;
	size_t bucket_count; /* a power of two */
	size_t entry_count;
};

struct names *names_new(void)
{
	struct names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	names->bucket_count = BUCKETS_FIRST;
	names->buckets = calloc(names->bucket_count, sizeof(struct entry *));
	if (!names->buckets) {
		free(names);
		return NULL;
	}
	return names;
}

void names_free(struct names *names)
{
	if (!names)
		return;
	while (names->zones) {
		struct zone *next = names->zones->next;

		free(names->zones);
		names->zones = next;
	}
	free(names->buckets);
	free(names);
}

/* --- zones ------------------------------------------------------------------------------- */

static struct zone *zone_find(const struct names *names, const char *id)
{
	for (struct zone *zone = names->zones; zone; zone = zone->next)
		if (strcmp(zone->id, id) == 0)
			return zone;
	return NULL;
}

static struct zone *zone_enter(struct names *names, const char *id)
{
	struct zone *zone = zone_find(names, id);
	size_t size = strlen(id) + 1;

	if (!zone) {
		zone = calloc(1, sizeof(*zone) + size);
		if (!zone)
			return NULL;
		memcpy(zone->id, id, size);
		zone->next = names->zones;
		names->zones = zone;
	}
	zone->members++;
	return zone;
}

static void zone_leave(struct names *names, struct zone *zone)
{
	struct zone **at = &names->zones;

	if (--zone->members > 0)
		return;
	while (*at != zone)
		at = &(*at)->next;
	*at = zone->next;
	free(zone);
}

/* --- the table --------------------------------------------------------------------------- */

/* FNV-1a. What is entered is the operator's, so nobody can make buckets long on purpose. */
static uint64_t hash_of(const struct zone *zone, bool is_address, const void *key, size_t len)
{
	uint64_t hash = UINT64_C(14695981039346656037) ^ (uintptr_t)zone ^ is_address;
	const uint8_t *bytes = key;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
	return hash ^ hash >> 32;
}

static struct entry **bucket_of(const struct names *names, uint64_t hash)
{
	return &names->buckets[hash & (names->bucket_count - 1)];
}

static void link_entry(struct names *names, struct entry *entry)
{
	struct entry **at = bucket_of(names, entry->hash);

	/* Behind those of the same name: answers begin with the oldest. */
	while (*at)
		at = &(*at)->next;
	entry->next = NULL;
	*at = entry;
}

/* Where there is no memory for more buckets they become longer. */
static void grow(struct names *names)
{
	struct entry **old = names->buckets;
	size_t old_count = names->bucket_count;
	struct entry **buckets = calloc(old_count * 2, sizeof(struct entry *));

	if (!buckets)
		return;
	names->buckets = buckets;
	names->bucket_count = old_count * 2;
	for (size_t i = 0; i < old_count; i++) {
		struct entry *entry = old[i];

		while (entry) {
			struct entry *next = entry->next;

			link_entry(names, entry);
			entry = next;
		}
	}
	free(old);
}

static void unlink_entry(struct names *names, struct entry *entry)
{
	struct entry **at = bucket_of(names, entry->hash);

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	names->entry_count--;
}

/* --- containers -------------------------------------------------------------------------- */

static void put_entry(struct names *names, struct names_member *member, bool is_address,
		      const void *key, size_t len)
{
	struct entry *entry = &member->entries[member->entry_count++];

	*entry = (struct entry){ .hash = hash_of(member->zone, is_address, key, len),
				 .member = member,
				 .key = key,
				 .key_len = len,
				 .is_address = is_address };
	link_entry(names, entry);
	if (++names->entry_count > names->bucket_count)
		grow(names);
}

static void put_entries(struct names *names, struct names_member *member)
{
	const struct registration_network *network = member->network;

	for (size_t i = 0; i < network->names.count; i++)
		put_entry(names, member, false, network->names.items[i],
			  strlen(network->names.items[i]));
	for (size_t i = 0; i < network->address_count; i++)
		put_entry(names, member, true, network->addresses[i].bytes,
			  network->addresses[i].len);
}

static void members_free(struct names *names, struct names_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		while (members[i].entry_count > 0)
			unlink_entry(names, &members[i].entries[--members[i].entry_count]);
		free(members[i].entries);
		if (members[i].zone)
			zone_leave(names, members[i].zone);
	}
	free(members);
}

/* All memory first; then nothing can fail any more. */
static struct names_member *members_make(struct names *names,
					 const struct registration *registration)
{
	size_t count = registration->network_count;
	struct names_member *members = calloc(count + 1, sizeof(*members));

	for (size_t i = 0; members && i < count; i++) {
		const struct registration_network *network = &registration->networks[i];
		size_t room = network->names.count + network->address_count;

		members[i].network = network;
		members[i].zone = zone_enter(names, network->id);
		members[i].entries = calloc(room + 1, sizeof(*members[i].entries));
		if (!members[i].zone || !members[i].entries) {
			members_free(names, members, i + 1);
			return NULL;
		}
	}
	return members;
}

int names_enter(struct names *names, struct names_container *container,
		struct registration *take_registration)
{
	struct names_member *members = members_make(names, take_registration);

	if (!members) {
		registration_done(take_registration);
		return -ENOMEM;
	}
	names_leave(names, container);
	container->registration = *take_registration;
	container->members = members;
	*take_registration = (struct registration){ 0 };
	for (size_t i = 0; i < container->registration.network_count; i++)
		put_entries(names, &members[i]);
	return 0;
}

void names_leave(struct names *names, struct names_container *container)
{
	if (!container->members)
		return;
	members_free(names, container->members, container->registration.network_count);
	container->members = NULL;
	registration_done(&container->registration);
}

/* --- looking up -------------------------------------------------------------------------- */

/* The next one behind `entry` (NULL: from the first) with this key. */
static const struct entry *next_entry(const struct names *names, const struct entry *entry,
				      const struct zone *zone, bool is_address, const void *key,
				      size_t len)
{
	uint64_t hash = hash_of(zone, is_address, key, len);

	entry = entry ? entry->next : *bucket_of(names, hash);
	while (entry && (entry->hash != hash || entry->member->zone != zone ||
			 entry->is_address != is_address || entry->key_len != len ||
			 memcmp(entry->key, key, len) != 0))
		entry = entry->next;
	return entry;
}

static void note_address(const struct network_address *address, struct names_found *ret)
{
	/* A container may be called the same twice. */
	for (size_t i = 0; i < ret->count; i++)
		if (ret->addresses[i] == address)
			return;
	if (ret->count < NAMES_FOUND_MAX)
		ret->addresses[ret->count++] = address;
}

static void find_in_zone(const struct names *names, const struct zone *zone, const char *name,
			 size_t len, struct names_found *ret)
{
	const struct entry *entry = NULL;

	while ((entry = next_entry(names, entry, zone, false, name, len))) {
		const struct registration_network *network = entry->member->network;

		ret->is_known = true;
		for (size_t i = 0; i < network->address_count; i++)
			note_address(&network->addresses[i], ret);
	}
}

/* What the asker calls others comes before what they call themselves. */
static void find_in_network(const struct names *names, const struct names_member *place,
			    const char *name, size_t len, struct names_found *ret)
{
	const struct strv *links = &place->network->links;
	bool was_known = ret->is_known;

	ret->is_known = false;
	for (size_t i = 0; i + 1 < links->count; i += 2)
		if (strlen(links->items[i]) == len && memcmp(links->items[i], name, len) == 0)
			find_in_zone(names, place->zone, links->items[i + 1],
				     strlen(links->items[i + 1]), ret);
	if (!ret->is_known)
		find_in_zone(names, place->zone, name, len, ret);
	ret->is_known = ret->is_known || was_known;
}

void names_find(const struct names *names, const struct names_container *asker,
		const char *name, struct names_found *ret)
{
	const struct registration *of = &asker->registration;
	size_t len = strlen(name);

	ret->is_known = false;
	ret->count = 0;
	for (size_t i = 0; i < of->network_count; i++)
		find_in_network(names, &asker->members[i], name, len, ret);
	for (const char *dot = name; !ret->is_known && (dot = strchr(dot, '.')); dot++)
		for (size_t i = 0; i < of->network_count; i++)
			if (strcmp(of->networks[i].name, dot + 1) == 0)
				find_in_network(names, &asker->members[i], name,
						(size_t)(dot - name), ret);
}

static bool is_inside(const struct network_address *subnet, const uint8_t *address, size_t len)
{
	size_t bytes = subnet->prefix / 8;
	uint8_t mask = (uint8_t)(0xff00 >> subnet->prefix % 8);

	if (subnet->len != len || memcmp(subnet->bytes, address, bytes) != 0)
		return false;
	return bytes == len || ((subnet->bytes[bytes] ^ address[bytes]) & mask) == 0;
}

enum names_owner names_find_address(const struct names *names,
				    const struct names_container *asker, const uint8_t *address,
				    size_t len, char *text, size_t size)
{
	enum names_owner owner = NAMES_ELSEWHERE;

	for (size_t i = 0; i < asker->registration.network_count; i++) {
		const struct names_member *place = &asker->members[i];
		const struct entry *entry =
			next_entry(names, NULL, place->zone, true, address, len);

		if (entry && entry->member->network->names.count > 0) {
			(void)snprintf(text, size, "%s.%s",
				       entry->member->network->names.items[0],
				       place->network->name);
			return NAMES_CONTAINER;
		}
		for (size_t k = 0; k < place->network->address_count; k++)
			if (is_inside(&place->network->addresses[k], address, len))
				owner = NAMES_NOBODY;
	}
	return owner;
}
