/*
 * See nft.h.
 *
 * Runs in: cli (engine).
 */
#include "network/nft.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "linux/netlink_message.h"
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

bool nft_is_missing(int error)
{
	return error == -EPROTONOSUPPORT || error == -EOPNOTSUPP || error == -EINVAL;
}

/* Does the kernel answer at all when it is asked for the rules' generation? */
static bool has_nf_tables(void)
{
	AUTO_CLOSE int fd = netlink_open(NETLINK_NETFILTER);
	struct nfgenmsg header = { .version = NFNETLINK_V0 };
	struct netlink_batch batch;

	if (fd < 0)
		return !nft_is_missing(fd);
	netlink_batch_init(&batch);
	netlink_begin(&batch, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN, NLM_F_ACK, &header,
		      sizeof(header));
	return !nft_is_missing(netlink_call(fd, &batch, NULL));
}

static int refuse_without_program(struct err *e)
{
	return err_set(e, ERR_INTERNAL, -ENOENT,
		       "networks need the program nft, which is not installed (package "
		       "nftables)");
}

int nft_check(struct err *e)
{
	if (!nft_path())
		return refuse_without_program(e);
	if (!has_nf_tables())
		return err_set(e, ERR_INTERNAL, -EOPNOTSUPP,
			       "networks need nf_tables, which this kernel does not have "
			       "(module nf_tables)");
	return 0;
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
		return refuse_without_program(e);
	r = program_run(&nft, said, sizeof(said), &status);
	if (r < 0)
		return err_sys(e, r, "run nft for %s", what);
	return status == 0 ? 0
			   : err_set(e, ERR_INTERNAL, -EIO, "load %s: nft: %s", what,
				     said[0] ? said : "failed");
}
