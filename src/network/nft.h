/*
 * Loading rules as text: nft(8), the one program that networks need.
 *
 * Runs in: cli (engine).
 * See: nft(8).
 */
#ifndef HOY_NETWORK_NFT_H
#define HOY_NETWORK_NFT_H

#include "base/err.h"

/*
 * Execute `text`, all of it or nothing. Returns 0, or -errno with what nft said about `what`;
 * ERR_UNSUPPORTED when there is no nft.
 */
int nft_load(const char *text, const char *what, struct err *e);

#endif
