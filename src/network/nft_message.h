/*
 * The beginnings of messages to nf_tables.
 *
 * Runs in: cli (engine).
 * See: linux/netfilter/nf_tables.h, linux/netfilter/nfnetlink.h.
 */
#ifndef HOY_NETWORK_NFT_MESSAGE_H
#define HOY_NETWORK_NFT_MESSAGE_H

#include "linux/netlink_message.h"

/* `type` is NFT_MSG_*, `family` NFPROTO_*. */
void nft_message_begin(struct netlink_batch *batch, uint8_t family, uint16_t type,
		       uint16_t flags);
/* A transaction: all messages between NFNL_MSG_BATCH_BEGIN and _END, or none. */
void nft_transaction_mark(struct netlink_batch *batch, uint16_t type);

#endif
