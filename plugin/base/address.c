/* address.c
 * IP addresses as plain data: text, classes, and sets of addresses and ranges.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "address.h"

#include <string.h>

sse_addr sse_addr_v4(const uint8_t bytes[4])
{
    sse_addr addr = { .family = 4 };

    memcpy(addr.bytes, bytes, 4);
    return addr;
}

sse_addr sse_addr_v6(const uint8_t bytes[16])
{
    sse_addr addr = { .family = 6 };

    memcpy(addr.bytes, bytes, 16);
    return addr;
}

bool sse_addr_parse(const char *text, sse_addr *addr)
{
    uint8_t bytes[16];

    if (sse_ip4_parse(text, bytes)) {
        *addr = sse_addr_v4(bytes);
        return true;
    }
    if (sse_ip6_parse(text, bytes)) {
        *addr = sse_addr_v6(bytes);
        return true;
    }
    return false;
}

const char *sse_addr_text(const sse_addr *addr, char buffer[SSE_ADDR_TEXT])
{
    char *end = buffer;

    if (addr->family == 4)
        end = sse_ip4_write(buffer, addr->bytes);
    else if (addr->family == 6)
        end = sse_ip6_write(buffer, addr->bytes);
    *end = '\0';
    return buffer;
}

int sse_addr_compare(const sse_addr *a, const sse_addr *b)
{
    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

guint sse_addr_hash(const void *key)
{
    return (guint)sse_mix_addr(0, (const sse_addr *)key);
}

gboolean sse_addr_hash_equal(const void *a, const void *b)
{
    return sse_addr_equal((const sse_addr *)a, (const sse_addr *)b);
}

bool sse_range_contains(const sse_range *range, const sse_addr *addr)
{
    unsigned whole = range->bits / 8, rest = range->bits % 8;

    if (range->base.family != addr->family || memcmp(range->base.bytes, addr->bytes, whole) != 0)
        return false;
    return rest == 0 || ((range->base.bytes[whole] ^ addr->bytes[whole]) & (0xff00u >> rest) & 0xffu) == 0;
}

bool sse_addr_in_ranges4(const sse_range4 *table, size_t count, const sse_addr *addr)
{
    uint32_t value = (uint32_t)addr->bytes[0] << 24 | (uint32_t)addr->bytes[1] << 16 |
                     (uint32_t)addr->bytes[2] << 8 | addr->bytes[3];

    for (size_t i = 0; i < count; i++)
        if (((value ^ table[i].base) >> (32 - table[i].bits)) == 0)
            return true;
    return false;
}

bool sse_addr_in_ranges6(const sse_range6 *table, size_t count, const sse_addr *addr)
{
    for (size_t i = 0; i < count; i++) {
        sse_range range = { .base = sse_addr_v6(table[i].base), .bits = table[i].bits };

        if (sse_range_contains(&range, addr))
            return true;
    }
    return false;
}

/* IANA IPv4 Special-Purpose Address Registry, and multicast and reserved space
 * (RFC 6890, RFC 5771, RFC 1112). */
static const sse_range4 special4[] = {
    { SSE_IP4(0, 0, 0, 0), 8 },       { SSE_IP4(10, 0, 0, 0), 8 },      { SSE_IP4(100, 64, 0, 0), 10 },
    { SSE_IP4(127, 0, 0, 0), 8 },     { SSE_IP4(169, 254, 0, 0), 16 },  { SSE_IP4(172, 16, 0, 0), 12 },
    { SSE_IP4(192, 0, 0, 0), 24 },    { SSE_IP4(192, 0, 2, 0), 24 },    { SSE_IP4(192, 31, 196, 0), 24 },
    { SSE_IP4(192, 52, 193, 0), 24 }, { SSE_IP4(192, 88, 99, 0), 24 },  { SSE_IP4(192, 168, 0, 0), 16 },
    { SSE_IP4(192, 175, 48, 0), 24 }, { SSE_IP4(198, 18, 0, 0), 15 },   { SSE_IP4(198, 51, 100, 0), 24 },
    { SSE_IP4(203, 0, 113, 0), 24 },  { SSE_IP4(224, 0, 0, 0), 3 },
};

/* The first octets that stand in there: this is asked of every packet that
 * reaches a client, and nearly always it is none of them. */
static bool special_octet(uint8_t first)
{
    return first == 0 || first == 10 || first == 100 || first == 127 || first == 169 || first == 172 || first == 192 ||
           first == 198 || first == 203 || first >= 224;
}

/* NAT64's well-known prefix (RFC 6052): IPv4 hosts behind a translator. */
static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };

/* Inside global unicast 2000::/3 (RFC 4291): what the IANA IPv6 Special-Purpose
 * Address Registry takes out of it. All else but NAT64 is not global. */
static const sse_range6 special6[] = {
    { { 0x20, 0x01, 0x00 }, 23 },             /* IETF protocol assignments, Teredo, ORCHID */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },       /* documentation */
    { { 0x20, 0x02 }, 16 },                   /* 6to4 */
    { { 0x26, 0x20, 0x00, 0x4f, 0x80 }, 48 }, /* AS112 */
    { { 0x3f, 0xff, 0x00 }, 20 },             /* documentation, RFC 9637 */
};

static bool is_nat64(const sse_addr *addr)
{
    return addr->family == 6 && memcmp(addr->bytes, nat64, sizeof nat64) == 0;
}

sse_addr sse_addr_unmap(const sse_addr *addr)
{
    return is_nat64(addr) ? sse_addr_v4(addr->bytes + 12) : *addr;
}

