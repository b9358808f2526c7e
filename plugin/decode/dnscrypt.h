/* dnscrypt.h
 * Reads DNSCrypt from its bytes: certificates, encrypted queries and replies;
 * and remembers the client magics that certificates announce.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_DNSCRYPT_H
#define SSE_DNSCRYPT_H

#include "address.h"
#include "provider.h"

/* DNSCrypt protocol, version 2 ("DNSCRYPT-V2-PROTOCOL.txt"). */
#define SSE_DNSCRYPT_MAGIC 8   /**< of clients, and of replies */
#define SSE_DNSCRYPT_KEY   32  /**< X25519 public key */
#define SSE_DNSCRYPT_NONCE 12  /**< one side's half of the nonce */
#define SSE_DNSCRYPT_MAC   16  /**< Poly1305, before the ciphertext */
#define SSE_DNSCRYPT_BLOCK 64  /**< what is encrypted is padded to this */

/** What stands before MAC and ciphertext. */
#define SSE_DNSCRYPT_QUERY_HEAD (SSE_DNSCRYPT_MAGIC + SSE_DNSCRYPT_KEY + SSE_DNSCRYPT_NONCE)
#define SSE_DNSCRYPT_REPLY_HEAD (SSE_DNSCRYPT_MAGIC + 2 * SSE_DNSCRYPT_NONCE)

/** Certificate up to its extensions, and where its parts are. */
#define SSE_DNSCRYPT_CERTIFICATE 124
enum {
    SSE_CERT_ES_VERSION = 4, SSE_CERT_MINOR = 6, SSE_CERT_SIGNATURE = 8, SSE_CERT_RESOLVER_KEY = 72,
    SSE_CERT_CLIENT_MAGIC = 104, SSE_CERT_SERIAL = 112, SSE_CERT_START = 116, SSE_CERT_END = 120
};

typedef struct sse_dnscrypt_certificate {
    uint16_t es_version, minor;
    uint32_t serial, start, end;   /**< start, end: seconds since 1970, both within */
    uint8_t  client_magic[SSE_DNSCRYPT_MAGIC];
} sse_dnscrypt_certificate;

/** Reads a certificate. @return false where this is none, or not whole. */
bool sse_dnscrypt_read_certificate(sse_dnscrypt_certificate *c, const uint8_t *bytes, uint32_t captured);

/** Is it in its dates at this time (seconds since 1970)? */
bool sse_dnscrypt_is_valid(const sse_dnscrypt_certificate *c, int64_t seconds);

/** Is it the name of a DNSCrypt provider, "2.dnscrypt-cert." and more?
 * @param name as on the wire, not compressed */
bool sse_dnscrypt_is_provider(const uint8_t *name, uint32_t length);

/** A client magic that a certificate announced. */
typedef struct sse_dnscrypt_known {
    sse_addr server;
    uint8_t  magic[SSE_DNSCRYPT_MAGIC];
    uint32_t frame;                /**< first frame that announced it */
} sse_dnscrypt_known;

/** Client magics of one file. */
typedef GArray sse_dnscrypt_magics;

/** So many are kept: a resolver has one or two at a time. */
#define SSE_DNSCRYPT_MAGICS 256

sse_dnscrypt_magics *sse_dnscrypt_magics_new(void);
void sse_dnscrypt_magics_free(sse_dnscrypt_magics *magics);
/** No more are kept. */
static inline bool sse_dnscrypt_full(const sse_dnscrypt_magics *magics)
{
    return magics->len >= SSE_DNSCRYPT_MAGICS;
}
void sse_dnscrypt_learn(sse_dnscrypt_magics *magics, const sse_addr *server, const sse_dnscrypt_certificate *c,
                        uint32_t frame);
/** What is known of a magic of this server, or NULL. Either may be NULL: any. */
const sse_dnscrypt_known *sse_dnscrypt_find(const sse_dnscrypt_magics *magics, const sse_addr *server,
                                            const uint8_t *magic);

typedef enum { SSE_DNSCRYPT_NONE = 0, SSE_DNSCRYPT_QUERY, SSE_DNSCRYPT_REPLY } sse_dnscrypt_kind;

/** What a datagram, or a message of TCP without its length, is. DNS goes
 * first: ask only where it is no DNS message.
 * @param captured, reported bytes of it in the file and on the wire
 * @param to_server sent to the server, not by it */
sse_dnscrypt_kind sse_dnscrypt_classify(const uint8_t *bytes, uint32_t captured, uint32_t reported, bool to_server,
                                        const sse_dnscrypt_magics *magics, const sse_addr *server);

/** The client's half of the nonce, which a query and its reply share.
 * @return NULL where it was not captured. */
const uint8_t *sse_dnscrypt_client_nonce(sse_dnscrypt_kind kind, const uint8_t *bytes, uint32_t captured);

/** The magic that "dnscrypt enabled (HEX)" names. @return false where the
 * text holds none. */
bool sse_dnscrypt_magic_of_text(const char *text, uint8_t magic[SSE_DNSCRYPT_MAGIC]);

#endif
