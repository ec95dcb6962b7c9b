/*
 * One block of a tar: the header of an entry as it stands in the file.
 *
 * Runs in: cli (engine), image.
 * See: POSIX.1-2017 pax "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
 */
#ifndef HOY_IMAGE_USTAR_H
#define HOY_IMAGE_USTAR_H

enum { TAR_BLOCK = 512 };

struct ustar {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char user[32];
	char group[32];
	char major[8];
	char minor[8];
	char prefix[155];
	char padding[12];
};

_Static_assert(sizeof(struct ustar) == TAR_BLOCK, "a header is one block");

#endif
