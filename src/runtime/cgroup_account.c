/*
 * See cgroup_account.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/cgroup_account.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

enum { ACCOUNT_MAX = 4 * 1024 * 1024, NUMBERS_MAX = 8192 };

static int no_memory(const struct account *from)
{
	return err_sys(from->e, ENOMEM, "read the accounts of a cgroup");
}

int account_text(const struct account *from, const char *file, char **ret)
{
	AUTO_CLOSE int fd =
		from->dir_fd < 0 ? -ENOENT : openat(from->dir_fd, file, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *text = NULL;
	int r;

	*ret = NULL;
	if (fd < 0)
		return from->dir_fd < 0 || errno == ENOENT
			       ? 0
			       : err_sys(from->e, errno, "open %s", file);
	r = fd_read_all(fd, ACCOUNT_MAX, &text, NULL);
	/* Some are there and say that they count nothing; the group may go at any time. */
	if (r == -EOPNOTSUPP || r == -ENODEV)
		return 0;
	if (r < 0)
		return err_sys(from->e, r, "read %s", file);
	*ret = arena_copy(from->arena, text);
	return *ret ? 0 : no_memory(from);
}

static uint64_t number_or_max(const char *text)
{
	uint64_t value = 0;

	if (strcmp(text, "max") == 0)
		return CGROUP_UNLIMITED;
	(void)parse_u64(text, 0, UINT64_MAX, &value);
	return value;
}

int account_number(const struct account *from, const char *file, uint64_t *ret)
{
	char *text;
	int r = account_text(from, file, &text);

	if (r == 0 && text) {
		text[strcspn(text, "\n")] = '\0';
		*ret = number_or_max(text);
	}
	return r;
}

int account_numbers(const struct account *from, const char *file, struct cgroup_counts *ret)
{
	char *text;
	char *item;
	int r = account_text(from, file, &text);

	if (r < 0 || !text)
		return r;
	ret->items = arena_array(from->arena, NUMBERS_MAX, sizeof(*ret->items));
	if (!ret->items)
		return no_memory(from);
	while ((item = strsep(&text, " \n")) && ret->count < NUMBERS_MAX) {
		if (*item)
			ret->items[ret->count++] = number_or_max(item);
	}
	return 0;
}

static size_t lines_count(const char *text)
{
	size_t count = 1;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

int account_lines(const struct account *from, const char *file, struct cgroup_counter **ret,
		  size_t *ret_count)
{
	char *text;
	char *line;
	int r = account_text(from, file, &text);

	*ret_count = 0;
	if (r < 0 || !text)
		return r;
	*ret = arena_array(from->arena, lines_count(text), sizeof(**ret));
	if (!*ret)
		return no_memory(from);
	while ((line = strsep(&text, "\n"))) {
		const char *name = strsep(&line, " ");

		if (line)
			(*ret)[(*ret_count)++] =
				(struct cgroup_counter){ .name = name,
							 .value = number_or_max(line) };
	}
	return 0;
}

uint64_t account_find(const struct cgroup_counter *lines, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(lines[i].name, name) == 0)
			return lines[i].value;
	}
	return 0;
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=0" */
static void pressure_line(char *line, struct cgroup_pressure *ret)
{
	struct cgroup_pressure_line parsed = { 0 };
	const char *kind = strsep(&line, " ");
	const char *item;

	while ((item = strsep(&line, " "))) {
		if (str_starts(item, "avg10="))
			parsed.avg10 = strtod(item + strlen("avg10="), NULL);
		else if (str_starts(item, "avg60="))
			parsed.avg60 = strtod(item + strlen("avg60="), NULL);
		else if (str_starts(item, "avg300="))
			parsed.avg300 = strtod(item + strlen("avg300="), NULL);
		else if (str_starts(item, "total="))
			parsed.total_us = number_or_max(item + strlen("total="));
	}
	if (strcmp(kind, "some") == 0)
		ret->some = parsed;
	else if (strcmp(kind, "full") == 0)
		ret->full = parsed;
}

int account_pressure(const struct account *from, const char *file, struct cgroup_pressure *ret)
{
	char *text;
	char *line;
	int r = account_text(from, file, &text);

	if (r < 0 || !text)
		return r;
	ret->is_set = true;
	while ((line = strsep(&text, "\n")))
		pressure_line(line, ret);
	return 0;
}

