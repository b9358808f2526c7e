/* fuzz_dnscrypt.c
 * The reader of DNSCrypt: certificates, datagrams, the magic in debug strings.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz.h"

#include <glib.h>

#include "dnscrypt.h"

/* The first byte: which way, and how much more there was on the wire. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = { data, size };
    uint8_t how = fuzz_byte(&in), magic[SSE_DNSCRYPT_MAGIC];
    uint32_t captured = (uint32_t)in.left, reported = captured + (how & 0x7f);
    sse_dnscrypt_magics *magics = sse_dnscrypt_magics_new();
    sse_dnscrypt_certificate certificate;
    sse_dnscrypt_kind kind;
    sse_addr server = sse_addr_v4((const uint8_t[4]){ 208, 67, 222, 222 });
    bool is_certificate;
    char *text;

    fuzz_cheap(size, is_certificate = sse_dnscrypt_read_certificate(&certificate, in.data, captured));
    if (is_certificate) {
        (void)sse_dnscrypt_is_valid(&certificate, certificate.start);
        for (uint32_t i = 0; i < SSE_DNSCRYPT_MAGICS + 8; i++) {
            certificate.client_magic[7] = (uint8_t)i;
            certificate.client_magic[6] = (uint8_t)(i >> 8);
            sse_dnscrypt_learn(magics, &server, &certificate, i + 1);
        }
        fuzz_require(magics->len <= SSE_DNSCRYPT_MAGICS);
    }
    fuzz_cheap(size, kind = sse_dnscrypt_classify(in.data, captured, reported, (how & 0x80) != 0, magics, &server));
    if (kind != SSE_DNSCRYPT_NONE) {
        const uint8_t *nonce = sse_dnscrypt_client_nonce(kind, in.data, captured);

        fuzz_require(nonce == NULL || (nonce >= in.data && nonce + SSE_DNSCRYPT_NONCE <= in.data + captured));
    }
    fuzz_cheap(size, sse_dnscrypt_is_provider(in.data, captured));
    text = g_strndup((const char *)in.data, captured);
    (void)sse_dnscrypt_magic_of_text(text, magic);
    g_free(text);
    sse_dnscrypt_magics_free(magics);
    return 0;
}
