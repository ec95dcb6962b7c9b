/*
 * The cache of compiled filters: one file for each profile, named by a hash of everything that
 * the filter depends on, which is repeated in full inside: two profiles with one hash are told
 * apart.
 *
 * The directory must be ours alone: who can write there decides which system calls containers
 * may make.
 *
 * Runs in: cli (engine), runtime.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "runtime/seccomp.h"
#include "runtime/seccomp_default.h"

enum {
	CACHE_MAGIC = 0x43435348, /* "HSCC" */
	CACHE_VERSION = 5, /* also of the table in seccomp_default.c and of how we compile:
			      raise it with either */
	CACHE_FILE_MAX = 1024 * 1024,
	CACHE_NAME_SIZE = 40
};

struct cache_header {
	uint32_t magic;
	uint32_t version;
	uint32_t key_len; /* the key follows, padded to 8 bytes; then the filter */
	uint32_t count;
	uint32_t flags;
	uint32_t unused;
	uint64_t checksum; /* of all that follows */
};

static size_t padded(size_t len)
{
	return (len + 7) & ~(size_t)7;
}

/* FNV-1a by words of 8 bytes: a checksum against damage, a name for a file; nothing that must
 * withstand an attacker. */
static uint64_t hash_words(const void *data, size_t len, uint64_t seed)
{
	const unsigned char *bytes = data;
	uint64_t hash = 0xcbf29ce484222325 ^ seed;

	for (size_t i = 0; i < len; i += 8) {
		uint64_t word = 0;

		memcpy(&word, bytes + i, len - i < 8 ? len - i : 8);
		hash = (hash ^ word) * 0x100000001b3;
		hash ^= hash >> 29;
	}
	return hash;
}

/* --- the key
 * ---------------------------------------------------------------------------------------------------------------
 */

/* With its NUL, and lists with their counts, or two profiles could read alike where a name holds
 * what we write between names. No printf: docker's profile has 377 names. */
static void key_add_word(struct str *key, const char *word)
{
	str_add_bytes(key, word ? word : "", word ? strlen(word) + 1 : 1);
}

static void key_add_rule(struct str *key, const struct spec_seccomp_rule *rule)
{
	str_printf(key, "rule %d %u %zu %zu ", rule->has_errno, rule->errno_ret,
		   rule->arg_count, rule->names.count);
	key_add_word(key, rule->action);
	for (size_t i = 0; i < rule->arg_count; i++) {
		str_printf(key, " [%u %" PRIu64 " %" PRIu64 " ", rule->args[i].index,
			   rule->args[i].value, rule->args[i].value_two);
		key_add_word(key, rule->args[i].op);
	}
	for (size_t i = 0; i < rule->names.count; i++)
		key_add_word(key, rule->names.items[i]);
	str_add_char(key, '\n');
}

static void key_add_profile(struct str *key, const struct spec_seccomp *seccomp)
{
	str_printf(key, "default %d %u strict %d ", seccomp->has_default_errno,
		   seccomp->default_errno_ret, seccomp->fails_unknown_syscall);
	key_add_word(key, seccomp->default_action);
	str_printf(key, "\narchitectures %zu ", seccomp->architectures.count);
	for (size_t i = 0; i < seccomp->architectures.count; i++)
		key_add_word(key, seccomp->architectures.items[i]);
	str_printf(key, "\nflags %zu ", seccomp->flags.count);
	for (size_t i = 0; i < seccomp->flags.count; i++)
		key_add_word(key, seccomp->flags.items[i]);
	str_add_char(key, '\n');
	for (size_t i = 0; i < seccomp->rule_count; i++)
		key_add_rule(key, &seccomp->rules[i]);
}

static int key_make(const char *name, uint64_t capabilities, const struct spec_seccomp *seccomp,
		    struct str *key)
{
	const struct scmp_version *library = seccomp_version();
	struct utsname system;

	if (uname(&system) < 0)
		return -errno;
	str_printf(key, "format %d\nkernel %s %s\nlibseccomp %u.%u.%u\n", CACHE_VERSION,
		   system.release, system.machine, library->major, library->minor,
		   library->micro);
	if (name)
		str_printf(key, "profile %s\ncapabilities %016" PRIx64 "\n", name,
			   capabilities);
	else
		key_add_profile(key, seccomp);
	return str_ok(key);
}

/* --- the file
 * --------------------------------------------------------------------------------------------------------------
 */

/* -EPERM: somebody else could have written there. */
static int owner_check(int fd, mode_t type)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	return (st.st_mode & S_IFMT) == type && st.st_uid == geteuid() &&
			       (st.st_mode & 077) == 0
		       ? 0
		       : -EPERM;
}

static int cache_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (fd < 0 && errno == ENOENT) {
		FAULT("mkdir");
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return -errno;
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd < 0)
		return -errno;
	r = owner_check(fd, S_IFDIR);
	if (r == 0)
		return fd;
	(void)fd_close(fd);
	return r;
}