int account_table_add(const struct account *from, struct cgroup_block_table *table,
		      const struct cgroup_block_entry *entry)
{
	struct cgroup_block_entry *items;

	/* Doubled whenever the count is a power of two: the arena keeps the old ones. */
	if ((table->count & (table->count - 1)) == 0) {
		items = arena_array(from->arena, table->count ? table->count * 2 : 1,
				    sizeof(*items));
		if (!items)
			return no_memory(from);
		if (table->count > 0)
			memcpy(items, table->items, table->count * sizeof(*items));
		table->items = items;
	}
	table->items[table->count++] = *entry;
	return 0;
}

bool account_device(char **text, uint64_t *ret_major, uint64_t *ret_minor)
{
	char *device = strsep(text, " ");
	const char *major = strsep(&device, ":");

	return device && parse_u64(major, 0, UINT32_MAX, ret_major) == 0 &&
	       parse_u64(device, 0, UINT32_MAX, ret_minor) == 0;
}

/* --- rdma --------------------------------------------------------------------------------- */

static struct cgroup_rdma_stats *rdma_device(const struct account *from,
					     struct cgroup_stats *ret, const char *device,
					     size_t room)
{
	for (size_t i = 0; i < ret->rdma_count; i++) {
		if (strcmp(ret->rdma[i].device, device) == 0)
			return &ret->rdma[i];
	}
	if (!ret->rdma)
		ret->rdma = arena_array(from->arena, room, sizeof(*ret->rdma));
	if (!ret->rdma || ret->rdma_count == room)
		return NULL;
	ret->rdma[ret->rdma_count].device = device;
	return &ret->rdma[ret->rdma_count++];
}

static int rdma_read(const struct account *from, const char *file, bool is_limit,
		     struct cgroup_stats *ret)
{
	char *text;
	char *line;
	size_t room;
	int r = account_text(from, file, &text);

	if (r < 0 || !text)
		return r;
	room = lines_count(text);
	while ((line = strsep(&text, "\n"))) {
		const char *name = strsep(&line, " ");
		struct cgroup_rdma_stats *device =
			line ? rdma_device(from, ret, name, room) : NULL;
		const char *item;

		while (device && (item = strsep(&line, " "))) {
			const char *value = strchr(item, '=');
			bool is_handle = str_starts(item, "hca_handle=");

			if (value && is_limit)
				*(is_handle ? &device->handle_limit : &device->object_limit) =
					number_or_max(value + 1);
			else if (value)
				*(is_handle ? &device->handles : &device->objects) =
					number_or_max(value + 1);
		}
	}
	return 0;
}

int account_rdma(const struct account *from, struct cgroup_stats *ret)
{
	int r = rdma_read(from, "rdma.current", false, ret);

	return r < 0 ? r : rdma_read(from, "rdma.max", true, ret);
}

/* --- hugetlb ------------------------------------------------------------------------------ */

enum { PAGE_SIZES_MAX = 16 };

static bool page_size_of(const char *file, const char *suffix, char *ret, size_t size)
{
	const char *text = file + strlen("hugetlb.");
	size_t len;

	if (!str_starts(file, "hugetlb.") || !str_ends(file, suffix))
		return false;
	len = strlen(text) - strlen(suffix);
	/* "2MB", not "2MB.rsvd" */
	if (len >= size || memchr(text, '.', len))
		return false;
	memcpy(ret, text, len);
	ret[len] = '\0';
	return true;
}

int account_hugetlb(const struct account *from, const char *suffix, struct cgroup_stats *ret)
{
	char page_size[24];
	struct dirent *entry;
	DIR *dir;
	int fd = from->dir_fd < 0
			 ? -1
			 : openat(from->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ret->hugetlb = arena_array(from->arena, PAGE_SIZES_MAX, sizeof(*ret->hugetlb));
	if (!ret->hugetlb) {
		(void)fd_close(fd);
		return no_memory(from);
	}
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return 0;
	}
	while ((entry = readdir(dir)) && ret->hugetlb_count < PAGE_SIZES_MAX) {
		if (page_size_of(entry->d_name, suffix, page_size, sizeof(page_size)))
			ret->hugetlb[ret->hugetlb_count++].page_size =
				arena_copy(from->arena, page_size);
	}
	(void)closedir(dir);
	return arena_ok(from->arena) < 0 ? no_memory(from) : 0;
}
