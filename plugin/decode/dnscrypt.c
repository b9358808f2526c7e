/* dnscrypt.c
 * Reads DNSCrypt from its bytes: certificates, encrypted queries and replies;
 * and remembers the client magics that certificates announce.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "dnscrypt.h"

#include <string.h>

static const uint8_t reply_magic[SSE_DNSCRYPT_MAGIC] = { 'r', '6', 'f', 'n', 'v', 'W', 'j', '8' };

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* ---- certificates ---- */

bool sse_dnscrypt_read_certificate(sse_dnscrypt_certificate *c, const uint8_t *bytes, uint32_t captured)
{
    if (captured < SSE_DNSCRYPT_CERTIFICATE || memcmp(bytes, "DNSC", 4) != 0)
        return false;
    c->es_version = get16(bytes + SSE_CERT_ES_VERSION);
    c->minor = get16(bytes + SSE_CERT_MINOR);
    memcpy(c->client_magic, bytes + SSE_CERT_CLIENT_MAGIC, sizeof c->client_magic);
    c->serial = get32(bytes + SSE_CERT_SERIAL);
    c->start = get32(bytes + SSE_CERT_START);
    c->end = get32(bytes + SSE_CERT_END);
    return true;
}

bool sse_dnscrypt_is_valid(const sse_dnscrypt_certificate *c, int64_t seconds)
{
    return seconds >= (int64_t)c->start && seconds <= (int64_t)c->end;
}

bool sse_dnscrypt_is_provider(const uint8_t *name, uint32_t length)
{
    static const char head[] = SSE_PROVIDER_PREFIX_WIRE;
    const uint32_t size = sizeof head - 1;

    if (length <= size)
        return false;
    for (uint32_t i = 0; i < size; i++) {
        uint8_t c = name[i] >= 'A' && name[i] <= 'Z' ? (uint8_t)(name[i] + 32) : name[i];

        if (c != (uint8_t)head[i])
            return false;
    }
    /* The provider's own part, and not the root. */
    return name[size] != 0;
}

/* ---- client magics ---- */

sse_dnscrypt_magics *sse_dnscrypt_magics_new(void)
{
    return g_array_new(FALSE, TRUE, sizeof(sse_dnscrypt_known));
}

void sse_dnscrypt_magics_free(sse_dnscrypt_magics *magics)
{
    if (magics != NULL)
        g_array_free(magics, TRUE);
}

const sse_dnscrypt_known *sse_dnscrypt_find(const sse_dnscrypt_magics *magics, const sse_addr *server,
                                            const uint8_t *magic)
{
    /* Through NAT64 it is the same server. */
    sse_addr inner = { .family = 0 };

    if (server != NULL)
        inner = sse_addr_unmap(server);
    for (guint i = 0; magics != NULL && i < magics->len; i++) {
        const sse_dnscrypt_known *known = &g_array_index(magics, sse_dnscrypt_known, i);

        if ((magic == NULL || memcmp(known->magic, magic, sizeof known->magic) == 0) &&
            (server == NULL || sse_addr_equal(&known->server, &inner)))
            return known;
    }
    return NULL;
}

void sse_dnscrypt_learn(sse_dnscrypt_magics *magics, const sse_addr *server, const sse_dnscrypt_certificate *c,
                        uint32_t frame)
{
    sse_dnscrypt_known known = { .server = sse_addr_unmap(server), .frame = frame };

    if (sse_dnscrypt_full(magics) || sse_dnscrypt_find(magics, server, c->client_magic) != NULL)
        return;
    memcpy(known.magic, c->client_magic, sizeof known.magic);
    g_array_append_val(magics, known);
}

bool sse_dnscrypt_magic_of_text(const char *text, uint8_t magic[SSE_DNSCRYPT_MAGIC])
{
    const char *hex = strchr(text, '(');

    if (hex == NULL)
        return false;
    hex++;
    for (unsigned i = 0; i < SSE_DNSCRYPT_MAGIC; i++) {
        int high = g_ascii_xdigit_value(hex[2 * i]), low = high < 0 ? -1 : g_ascii_xdigit_value(hex[2 * i + 1]);

        if (low < 0)
            return false;
        magic[i] = (uint8_t)(high << 4 | low);
    }
    return hex[2 * SSE_DNSCRYPT_MAGIC] == ')';
}

/* ---- messages ---- */

sse_dnscrypt_kind sse_dnscrypt_classify(const uint8_t *bytes, uint32_t captured, uint32_t reported, bool to_server,
                                        const sse_dnscrypt_magics *magics, const sse_addr *server)
{
    const uint32_t least = SSE_DNSCRYPT_QUERY_HEAD + SSE_DNSCRYPT_MAC;

    if (captured < SSE_DNSCRYPT_MAGIC)
        return SSE_DNSCRYPT_NONE;
    if (!to_server)
        return reported >= SSE_DNSCRYPT_REPLY_HEAD + SSE_DNSCRYPT_MAC &&
                       memcmp(bytes, reply_magic, sizeof reply_magic) == 0
                   ? SSE_DNSCRYPT_REPLY : SSE_DNSCRYPT_NONE;
    if (reported <= least)
        return SSE_DNSCRYPT_NONE;
    /* What the server itself announced needs no further sign. */
    if (sse_dnscrypt_find(magics, server, bytes) != NULL)
        return SSE_DNSCRYPT_QUERY;
    return sse_dnscrypt_is_opendns_magic(bytes) && (reported - least) % SSE_DNSCRYPT_BLOCK == 0
               ? SSE_DNSCRYPT_QUERY : SSE_DNSCRYPT_NONE;
}

const uint8_t *sse_dnscrypt_client_nonce(sse_dnscrypt_kind kind, const uint8_t *bytes, uint32_t captured)
{
    uint32_t offset = kind == SSE_DNSCRYPT_QUERY ? SSE_DNSCRYPT_MAGIC + SSE_DNSCRYPT_KEY : SSE_DNSCRYPT_MAGIC;

    return kind != SSE_DNSCRYPT_NONE && captured >= offset + SSE_DNSCRYPT_NONCE ? bytes + offset : NULL;
}
