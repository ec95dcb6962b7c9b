/*
 * See container_hosts.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_hosts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "engine/container_spec.h"
#include "engine/etc_files.h"

#define HOSTS_FILE "hosts"

int container_hosts_name(const struct record *record, char hostname[HOSTNAME_SIZE],
			 struct err *e)
{
	const struct container_config *c = &record->config;

	if (!str_is_empty(c->hostname)) {
		(void)snprintf(hostname, HOSTNAME_SIZE, "%s", c->hostname);
		return 0;
	}
	if (!mode_is(c->uts_mode, "host") && !mode_is(c->network_mode, "host")) {
		(void)snprintf(hostname, HOSTNAME_SIZE, "%.*s", ID_SHORT_LEN, record->id);
		return 0;
	}
	hostname[HOSTNAME_SIZE - 1] = '\0';
	return gethostname(hostname, HOSTNAME_SIZE - 1) < 0
		       ? err_sys(e, errno, "ask for the host's name")
		       : 0;
}

void container_hosts_lines(const struct endpoint *endpoint, const struct container_name *name,
			   struct str *out)
{
	for (int i = 0; i < IP_FAMILIES; i++) {
		char address[IP_TEXT_SIZE];

		if (!ip_is_set(&endpoint->addresses[i].address))
			continue;
		ip_format(&endpoint->addresses[i].address, address);
		str_printf(out, "%s\t", address);
		if (!str_is_empty(name->domainname))
			str_printf(out, "%s.%s ", name->hostname, name->domainname);
		str_printf(out, "%s\n", name->hostname);
	}
}

/* Is the line, newline included, one of these? */
static bool is_among(const char *line, size_t len, const char *lines)
{
	for (const char *at = lines; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		if (strncmp(at, line, len) == 0 && (at[len - 1] == '\n' || at[len] == '\n'))
			return true;
	}
	return false;
}

void container_hosts_without(const char *text, const char *gone, struct str *out)
{
	for (const char *at = text; *at;) {
		size_t len = strcspn(at, "\n");

		len += at[len] == '\n';
		if (!is_among(at, len, gone))
			str_add_bytes(out, at, len);
		at += len;
	}
}

int container_hosts_append(int container_fd, const struct str *lines, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	int r = str_ok(lines);

	if (r < 0 || lines->len == 0)
		return r;
	FAULT("open");
	fd = openat(container_fd, HOSTS_FILE, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	r = fd < 0 ? -errno : fd_write_all(fd, lines->data, lines->len);
	return r < 0 ? err_sys(e, r, "write the container's own lines into its /etc/hosts") : 0;
}

/* In place: the file is mounted in the container, which would keep an old one. */
static int overwrite(int fd, const struct str *text)
{
	if (pwrite(fd, str_text(text), text->len, 0) != (ssize_t)text->len ||
	    ftruncate(fd, (off_t)text->len) < 0)
		return errno ? -errno : -EIO;
	return 0;
}

int container_hosts_remove(int container_fd, const struct str *lines, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	AUTO_FREE char *before = NULL;
	AUTO_STR struct str after = { 0 };
	size_t len = 0;
	int r = str_ok(lines);

	if (r == 0)
		r = file_read(container_fd, HOSTS_FILE, HOST_FILE_MAX, &before, &len);
	if (r < 0)
		return err_sys(e, r, "read the container's /etc/hosts");
	container_hosts_without(before, str_text(lines), &after);
	r = str_ok(&after);
	/* Nothing to take out; or it is no text any more, and not ours to mend. */
	if (r < 0 || after.len == len || strlen(before) != len)
		return r;
	FAULT("open");
	fd = openat(container_fd, HOSTS_FILE, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	r = fd < 0 ? -errno : overwrite(fd, &after);
	return r < 0 ? err_sys(e, r, "take lines out of the container's /etc/hosts") : 0;
}
