/* address.h
 * IP addresses as plain data: text, classes, and sets of addresses and ranges.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_ADDRESS_H
#define SSE_ADDRESS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "hash.h"
#include "ip_text.h"

/** An IP address in network byte order. family: 4, 6, or 0 for "no address";
 * the bytes that a family does not use are zero, so that two addresses are
 * equal exactly if their memory is. */
typedef struct sse_addr {
    uint8_t family;
    uint8_t bytes[16];
} sse_addr;

/** Room for the text of any address with its NUL. */
#define SSE_ADDR_TEXT SSE_IP_TEXT

sse_addr sse_addr_v4(const uint8_t bytes[4]);
sse_addr sse_addr_v6(const uint8_t bytes[16]);
/** Reads an IPv4 or IPv6 address and nothing else: what POSIX's inet_pton()
 * takes. @return false where it is none; *addr stays. */
bool     sse_addr_parse(const char *text, sse_addr *addr);
/** Writes an address as RFC 5952 says; family 0 is empty. @return buffer */
const char *sse_addr_text(const sse_addr *addr, char buffer[SSE_ADDR_TEXT]);
int      sse_addr_compare(const sse_addr *a, const sse_addr *b);
static inline bool sse_addr_equal(const sse_addr *a, const sse_addr *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
/** Takes an address into a hash: see hash.h. */
static inline uint64_t sse_mix_addr(uint64_t hash, const sse_addr *addr)
{
    uint64_t half[2];

    memcpy(half, addr->bytes, sizeof half);
    hash = sse_mix(hash, half[0]);
    return addr->family == 6 ? sse_mix(hash, half[1]) : hash;
}
/** GHashFunc and GEqualFunc over sse_addr. */
guint    sse_addr_hash(const void *addr);
gboolean sse_addr_hash_equal(const void *a, const void *b);

/** The IPv4 address inside the NAT64 prefix 64:ff9b::/96 (RFC 6052), or the
 * address itself. */
sse_addr sse_addr_unmap(const sse_addr *addr);

/** The length of the NAT64 prefix that an AAAA answer for ipv4only.arpa shows
 * (RFC 7050), 32 to 96; 0 where it shows none. */
unsigned sse_nat64_prefix(const sse_addr *answer);
/** The IPv6 address of an IPv4 host behind a translator (RFC 6052 section 2.2).
 * @param prefix any address inside the prefix
 * @param bits   32, 40, 48, 56, 64 or 96 */
sse_addr sse_nat64_embed(const sse_addr *prefix, unsigned bits, const sse_addr *v4);

/** The other way round: the IPv4 address in one. @return false where it is not inside the prefix */
bool sse_nat64_extract(const sse_addr *prefix, unsigned bits, const sse_addr *addr, sse_addr *v4);

/** An address of a group: 224.0.0.0/4, ff00::/8. */
bool sse_addr_is_multicast(const sse_addr *addr);
bool sse_addr_is_loopback(const sse_addr *addr);
/** Global in the sense of IANA's special-purpose address registries (RFC 6890);
 * 64:ff9b::/96 counts as public. */
bool sse_addr_is_public(const sse_addr *addr);
/** A table of ranges written as numbers, so that no text is parsed per packet. */
typedef struct sse_range4 { uint32_t base; uint8_t bits; } sse_range4;
typedef struct sse_range6 { uint8_t base[16]; uint8_t bits; } sse_range6;
/** 192.0.2.1 is SSE_IP4(192, 0, 2, 1). */
#define SSE_IP4(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))
/** Is an address of that family in one of count ranges? */
bool sse_addr_in_ranges4(const sse_range4 *table, size_t count, const sse_addr *addr);
bool sse_addr_in_ranges6(const sse_range6 *table, size_t count, const sse_addr *addr);

/** One address or CIDR range. */
typedef struct sse_range {
    sse_addr base;
    uint8_t  bits;
} sse_range;

bool sse_range_contains(const sse_range *range, const sse_addr *addr);

/** Reads a list of addresses, and of CIDR ranges where allowed, separated by
 * commas, semicolons or white space.
 * @return a GArray of sse_range (the caller frees it); or NULL, with *error a
 * sentence that names the bad entry (the caller g_frees it). An empty list is
 * an empty array. */
GArray *sse_ranges_parse(const char *text, bool allow_ranges, char **error);
bool    sse_ranges_contain(const GArray *ranges, const sse_addr *addr);

#endif