/* Where RFC 6052 puts the four bytes of the IPv4 address: behind the prefix, and
 * around byte 8, which is zero. */
static unsigned nat64_at(unsigned bits, unsigned i)
{
    const unsigned at = bits / 8 + i;

    return bits < 96 && at >= 8 ? at + 1 : at;
}

unsigned sse_nat64_prefix(const sse_addr *answer)
{
    static const uint8_t lengths[] = { 96, 64, 56, 48, 40, 32 };

    if (answer->family != 6)
        return 0;
    for (unsigned k = 0; k < G_N_ELEMENTS(lengths); k++) {
        const unsigned bits = lengths[k];
        const uint8_t *b = answer->bytes;

        /* 192.0.0.170 and 192.0.0.171 are what ipv4only.arpa stands for. */
        if ((bits == 96 || b[8] == 0) && b[nat64_at(bits, 0)] == 192 && b[nat64_at(bits, 1)] == 0 &&
            b[nat64_at(bits, 2)] == 0 && (b[nat64_at(bits, 3)] & 0xfe) == 170)
            return bits;
    }
    return 0;
}

sse_addr sse_nat64_embed(const sse_addr *prefix, unsigned bits, const sse_addr *v4)
{
    sse_addr made = { .family = 6 };

    memcpy(made.bytes, prefix->bytes, bits / 8);
    for (unsigned i = 0; i < 4; i++)
        made.bytes[nat64_at(bits, i)] = v4->bytes[i];
    return made;
}

bool sse_nat64_extract(const sse_addr *prefix, unsigned bits, const sse_addr *addr, sse_addr *v4)
{
    *v4 = (sse_addr){ .family = 4 };
    if (addr->family != 6 || memcmp(addr->bytes, prefix->bytes, bits / 8) != 0 || (bits < 96 && addr->bytes[8] != 0))
        return false;
    for (unsigned i = 0; i < 4; i++)
        v4->bytes[i] = addr->bytes[nat64_at(bits, i)];
    return true;
}

bool sse_addr_is_multicast(const sse_addr *addr)
{
    return addr->family == 4 ? addr->bytes[0] >> 4 == 14 : addr->family == 6 && addr->bytes[0] == 0xff;
}

bool sse_addr_is_loopback(const sse_addr *addr)
{
    static const uint8_t one[16] = { [15] = 1 };

    if (addr->family == 4)
        return addr->bytes[0] == 127;
    return addr->family == 6 && memcmp(addr->bytes, one, sizeof one) == 0;
}

bool sse_addr_is_public(const sse_addr *addr)
{
    if (addr->family == 4)
        return !special_octet(addr->bytes[0]) || !sse_addr_in_ranges4(special4, G_N_ELEMENTS(special4), addr);
    if (addr->family != 6)
        return false;
    if (is_nat64(addr))
        return true;
    return (addr->bytes[0] & 0xe0) == 0x20 && !sse_addr_in_ranges6(special6, G_N_ELEMENTS(special6), addr);
}

/** Reads one entry. @return NULL, or what is wrong with it. */
static const char *parse_range(const char *entry, bool allow_ranges, sse_range *range)
{
    char address[SSE_ADDR_TEXT];
    const char *slash = strchr(entry, '/');
    size_t length = slash != NULL ? (size_t)(slash - entry) : strlen(entry);
    unsigned most, rest;

    if (length >= sizeof address)
        return "is no IPv4 or IPv6 address";
    memcpy(address, entry, length);
    address[length] = '\0';
    if (!sse_addr_parse(address, &range->base))
        return "is no IPv4 or IPv6 address";
    most = range->base.family == 4 ? 32 : 128;
    range->bits = (uint8_t)most;
    if (slash == NULL)
        return NULL;
    if (!allow_ranges)
        return "is a range: this list takes single addresses";
    /* A shorter prefix would make half of the Internet a gateway. */
    guint64 bits, least = range->base.family == 4 ? 8 : 16;
    if (!g_ascii_string_to_unsigned(slash + 1, 10, least, most, &bits, NULL))
        return range->base.family == 4 ? "has a prefix length that is not 8 to 32"
                                       : "has a prefix length that is not 16 to 128";
    range->bits = (uint8_t)bits;
    rest = range->bits % 8;
    for (unsigned i = range->bits / 8; i < most / 8; i++) {
        unsigned host = i == range->bits / 8u ? 0xffu >> rest : 0xffu;

        if ((range->base.bytes[i] & host) != 0)
            return "has bits set behind its prefix length";
    }
    return NULL;
}

GArray *sse_ranges_parse(const char *text, bool allow_ranges, char **error)
{
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(sse_range));
    char **entries = g_strsplit_set(text, ",; \t\r\n", -1);

    *error = NULL;
    for (char **entry = entries; *entry != NULL && *error == NULL; entry++) {
        sse_range range;
        const char *fault;

        if (**entry == '\0')
            continue;
        fault = parse_range(*entry, allow_ranges, &range);
        if (fault != NULL)
            *error = g_strdup_printf("\"%s\" %s", *entry, fault);
        else
            g_array_append_val(ranges, range);
    }
    g_strfreev(entries);
    if (*error != NULL) {
        g_array_free(ranges, TRUE);
        return NULL;
    }
    return ranges;
}

bool sse_ranges_contain(const GArray *ranges, const sse_addr *addr)
{
    for (guint i = 0; i < ranges->len; i++)
        if (sse_range_contains(&g_array_index(ranges, sse_range, i), addr))
            return true;
    return false;
}
