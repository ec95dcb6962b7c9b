/*
 * HOME for a program whose environment has none, or an empty one: what the container's own /etc/passwd says about
 * its user, "/" where it says nothing. The file is the image's: it is believed in nothing but its
 * text, and read no further than a limit.
 *
 * Runs in: init, after the pivot.
 * See: passwd(5).
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "init/init.h"
#include "linux/inroot.h"

enum { PASSWD_MAX = 1024 * 1024, FIELD_UID = 2, FIELD_HOME = 5 };

/* The text of the file; NULL where there is none that can be used. */
static char *read_passwd(int root_fd)
{
	AUTO_CLOSE int fd =
		inroot_open(root_fd, "/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY);
	AUTO_FREE char *text = NULL;
	struct stat st;
	size_t size;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	size = st.st_size < PASSWD_MAX ? (size_t)st.st_size : PASSWD_MAX;
	text = malloc(size + 1);
	n = text ? fd_read_full(fd, text, size) : -1;
	if (n < 0)
		return NULL;
	text[n] = '\0';
	return ptr_take(text);
}

/* Field `i` of a line; its length is in `ret_len`. NULL: the line has fewer. */
static const char *field_of(const char *line, int i, size_t *ret_len)
{
	for (; i > 0; i--) {
		line += strcspn(line, ":\n");
		if (*line != ':')
			return NULL;
		line++;
	}
	*ret_len = strcspn(line, ":\n");
	return line;
}

static bool is_line_of(const char *line, uint32_t uid)
{
	size_t len;
	const char *field = field_of(line, FIELD_UID, &len);
	uint64_t value = 0;

	if (!field || len == 0 || len > 10)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (field[i] < '0' || field[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(field[i] - '0');
	}
	return value == uid;
}

static const char *home_find(const char *text, uint32_t uid, size_t *ret_len)
{
	while (*text) {
		if (is_line_of(text, uid))
			return field_of(text, FIELD_HOME, ret_len);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
}

/* Where HOME stands, or is to stand: at the end. An empty one counts as none. */
static size_t home_place(char *const *envp, bool *ret_has_value)
{
	size_t i = 0;

	while (envp[i] && !str_starts(envp[i], "HOME="))
		i++;
	*ret_has_value = envp[i] && envp[i][strlen("HOME=")] != '\0';
	return i;
}

int init_add_home(struct init *init, struct err *e)
{
	AUTO_FREE char *text = NULL;
	const char *home;
	bool has_value;
	size_t place = home_place(init->envp, &has_value);
	size_t len = 0;
	char **more;

	if (has_value)
		return 0;
	text = read_passwd(init->root_fd);
	home = text ? home_find(text, init->plan->uid, &len) : NULL;
	if (!init->envp[place]) {
		more = realloc(init->envp, (place + 2) * sizeof(*more));
		if (!more)
			return err_sys(e, ENOMEM, "add HOME to the environment");
		init->envp = more;
		more[place + 1] = NULL;
	}
	AUTO_STR struct str value = { 0 };

	str_add(&value, "HOME=");
	str_add_bytes(&value, len > 0 ? home : "/", len > 0 ? len : 1);
	init->envp[place] = str_take(&value);
	return init->envp[place] ? 0 : err_sys(e, ENOMEM, "add HOME to the environment");
}
