/*
 * The networks that are always there: bridge, host and none. See network.h.
 *
 * "host" and "none" have no record, no bridge and no addresses; their ids are the same everywhere
 * (the SHA-256 of "hoy network host" and "hoy network none").
 *
 * Runs in: cli (engine); pure functions.
 */
#include <string.h>

#include "network/network.h"

static const struct {
	const char *name;
	const char *driver;
	const char *id;
} without_record[NETWORK_WITHOUT_RECORD] = {
	{ "host", "host", "6dc996d4d65b93b132d04933c79282754410bffc4e1251e78dda28a78a158ed0" },
	{ "none", "null", "c6115abcfdef34537bd87dded177436f8b10e445bbd5aa26f61e98a4a2e9e547" },
};

const char *network_driver(const char *name)
{
	for (size_t i = 0; i < NETWORK_WITHOUT_RECORD; i++) {
		if (strcmp(name, without_record[i].name) == 0)
			return without_record[i].driver;
	}
	return NETWORK_DEFAULT;
}

bool network_has_record(const char *name)
{
	for (size_t i = 0; i < NETWORK_WITHOUT_RECORD; i++) {
		if (strcmp(name, without_record[i].name) == 0)
			return false;
	}
	return true;
}

bool network_is_predefined(const char *name)
{
	return strcmp(name, NETWORK_DEFAULT) == 0 || !network_has_record(name);
}

static void fill(size_t i, struct network *ret)
{
	*ret = (struct network){ 0 };
	(void)str_copy(ret->name, sizeof(ret->name), without_record[i].name);
	(void)str_copy(ret->id, sizeof(ret->id), without_record[i].id);
}

int network_find_predefined(const char *name, struct network *ret)
{
	for (size_t i = 0; i < NETWORK_WITHOUT_RECORD; i++) {
		if (strcmp(name, without_record[i].name) != 0 &&
		    (!id_is_prefix(name) || !str_starts(without_record[i].id, name)))
			continue;
		fill(i, ret);
		return 0;
	}
	return -ENOENT;
}

size_t network_list_predefined(struct network ret[NETWORK_WITHOUT_RECORD])
{
	for (size_t i = 0; i < NETWORK_WITHOUT_RECORD; i++)
		fill(i, &ret[i]);
	return NETWORK_WITHOUT_RECORD;
}
