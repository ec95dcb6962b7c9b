/*
 * Mount an EROFS image straight from its file, and run a command that sees it:
 *
 *	erofs IMAGE DIRECTORY COMMAND [ARGUMENT ...]
 *
 * mount(8) would make a loop device of it. The mount is in a mount namespace of this process, so
 * it ends with the command. Status 32: the kernel does not take it; else the command's.
 *
 * Runs in: tests (root).
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

enum { STATUS_USAGE = 2, STATUS_MOUNT = 32, STATUS_COMMAND = 127 };

static int failed(int fs, const char *what)
{
	char text[512];
	int error = errno;
	ssize_t len = fs < 0 ? 0 : read(fs, text, sizeof(text) - 1);

	fprintf(stderr, "erofs: %s: %s\n", what, strerror(error));
	if (len > 0)
		fprintf(stderr, "erofs: %.*s\n", (int)len, text);
	return STATUS_MOUNT;
}

static int mount_image(const char *image, const char *directory)
{
	int fs = fsopen("erofs", FSOPEN_CLOEXEC);
	int tree;

	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "source", image, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return failed(fs, image);
	tree = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV);
	if (tree < 0 || move_mount(tree, "", AT_FDCWD, directory, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return failed(-1, directory);
	return 0;
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 4)
		return STATUS_USAGE;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return failed(-1, "make a mount namespace");
	status = mount_image(argv[1], argv[2]);
	if (status != 0)
		return status;
	(void)execvp(argv[3], argv + 3);
	perror(argv[3]);
	return STATUS_COMMAND;
}
