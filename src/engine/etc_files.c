/*
 * See etc_files.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/etc_files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "proto/dns.h"

/* On the host's own network the host is there at its loopback; on another its address is known
 * when the container's is. */
static void add_extra_hosts(const struct strv *extra_hosts, bool is_host_network,
			    struct str *out)
{
	for (size_t i = 0; i < extra_hosts->count; i++) {
		const char *item = extra_hosts->items[i];
		const char *colon = strchr(item, ':');
		bool is_gateway = colon && strcmp(colon + 1, EXTRA_HOST_GATEWAY) == 0;

		if (!colon || (is_gateway && !is_host_network))
			continue;
		str_printf(out, "%s\t%.*s\n", is_gateway ? "127.0.0.1" : colon + 1,
			   (int)(colon - item), item);
	}
}

void etc_hosts_gateway(const struct strv *extra_hosts, const char *address, struct str *out)
{
	for (size_t i = 0; i < extra_hosts->count; i++) {
		const char *item = extra_hosts->items[i];
		const char *colon = strchr(item, ':');

		if (colon && strcmp(colon + 1, EXTRA_HOST_GATEWAY) == 0)
			str_printf(out, "%s\t%.*s\n", address, (int)(colon - item), item);
	}
}

void etc_hosts_text(const struct container_config *config, bool is_host_network,
		    const char *host_text, struct str *out)
{
	if (is_host_network && host_text) {
		str_add(out, host_text);
		if (out->len > 0 && out->data[out->len - 1] != '\n')
			str_add_char(out, '\n');
	} else {
		str_add(out, "127.0.0.1\tlocalhost\n"
			     "::1\tlocalhost ip6-localhost ip6-loopback\n"
			     "fe00::0\tip6-localnet\n"
			     "ff00::0\tip6-mcastprefix\n"
			     "ff02::1\tip6-allnodes\n"
			     "ff02::2\tip6-allrouters\n");
	}
	add_extra_hosts(&config->extra_hosts, is_host_network, out);
}

static bool line_is(const char *line, size_t len, const char *keyword)
{
	size_t n = strlen(keyword);

	return len > n && memcmp(line, keyword, n) == 0 && (line[n] == ' ' || line[n] == '\t');
}

static bool is_loopback_server(const char *line, size_t len)
{
	const char *at = line + strlen("nameserver");

	while (at < line + len && (*at == ' ' || *at == '\t'))
		at++;
	return str_starts(at, "127.") || str_starts(at, "::1");
}

static void add_list(struct str *out, const char *keyword, const struct strv *values)
{
	str_add(out, keyword);
	for (size_t i = 0; i < values->count; i++)
		str_printf(out, " %s", values->items[i]);
	str_add_char(out, '\n');
}

/* Does --dns* take the place of this line of the host's, or has it nothing to say there? */
static bool is_dropped(const struct container_config *config, enum etc_network network,
		       const char *line, size_t len)
{
	bool has_names = network == ETC_NETWORK_NAMES;

	if (line_is(line, len, "nameserver"))
		return has_names || config->dns.count > 0 ||
		       (network != ETC_NETWORK_HOST && is_loopback_server(line, len));
	if (line_is(line, len, "search") || line_is(line, len, "domain"))
		return config->dns_search.count > 0;
	return line_is(line, len, "options") && (has_names || config->dns_options.count > 0);
}

/* What --dns-option says, or else the words of the host's lines. */
static void list_options(const struct container_config *config, const char *host_text,
			 struct arena *arena, struct strv *ret)
{
	for (size_t i = 0; i < config->dns_options.count; i++)
		strv_add(ret, arena, config->dns_options.items[i]);
	for (const char *at = host_text ? host_text : "";
	     *at && config->dns_options.count == 0;) {
		size_t len = strcspn(at, "\n");
		size_t word = strlen("options");

		while (line_is(at, len, "options") && word < len) {
			size_t space = strspn(at + word, " \t\r");
			size_t size = strcspn(at + word + space, " \t\r\n");

			if (size > 0)
				strv_add_borrowed(
					ret, arena,
					arena_copy_bytes(arena, at + word + space, size));
			word += space + size;
		}
		at += len + (at[len] == '\n');
	}
}

/* The value behind "ndots:", the last one; NULL: nothing is said. */
static const char *find_ndots(const struct strv *options)
{
	const char *found = NULL;

	for (size_t i = 0; i < options->count; i++)
		if (str_starts(options->items[i], "ndots:"))
			found = options->items[i] + strlen("ndots:");
	return found;
}

