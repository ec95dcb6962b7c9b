/*
 * See tool_hash.h.
 *
 * Runs in: image.
 */
#include "image/tool_hash.h"

#include <openssl/evp.h>

int hash_init(struct hash *hash, struct err *e)
{
	hash->context = EVP_MD_CTX_new();
	if (!hash->context || EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL) != 1) {
		hash_done(hash);
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a hash");
	}
	return 0;
}

int hash_add(struct hash *hash, const void *data, size_t len, struct err *e)
{
	if (EVP_DigestUpdate(hash->context, data, len) != 1)
		return err_set(e, ERR_INTERNAL, -EIO, "hash %zu bytes", len);
	return 0;
}

int hash_end(struct hash *hash, char text[DIGEST_SIZE], struct err *e)
{
	uint8_t bytes[EVP_MAX_MD_SIZE];

	if (EVP_DigestFinal_ex(hash->context, bytes, NULL) != 1)
		return err_set(e, ERR_INTERNAL, -EIO, "finish a hash");
	digest_text(bytes, text);
	return 0;
}

void hash_done(struct hash *hash)
{
	EVP_MD_CTX_free(hash->context);
	hash->context = NULL;
}
