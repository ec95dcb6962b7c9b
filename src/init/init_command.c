/*
 * The program: is it there, and is it one? Looked at before READY, so that a container whose
 * command cannot work is never created; explained again when execve(2) says no.
 *
 * execve says ENOENT for a missing program, a missing interpreter, a line that ends in CRLF and
 * a missing loader alike. Here they are told apart by reading the first bytes, which come from
 * the image and are believed in nothing but their text.
 *
 * Runs in: init, after the pivot, in the container's root and working directory.
 * See: execve(2), elf(5), path_resolution(7).
 */
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "init/init.h"
#include "linux/inroot.h"
#include "linux/machine.h"

enum { HEAD_MAX = 1024, LINE_MAX_SHOWN = 128, SCRIPT_LINE_MAX = 256 };

struct head {
	_Alignas(8) char bytes[HEAD_MAX + 1];
	size_t len;
};

static const struct {
	uint16_t number;
	const char *name;
} machines[] = {
	{ EM_386, "i386" },	   { EM_ARM, "arm" },	  { EM_X86_64, "x86_64" },
	{ EM_AARCH64, "aarch64" }, { EM_RISCV, "riscv" }, { EM_PPC64, "ppc64" },
	{ EM_S390, "s390x" },	   { EM_MIPS, "mips" },
};

static const char *machine_name(uint16_t number)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (machines[i].number == number)
			return machines[i].name;
	return "another machine";
}

static int say_not_in_path(const char *name, struct err *e)
{
	return err_set(e, ERR_COMMAND_MISSING, -ENOENT,
		       "exec: \"%s\": executable file not found in $PATH", name);
}

static int say_not_found(const char *path, struct err *e)
{
	return err_set(e, ERR_COMMAND_MISSING, -ENOENT,
		       "exec: \"%s\": stat %s: no such file or directory", path, path);
}

static int say_denied(const char *path, struct err *e)
{
	return err_set(e, ERR_COMMAND_UNUSABLE, -EACCES, "exec: \"%s\": permission denied",
		       path);
}

/* The interpreter of "#!": the first word. What is missing is named; a carriage return is shown
 * as what it is. */
static int look_at_script(const char *path, const struct head *head, struct err *e)
{
	const char *start = head->bytes + 2 + strspn(head->bytes + 2, " \t");
	size_t line = strcspn(start, "\n");
	size_t len = strcspn(start, " \t\n");
	char name[SCRIPT_LINE_MAX];
	int fd;

	if (len == 0 || len >= sizeof(name))
		return 0;
	memcpy(name, start, len);
	name[len] = '\0';
	fd = inroot_open_own(name, O_PATH);
	if (fd >= 0) {
		(void)fd_close(fd);
		return 0;
	}
	if (fd == -ELOOP)
		return err_set(e, ERR_COMMAND_UNUSABLE, fd,
			       "exec: \"%s\": its interpreter %s is a link into /proc", path,
			       name);
	if (fd != -ENOENT && fd != -ENOTDIR)
		return 0;
	if (len == line && name[len - 1] == '\r') {
		name[len - 1] = '\0';
		(void)err_set(e, ERR_COMMAND_MISSING, -ENOENT,
			      "exec: \"%s\": its first line \"#!%s\" ends in CRLF, so there is "
			      "no such interpreter",
			      path, name);
		return err_hint(e, -ENOENT,
				"convert the file to Unix line ends: sed -i 's/\\r$//' %s",
				path);
	}
	return err_set(e, ERR_COMMAND_MISSING, -ENOENT,
		       "exec: \"%s\": its interpreter %s: no such file or directory in the "
		       "container",
		       path, name);
}

/* The text at [offset, offset + size) of the file, if it ends there; from the bytes at hand or
 * from the file. */
static bool read_text(int fd, const struct head *head, uint64_t offset, uint64_t size, char *to,
		      size_t room)
{
	if (size < 2 || size > room)
		return false;
	if (offset <= head->len && size <= head->len - offset)
		memcpy(to, head->bytes + offset, size);
	else if (offset > INT64_MAX || pread(fd, to, size, (off_t)offset) != (ssize_t)size)
		return false;
	return to[size - 1] == '\0';
}

/* The loader that a dynamic 64-bit program names in PT_INTERP. */
static bool find_loader(int fd, const struct head *head, char *loader, size_t room)
{
	Elf64_Ehdr elf;
	Elf64_Phdr part;

	memcpy(&elf, head->bytes, sizeof(elf));
	if (elf.e_phentsize != sizeof(part) || elf.e_phoff > head->len)
		return false;
	for (size_t i = 0; i < elf.e_phnum; i++) {
		uint64_t at = elf.e_phoff + i * sizeof(part);

		if (at + sizeof(part) > head->len)
			return false;
		memcpy(&part, head->bytes + at, sizeof(part));
		if (part.p_type == PT_INTERP)
			return read_text(fd, head, part.p_offset, part.p_filesz, loader, room);
	}
	return false;
}

static int look_at_elf(struct init *init, const char *path, int file, const struct head *head,
		       struct err *e)
{
	char loader[SCRIPT_LINE_MAX];
	Elf64_Ehdr elf;
	int fd;

	if (head->len < sizeof(elf))
		return 0;
	memcpy(&elf, head->bytes, sizeof(elf));
	init->machine = elf.e_machine;
	/* A program of another machine may have its emulator (binfmt_misc): only execve knows.
	 */
	if (elf.e_machine != MACHINE_NATIVE || elf.e_ident[EI_CLASS] != ELFCLASS64 ||
	    !find_loader(file, head, loader, sizeof(loader)))
		return 0;
	fd = inroot_open_own(loader, O_PATH);
	if (fd != -ENOENT && fd != -ENOTDIR) {
		(void)fd_close(fd);
		return 0;
	}
	(void)err_set(e, ERR_COMMAND_MISSING, -ENOENT,
		      "exec: \"%s\": its loader %s: no such file or directory in the container",
		      path, loader);
	return err_hint(e, -ENOENT,
			"the program is linked for another C library than the image has");
}

