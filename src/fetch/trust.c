/*
 * See trust.h.
 *
 * Runs in: fetch.
 */
#include "fetch/trust.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/fd.h"
#include "base/file.h"

int trust_read_system(struct trust *trust, struct err *e)
{
	/* As Go's crypto/x509 looks for them. */
	const char *const paths[] = {
		getenv("SSL_CERT_FILE"),
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/ssl/ca-bundle.pem",
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
		"/etc/ssl/cert.pem",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		AUTO_FREE char *pem = NULL;
		size_t len = 0;
		int r = paths[i] ? file_read(AT_FDCWD, paths[i], TRUST_PEM_MAX, &pem, &len)
				 : -ENOENT;

		if (r == -ENOENT)
			continue;
		if (r < 0)
			return err_sys(e, r, "read the authorities in %s", paths[i]);
		str_add_bytes(&trust->authorities, pem, len);
		return str_ok(&trust->authorities);
	}
	return 0;
}

/* Every certificate of the text; what is none stands there as a comment. */
static int store_add(X509_STORE *store, const struct str *pem)
{
	BIO *bio = BIO_new_mem_buf(str_text(pem), (int)pem->len);
	X509 *certificate;

	if (!bio)
		return -ENOMEM;
	while ((certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		(void)X509_STORE_add_cert(store, certificate);
		X509_free(certificate);
	}
	BIO_free(bio);
	ERR_clear_error();
	return 0;
}

static int trust_build(struct trust *trust, struct err *e)
{
	X509_STORE *store = X509_STORE_new();

	if (!store || store_add(store, &trust->authorities) < 0) {
		X509_STORE_free(store);
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for certificates");
	}
	/* A certificate in ca.crt is trusted, also where it is not a root. */
	(void)X509_STORE_set_flags(store,
				   X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
	trust->store = store;
	return 0;
}

/* Of each connection, the one to a proxy too. */
static CURLcode trust_context(CURL *easy, void *context, void *data)
{
	const struct trust *trust = data;

	(void)easy;
	SSL_CTX_set1_cert_store(context, trust->store);
	return CURLE_OK;
}

/* NULL: none. */
static void set_blob(CURL *easy, CURLoption option, const struct str *pem)
{
	struct curl_blob blob = { .data = pem ? pem->data : NULL,
				  .len = pem ? pem->len : 0,
				  .flags = CURL_BLOB_COPY };

	(void)curl_easy_setopt(easy, option, pem ? &blob : NULL);
}

int trust_apply(const struct trust_use *use, CURL *easy, struct err *e)
{
	struct trust *trust = use->trust;
	bool has_identity =
		use->says_who_we_are && trust->certificate.len > 0 && trust->key.len > 0;

	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, use->is_insecure ? 0L : 1L);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, use->is_insecure ? 0L : 2L);
	(void)curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	set_blob(easy, CURLOPT_SSLCERT_BLOB, has_identity ? &trust->certificate : NULL);
	set_blob(easy, CURLOPT_SSLKEY_BLOB, has_identity ? &trust->key : NULL);
	(void)curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
	if (use->is_insecure && !use->has_tls_proxy)
		return 0;
	if (!trust->store) {
		int r = trust_build(trust, e);

		if (r < 0)
			return r;
	}
	(void)curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, trust_context);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, trust);
	return 0;
}

void trust_done(struct trust *trust)
{
	X509_STORE_free(trust->store);
	str_done(&trust->authorities);
	str_done(&trust->certificate);
	str_done(&trust->key);
	*trust = (struct trust){ 0 };
}
