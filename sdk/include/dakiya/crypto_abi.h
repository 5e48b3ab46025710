/* dakiya/crypto_abi.h - the host's extension "crypto/1": pure functions, so that no plugin links a
 * crypto library. Fetch it with host->extension("crypto/1"); null when the host has none.
 *
 * Threads  [any]
 * Memory   The output is borrowed: it is valid only while `out` runs, which happens once, before
 *          the function returns DK_OK, and not at all otherwise.
 * Errors   DK_UNSUPPORTED: the algorithm is unknown. DK_BAD_INPUT: the key cannot be read.
 *          DK_REJECTED: verify only, the signature is not of this key and data. DK_INTERNAL: the library failed.
 * Growth   Like abi.h: appended to at its end, without padding; test a later field with DK_HAS.
 */
#ifndef DAKIYA_CRYPTO_ABI_H
#define DAKIYA_CRYPTO_ABI_H

#include "dakiya/abi.h"

#define DK_CRYPTO_ID "crypto/1"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dk_crypto {
    uint32_t struct_size;
    uint32_t reserved;
    /* algorithm: "md5", "sha1", "sha256", "sha384", "sha512" */
    dk_status (*digest)(dk_bytes algorithm, dk_bytes data, void *ctx, void (*out)(void *ctx, dk_bytes));
    dk_status (*hmac)(dk_bytes algorithm, dk_bytes key, dk_bytes data, void *ctx, void (*out)(void *ctx, dk_bytes));
    /* algorithm: "rs256", "rs384", "rs512" (RSA, PKCS #1 v1.5), "ps256" (RSA, PSS), "es256", "es384"
     * (ECDSA; the signature is r and s in fixed width as in RFC 7518 3.4), "ed25519". Keys are PEM. */
    dk_status (*sign)(dk_bytes algorithm, dk_bytes key_pem, dk_bytes data, void *ctx, void (*out)(void *ctx, dk_bytes));
    dk_status (*verify)(dk_bytes algorithm, dk_bytes key_pem, dk_bytes data, dk_bytes signature);
} dk_crypto;

#ifdef __cplusplus
}
#endif
#endif