static int look_inside(struct init *init, const char *path, struct err *e)
{
	AUTO_CLOSE int fd = inroot_open_own(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct head head;
	ssize_t n;

	/* Whoever may execute need not be able to read. */
	n = fd < 0 ? 0 : fd_read_full(fd, head.bytes, HEAD_MAX);
	head.len = n > 0 ? (size_t)n : 0;
	head.bytes[head.len] = '\0';
	init->is_script = head.len > 2 && memcmp(head.bytes, "#!", 2) == 0;
	if (init->is_script)
		return look_at_script(path, &head, e);
	if (head.len > SELFMAG && memcmp(head.bytes, ELFMAG, SELFMAG) == 0)
		return look_at_elf(init, path, fd, &head, e);
	return 0;
}

/* Is there something to execute at `path`? 0, or -errno without a sentence. */
static int look_at_file(const char *path)
{
	AUTO_CLOSE int fd = inroot_open_own(path, O_PATH);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return S_ISREG(st.st_mode) && (st.st_mode & 0111) ? 0 : -EACCES;
}

static const char *env_path(char *const *envp)
{
	for (; *envp; envp++)
		if (str_starts(*envp, "PATH="))
			return *envp + strlen("PATH=");
	return "";
}

/* The next candidate of a PATH: "" at its end, or where it does not fit, is not one. Returns
 * what is left, NULL at the end. */
static const char *next_candidate(const char *rest, const char *name, char path[PATH_MAX])
{
	size_t len = strcspn(rest, ":");
	int n = snprintf(path, PATH_MAX, "%.*s/%s", (int)(len < PATH_MAX ? len : PATH_MAX),
			 rest, name);

	/* An empty or relative entry would run what lies in the working directory: not taken,
	 * as docker. */
	if (n < 0 || n >= PATH_MAX || rest[0] != '/')
		path[0] = '\0';
	return rest[len] == ':' ? rest + len + 1 : NULL;
}

static int look_along_path(struct init *init, const char *name, struct err *e)
{
	const char *rest = env_path(init->envp);
	char path[PATH_MAX];

	while (rest) {
		rest = next_candidate(rest, name, path);
		if (path[0] && look_at_file(path) == 0)
			return look_inside(init, path, e);
	}
	return say_not_in_path(name, e);
}

int init_look_at_command(struct init *init, struct err *e)
{
	const char *name = init->argv[0];
	int r;

	if (name[0] == '\0')
		return say_not_in_path(name, e);
	if (!strchr(name, '/'))
		return look_along_path(init, name, e);
	r = look_at_file(name);
	if (r == 0)
		return look_inside(init, name, e);
	if (r == -ENOENT)
		return say_not_found(name, e);
	if (r == -EACCES)
		return say_denied(name, e);
	if (r == -EISDIR)
		return err_set(e, ERR_COMMAND_UNUSABLE, r, "exec: \"%s\": is a directory",
			       name);
	if (r == -ELOOP)
		return err_set(e, ERR_COMMAND_UNUSABLE, r,
			       "exec: \"%s\": goes in circles or through a link of /proc",
			       name);
	(void)err_sys(e, r, "exec: \"%s\"", name);
	if (e)
		e->kind = ERR_COMMAND_UNUSABLE;
	return r;
}

static int explain_format(const struct init *init, const char *name, struct err *e)
{
	if (init->machine && init->machine != MACHINE_NATIVE)
		return err_set(e, ERR_COMMAND_UNUSABLE, -ENOEXEC,
			       "exec: \"%s\": exec format error: it is a program for %s, and "
			       "this machine is %s",
			       name, machine_name(init->machine), machine_name(MACHINE_NATIVE));
	if (!init->machine && !init->is_script)
		return err_set(e, ERR_COMMAND_UNUSABLE, -ENOEXEC,
			       "exec: \"%s\": exec format error: neither a program nor a "
			       "script that begins with #!",
			       name);
	return err_set(e, ERR_COMMAND_UNUSABLE, -ENOEXEC, "exec: \"%s\": exec format error",
		       name);
}

static int explain(const struct init *init, const char *name, int r, struct err *e)
{
	if (r == -ENOENT)
		return strchr(name, '/') ? say_not_found(name, e) : say_not_in_path(name, e);
	if (r == -EACCES)
		return say_denied(name, e);
	if (r == -ENOEXEC)
		return explain_format(init, name, e);
	(void)err_sys(e, r, "exec: \"%s\"", name);
	if (e)
		e->kind = ERR_COMMAND_UNUSABLE;
	return r;
}

/* As the user that the program runs as: of the candidates on the PATH the first that the kernel
 * takes. */
int init_execute(struct init *init, struct err *e)
{
	const char *name = init->argv[0];
	const char *rest = env_path(init->envp);
	char path[PATH_MAX];
	int result = FAULT_OR("execve", -ENOENT);

	if (result == -EIO)
		return explain(init, name, result, e);
	if (strchr(name, '/')) {
		(void)execve(name, init->argv, init->envp);
		return explain(init, name, -errno, e);
	}
	while (rest) {
		rest = next_candidate(rest, name, path);
		if (path[0] == '\0')
			continue;
		(void)execve(path, init->argv, init->envp);
		if (errno == EACCES)
			result = -EACCES;
		else if (errno != ENOENT && errno != ENOTDIR)
			return explain(init, name, -errno, e);
	}
	return explain(init, name, result, e);
}
