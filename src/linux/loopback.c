/*
 * See loopback.h.
 *
 * Runs in: init.
 */
#include "linux/loopback.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/fd.h"

int loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	AUTO_CLOSE int fd = -EBADF;

	FAULT("loopback_up");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}
