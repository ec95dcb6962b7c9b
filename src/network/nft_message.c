/*
 * See nft_message.h.
 *
 * Runs in: cli (engine).
 */
#include "network/nft_message.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>

void nft_message_begin(struct netlink_batch *batch, uint8_t family, uint16_t type,
		       uint16_t flags)
{
	struct nfgenmsg header = { .nfgen_family = family, .version = NFNETLINK_V0 };

	netlink_begin(batch, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), flags, &header,
		      sizeof(header));
}

void nft_transaction_mark(struct netlink_batch *batch, uint16_t type)
{
	struct nfgenmsg header = { .version = NFNETLINK_V0,
				   .res_id = htons(NFNL_SUBSYS_NFTABLES) };

	netlink_begin(batch, type, 0, &header, sizeof(header));
}
