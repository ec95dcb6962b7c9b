/*
 * Loading rules as text: nft(8), the one program that networks need.
 *
 * Runs in: cli (engine).
 * See: nft(8).
 */
#ifndef HOY_NETWORK_NFT_H
#define HOY_NETWORK_NFT_H

#include <stdbool.h>

#include "base/err.h"

/* Is this -errno what a kernel says that has no nf_tables? */
bool nft_is_missing(int error);

/* Can rules be loaded here at all? Returns 0, or ERR_UNSUPPORTED: there is no nft, or no nf_tables
 * in the kernel. */
int nft_check(struct err *e);

/*
 * Execute `text`, all of it or nothing. Returns 0, or -errno with what nft said about `what`;
 * ERR_UNSUPPORTED when there is no nft.
 */
int nft_load(const char *text, const char *what, struct err *e);

#endif
