/*
 * See log_files.h.
 *
 * Runs in: cli.
 */
#include "engine/log_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "proto/handover.h"

enum { NAME_SIZE = ID_SIZE + 32, RACES_MAX = 100, NUMBER_NONE = -1 };

static void name_of(const struct log_files *files, int number, char name[NAME_SIZE])
{
	if (number == 0)
		(void)snprintf(name, NAME_SIZE, "%s" HANDOVER_LOG_SUFFIX, files->id);
	else
		(void)snprintf(name, NAME_SIZE, "%s" HANDOVER_LOG_SUFFIX ".%d", files->id,
			       number);
}

static int open_number(const struct log_files *files, int number)
{
	char name[NAME_SIZE];
	int fd;

	name_of(files, number, name);
	fd = openat(files->dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static bool has_number(const struct log_files *files, int number, const struct stat *st,
		       bool *ret_exists)
{
	char name[NAME_SIZE];
	struct stat named;

	name_of(files, number, name);
	*ret_exists = fstatat(files->dir_fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0;
	return *ret_exists && named.st_ino == st->st_ino && named.st_dev == st->st_dev;
}

/*
 * The number of the file that `st` is, or NUMBER_NONE; and the highest number there is. While
 * files are renamed one may be missing between.
 */
static int number_of(const struct log_files *files, const struct stat *st, int *ret_highest)
{
	int found = NUMBER_NONE;
	int missing = 0;

	*ret_highest = NUMBER_NONE;
	for (int number = 0; number <= HANDOVER_LOG_FILES_MAX && missing < 2; number++) {
		bool exists;

		if (has_number(files, number, st, &exists) && found == NUMBER_NONE)
			found = number;
		missing = exists ? 0 : missing + 1;
		if (exists)
			*ret_highest = number;
	}
	return found;
}

int log_files_newest(const struct log_files *files)
{
	for (int race = 0; race < RACES_MAX; race++) {
		int fd = open_number(files, 0);

		if (fd == -ENOENT)
			fd = open_number(files, 1); /* rotated, and nothing written since */
		if (fd != -ENOENT)
			return fd;
		fd = open_number(files, 0);
		if (fd != -ENOENT)
			return fd;
		fd = open_number(files, 2);
		if (fd < 0)
			return fd;
		(void)fd_close(fd); /* in the middle of a rotation */
	}
	return -EAGAIN;
}

int log_files_oldest(const struct log_files *files)
{
	struct stat st = { 0 };

	for (int race = 0; race < RACES_MAX; race++) {
		int highest;
		int number;
		int fd;

		(void)number_of(files, &st, &highest);
		fd = highest == NUMBER_NONE ? -ENOENT : open_number(files, highest);

		if (highest == NUMBER_NONE || (fd < 0 && fd != -ENOENT))
			return fd;
		if (fd >= 0 && fstat(fd, &st) == 0) {
			number = number_of(files, &st, &highest);
			if (number == highest)
				return fd;
		}
		(void)fd_close(fd);
	}
	return -EAGAIN;
}

int log_files_older(const struct log_files *files, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	for (int race = 0; race < RACES_MAX; race++) {
		int highest;
		int number = number_of(files, &st, &highest);
		int older;

		if (number == NUMBER_NONE)
			return -ENOENT;
		older = open_number(files, number + 1);
		if (number_of(files, &st, &highest) == number &&
		    (older >= 0 || highest <= number))
			return older;
		(void)fd_close(older);
	}
	return -EAGAIN;
}

int log_files_newer(const struct log_files *files, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	for (int race = 0; race < RACES_MAX; race++) {
		int highest;
		int number = number_of(files, &st, &highest);
		int newer;

		if (number == NUMBER_NONE)
			return log_files_oldest(files);
		if (number == 0)
			return -ENOENT;
		newer = open_number(files, number - 1);
		if (number_of(files, &st, &highest) == number && (newer >= 0 || number == 1))
			return newer;
		(void)fd_close(newer);
	}
	return -EAGAIN;
}

bool log_files_is_current(const struct log_files *files, int fd)
{
	struct stat st;
	bool exists;

	return fstat(fd, &st) == 0 && has_number(files, 0, &st, &exists);
}