static void add_options(const struct container_config *config, enum etc_network network,
			const char *host_text, struct str *out)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv options = { 0 };

	if (network != ETC_NETWORK_NAMES) {
		if (config->dns_options.count > 0)
			add_list(out, "options", &config->dns_options);
		return;
	}
	list_options(config, host_text, &arena, &options);
	if (!find_ndots(&options))
		strv_add(&options, &arena, "ndots:0");
	if (arena_ok(&arena) == 0)
		add_list(out, "options", &options);
}

bool etc_resolv_keeps_short(const struct container_config *config, const char *host_text)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv options = { 0 };
	const char *ndots;
	uint64_t value;

	list_options(config, host_text, &arena, &options);
	ndots = find_ndots(&options);
	return ndots && parse_u64(ndots, 1, UINT64_MAX, &value) == 0;
}

void etc_resolv_text(const struct container_config *config, enum etc_network network,
		     const char *host_text, struct str *out)
{
	if (network == ETC_NETWORK_NAMES)
		str_add(out, "nameserver " DNS_ADDRESS "\n");
	for (const char *at = host_text ? host_text : ""; *at;) {
		size_t len = strcspn(at, "\n");

		if (!is_dropped(config, network, at, len)) {
			str_add_bytes(out, at, len);
			str_add_char(out, '\n');
		}
		at += len + (at[len] == '\n');
	}
	for (size_t i = 0; i < config->dns.count && network != ETC_NETWORK_NAMES; i++)
		str_printf(out, "nameserver %s\n", config->dns.items[i]);
	/* "." alone means: no search list. */
	if (config->dns_search.count > 0 &&
	    !(config->dns_search.count == 1 && str_equal(config->dns_search.items[0], ".")))
		add_list(out, "search", &config->dns_search);
	add_options(config, network, host_text, out);
}

/* The host's own file, or NULL. */
static char *host_file(const char *path)
{
	char *text = NULL;

	return file_read(AT_FDCWD, path, HOST_FILE_MAX, &text, NULL) < 0 ? NULL : text;
}

char *etc_host_resolv(void)
{
	return host_file("/etc/resolv.conf");
}

static int write_file(int dir_fd, const char *name, const char *text, size_t len, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	int r;

	FAULT("open");
	fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, errno, "make the container's %s", name);
	r = fd_write_all(fd, text, len);
	if (r == 0 && fchmod(fd, 0644) < 0) /* whatever the caller's umask */
		r = -errno;
	return r < 0 ? err_sys(e, r, "write the container's %s", name) : 0;
}

static int write_str(int dir_fd, const char *name, const struct str *text, struct err *e)
{
	return str_ok(text) < 0 ? -ENOMEM
				: write_file(dir_fd, name, str_text(text), text->len, e);
}

int etc_files_write(int container_fd, const struct container_config *config,
		    const char *hostname, enum etc_network network, struct err *e)
{
	bool is_host_network = network == ETC_NETWORK_HOST;
	AUTO_FREE char *host_hosts = is_host_network ? host_file("/etc/hosts") : NULL;
	AUTO_FREE char *host_resolv = etc_host_resolv();
	AUTO_STR struct str name = { 0 };
	AUTO_STR struct str hosts = { 0 };
	AUTO_STR struct str resolv = { 0 };
	int r;

	str_printf(&name, "%s\n", hostname);
	etc_hosts_text(config, is_host_network, host_hosts, &hosts);
	etc_resolv_text(config, network, host_resolv, &resolv);
	r = write_str(container_fd, "hostname", &name, e);
	if (r == 0)
		r = write_str(container_fd, "hosts", &hosts, e);
	if (r == 0)
		r = write_str(container_fd, "resolv.conf", &resolv, e);
	return r;
}

int etc_files_own(int container_fd, uid_t uid, gid_t gid, struct err *e)
{
	static const char *const names[] = { "hostname", "hosts", "resolv.conf" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		FAULT("chown");
		if (fchownat(container_fd, names[i], uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
			return err_sys(e, errno, "give the container its %s", names[i]);
	}
	return 0;
}

int etc_resolv_update(int container_fd, const struct container_config *config, struct err *e)
{
	AUTO_FREE char *host_resolv = etc_host_resolv();
	AUTO_STR struct str before = { 0 };
	AUTO_STR struct str after = { 0 };
	AUTO_FREE char *text = NULL;

	etc_resolv_text(config, ETC_NETWORK_PRIVATE, host_resolv, &before);
	etc_resolv_text(config, ETC_NETWORK_NAMES, host_resolv, &after);
	if (file_read(container_fd, "resolv.conf", HOST_FILE_MAX, &text, NULL) < 0 ||
	    strcmp(text, str_text(&before)) != 0)
		return 0;
	return write_str(container_fd, "resolv.conf", &after, e);
}
