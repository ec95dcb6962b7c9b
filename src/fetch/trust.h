/*
 * Whose certificates we believe, and who we are: OpenSSL's side of a connection.
 *
 * Authorities are kept as the text of their files until a connection needs them, because reading
 * the system's bundle takes ten milliseconds and plain registries need none of it. The files are
 * read before hoy-fetch confines itself; afterwards there are no files.
 *
 * Runs in: fetch.
 * See: SSL_CTX_set1_cert_store(3), CURLOPT_SSL_CTX_FUNCTION(3).
 */
#ifndef HOY_FETCH_TRUST_H
#define HOY_FETCH_TRUST_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum { TRUST_PEM_MAX = 8 << 20 }; /* bytes of one file */

struct x509_store_st;

struct trust {
	struct str authorities; /* PEM: the system's and the endpoint's own */
	struct str certificate; /* PEM: ours; empty: none */
	struct str key;
	struct x509_store_st *store; /* made of `authorities` when it is first needed */
};

/* The system's authorities, appended: SSL_CERT_FILE, else where distributions keep them. No file
 * at all is no error: then nobody is trusted. */
int trust_read_system(struct trust *trust, struct err *e);
struct trust_use {
	struct trust *trust;
	bool is_insecure;     /* any certificate will do; of a proxy never */
	bool says_who_we_are; /* with our certificate, if there is one; to a proxy never */
	bool has_tls_proxy;   /* it is believed what the registry is believed */
};

/* For one connection. */
int trust_apply(const struct trust_use *use, CURL *easy, struct err *e);
void trust_done(struct trust *trust);

#endif
