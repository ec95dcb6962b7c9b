/*
 * See nft.h.
 *
 * Runs in: cli (engine).
 */
#include "network/nft.h"

#include <stddef.h>
#include <unistd.h>

#include "base/fault.h"
#include "linux/program_run.h"

enum { NFT_OUTPUT_MAX = 512, NFT_TIMEOUT_S = 60 };

static const char *nft_path(void)
{
	static const char *const places[] = { "/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft",
					      "/usr/local/sbin/nft" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

int nft_load(const char *text, const char *what, struct err *e)
{
	char *argv[] = { (char[]){ "nft" }, (char[]){ "-f" }, (char[]){ "-" }, NULL };
	struct program_run nft = { .path = nft_path(),
				   .argv = argv,
				   .input = text,
				   .timeout_s = NFT_TIMEOUT_S,
				   .output_fd = -1,
				   .error_fd = -1 };
	char said[NFT_OUTPUT_MAX];
	int status = 0;
	int r;

	FAULT("nft");
	if (!nft.path)
		return err_set(e, ERR_UNSUPPORTED, -ENOENT,
			       "networks need the program nft, which is not installed "
			       "(package nftables); --network none and host work without it");
	r = program_run(&nft, said, sizeof(said), &status);
	if (r < 0)
		return err_sys(e, r, "run nft for %s", what);
	return status == 0 ? 0
			   : err_set(e, ERR_INTERNAL, -EIO, "load %s: nft: %s", what,
				     said[0] ? said : "failed");
}