static bool is_intact(const char *data, size_t len, const struct str *key)
{
	const struct cache_header *h = (const void *)data;
	size_t rest = len - sizeof(*h);

	return len >= sizeof(*h) && h->magic == CACHE_MAGIC && h->version == CACHE_VERSION &&
	       h->key_len == key->len && h->count > 0 && h->count <= BPF_MAXINSNS &&
	       rest == padded(key->len) + h->count * sizeof(struct sock_filter) &&
	       memcmp(data + sizeof(*h), key->data, key->len) == 0 &&
	       h->checksum == hash_words(data + sizeof(*h), rest, h->flags);
}

static int file_load(int fd, char **ret_data, size_t *ret_len)
{
	AUTO_FREE char *data = NULL;
	struct stat st;
	int r = owner_check(fd, S_IFREG);

	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size < (off_t)sizeof(struct cache_header) || st.st_size > CACHE_FILE_MAX)
		return -EBADMSG;
	data = malloc((size_t)st.st_size);
	if (!data)
		return -ENOMEM;
	if (fd_read_full(fd, data, (size_t)st.st_size) != st.st_size)
		return -EBADMSG;
	*ret_len = (size_t)st.st_size;
	*ret_data = ptr_take(data);
	return 0;
}

static int cache_read(int cache_fd, const char *name, const struct str *key,
		      struct seccomp_filter *ret)
{
	AUTO_CLOSE int fd =
		openat(cache_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	AUTO_FREE char *data = NULL;
	const struct cache_header *h;
	size_t len = 0;
	int r;

	if (fd < 0)
		return -errno;
	r = file_load(fd, &data, &len);
	if (r < 0)
		return r;
	if (!is_intact(data, len, key))
		return -EBADMSG;
	h = (const void *)data;
	*ret = (struct seccomp_filter){
		.items = (const void *)(data + sizeof(*h) + padded(key->len)),
		.count = h->count,
		.flags = h->flags,
	};
	ret->memory = ptr_take(data);
	return 0;
}

static int cache_write(int cache_fd, const char *name, const struct str *key,
		       const struct seccomp_filter *filter)
{
	static const char zeros[8];
	struct cache_header h = { .magic = CACHE_MAGIC,
				  .version = CACHE_VERSION,
				  .key_len = (uint32_t)key->len,
				  .count = (uint32_t)filter->count,
				  .flags = filter->flags };
	AUTO_STR struct str file = { 0 };

	str_add_bytes(&file, &h, sizeof(h));
	str_add_bytes(&file, key->data, key->len);
	str_add_bytes(&file, zeros, padded(key->len) - key->len);
	str_add_bytes(&file, filter->items, filter->count * sizeof(*filter->items));
	if (str_ok(&file) < 0)
		return -ENOMEM;
	h.checksum = hash_words(file.data + sizeof(h), file.len - sizeof(h), h.flags);
	memcpy(file.data, &h, sizeof(h));
	return file_replace(cache_fd, name, file.data, file.len, 0600, FILE_FAST);
}

/* --- both
 * ------------------------------------------------------------------------------------------------------------------
 */

static int filter_make(const char *name, uint64_t capabilities,
		       const struct spec_seccomp *seccomp, struct seccomp_filter *ret,
		       struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct spec_seccomp by_name;
	struct seccomp_host host;
	int r;

	if (!name)
		return seccomp_compile(seccomp, ret, e);
	if (strcmp(name, "default") != 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "seccomp: no profile is known by the name \"%s\"", name);
	seccomp_host_read(&host);
	r = seccomp_default(capabilities, &host, &arena, &by_name, e);
	return r < 0 ? r : seccomp_compile(&by_name, ret, e);
}

int seccomp_get(const char *cache, const char *name, uint64_t capabilities,
		const struct spec_seccomp *seccomp, struct seccomp_filter *ret, struct err *e)
{
	AUTO_STR struct str key = { 0 };
	AUTO_CLOSE int cache_fd = -EBADF;
	char file[CACHE_NAME_SIZE];
	int r;

	if (!cache)
		return filter_make(name, capabilities, seccomp, ret, e);
	r = key_make(name, capabilities, seccomp, &key);
	if (r < 0)
		return err_sys(e, r, "seccomp cache");
	(void)snprintf(file, sizeof(file), "%016" PRIx64 "%016" PRIx64,
		       hash_words(key.data, key.len, 0), hash_words(key.data, key.len, 1));
	cache_fd = cache_open(cache);
	if (cache_fd >= 0 && cache_read(cache_fd, file, &key, ret) == 0)
		return 0;
	r = filter_make(name, capabilities, seccomp, ret, e);
	if (r < 0)
		return r;
	r = cache_fd < 0 ? cache_fd : cache_write(cache_fd, file, &key, ret);
	if (r < 0)
		log_warn("seccomp cache %s is not used: %s", cache, strerror(-r));
	return 0;
}
