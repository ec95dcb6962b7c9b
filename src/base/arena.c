/*
 * The arena of str.h and the lists that live in one.
 *
 * Runs in: cli, image, monitor (never in init).
 */
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 8192, ARENA_ALIGN = 16 };

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	_Alignas(ARENA_ALIGN) char data[];
};

void arena_done(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		if (arena->is_secret)
			explicit_bzero(arena->blocks->data, arena->blocks->used);
		free(arena->blocks);
		arena->blocks = next;
	}
	arena->is_broken = false;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	size_t need;
	void *p;

	if (arena->is_broken || size > SIZE_MAX / 2) {
		arena->is_broken = true;
		return NULL;
	}
	need = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
	if (!block || block->size - block->used < need) {
		size_t room = need > ARENA_BLOCK ? need : ARENA_BLOCK;

		block = calloc(1, sizeof(*block) + room);
		if (!block) {
			arena->is_broken = true;
			return NULL;
		}
		block->size = room;
		block->next = arena->blocks;
		arena->blocks = block;
	}
	p = block->data + block->used;
	block->used += need;
	return p;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total)) {
		arena->is_broken = true;
		return NULL;
	}
	return arena_alloc(arena, total);
}

char *arena_copy_bytes(struct arena *arena, const void *data, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (copy && len > 0)
		memcpy(copy, data, len);
	return copy;
}

char *arena_copy(struct arena *arena, const char *text)
{
	return text ? arena_copy_bytes(arena, text, strlen(text)) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0) {
		arena->is_broken = true;
		return NULL;
	}
	text = arena_alloc(arena, (size_t)len + 1);
	if (!text)
		return NULL;
	va_start(args, format);
	(void)vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return text;
}

int arena_ok(const struct arena *arena)
{
	return arena->is_broken ? -ENOMEM : 0;
}

void strv_add_borrowed(struct strv *v, struct arena *arena, const char *text)
{
	if (v->count + 2 > v->room) {
		size_t room = v->room ? v->room * 2 : 8;
		char **items = arena_array(arena, room, sizeof(*items));

		if (!items)
			return;
		if (v->count > 0)
			memcpy(items, v->items, v->count * sizeof(*items));
		v->items = items;
		v->room = room;
	}
	v->items[v->count++] = (char *)(uintptr_t)text;
	v->items[v->count] = NULL;
}

void strv_add(struct strv *v, struct arena *arena, const char *text)
{
	char *copy = arena_copy(arena, text);

	if (copy)
		strv_add_borrowed(v, arena, copy);
}

bool strv_has(const struct strv *v, const char *text)
{
	for (size_t i = 0; i < v->count; i++)
		if (strcmp(v->items[i], text) == 0)
			return true;
	return false;
}

static size_t env_name_len(const char *assignment)
{
	return strcspn(assignment, "=");
}

const char *strv_env_get(const struct strv *v, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < v->count; i++)
		if (strncmp(v->items[i], name, len) == 0 && v->items[i][len] == '=')
			return v->items[i] + len + 1;
	return NULL;
}

void strv_env_set(struct strv *v, struct arena *arena, const char *assignment)
{
	size_t len = env_name_len(assignment);

	for (size_t i = 0; i < v->count; i++) {
		if (env_name_len(v->items[i]) != len ||
		    strncmp(v->items[i], assignment, len) != 0)
			continue;
		char *copy = arena_copy(arena, assignment);

		if (copy)
			v->items[i] = copy;
		return;
	}
	strv_add(v, arena, assignment);
}
