/* address_filter.h
 * Which addresses may have a role in a file, and which were ever sent to: the
 * questions that every packet of every file is asked. The answers cost a few
 * instructions: "no" for nearly all addresses, and "perhaps" for the rest.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_ADDRESS_FILTER_H
#define SSE_ADDRESS_FILTER_H

#include "compat.h"

#include <string.h>

#include "tracker.h"

/** Each has eight times the words of the one before; the first has 1,024. */
#define SSE_FILTER_SETS 4

/** One bit per hash of an address with a role, and Bloom filters of all
 * destinations. */
typedef struct sse_address_filter {
    uint64_t perhaps[256];
    uint64_t *reached[SSE_FILTER_SETS]; /**< destinations of packets so far, three bits of a word each */
    unsigned sets;           /**< so many of these there are; the last one takes in what comes */
    unsigned shift;          /**< a hash's bits above it are the word in the last one */
    uint32_t room;           /**< so many more destinations until it cannot tell any more */
    guint    addresses;      /**< so many of the tracker's are in */
    bool     all;            /**< ranges were configured: ask for each */
} sse_address_filter;

/** For a new tracker. Free with sse_filter_clear(). */
void sse_filter_init(sse_address_filter *filter, sse_tracker *t);
void sse_filter_clear(sse_address_filter *filter);

/** May this address have a role? "No" is certain. */
bool sse_filter_perhaps(const sse_address_filter *filter, const address *addr);

/** Goes on with a larger set; for sse_filter_reach(). */
void sse_filter_add_set(sse_address_filter *filter);
/** Takes in the addresses that are new to the tracker; for sse_filter_follow(). */
void sse_filter_follow_slowly(sse_address_filter *filter, sse_tracker *t);

/** Keeps up with the tracker's addresses. Call it where the tracker may have
 * learnt one. */
static inline void sse_filter_follow(sse_address_filter *filter, sse_tracker *t)
{
    if (filter->addresses < t->addresses->len)
        sse_filter_follow_slowly(filter, t);
}

/* The last four bytes tell addresses of one network apart, and are the IPv4
 * address inside NAT64's prefix. */
static inline uint32_t sse_filter_hash(const uint8_t *last_four)
{
    uint32_t word;

    memcpy(&word, last_four, sizeof word);
    return word * UINT32_C(0x9E3779B1);
}

/** The hash of a packet's address; false where it is neither IPv4 nor IPv6. */
static inline bool sse_filter_address(const address *addr, uint32_t *hash)
{
    if (addr->type == AT_IPv4 && addr->len == 4)
        *hash = sse_filter_hash((const uint8_t *)addr->data);
    else if (addr->type == AT_IPv6 && addr->len == 16)
        *hash = sse_filter_hash((const uint8_t *)addr->data + 12);
    else
        return false;
    return true;
}

/** May the address with this hash have a role? Ranges (all) aside. "No" is
 * certain. */
static inline bool sse_filter_has(const sse_address_filter *filter, uint32_t hash)
{
    return (filter->perhaps[hash >> 24] >> (hash >> 18 & 63) & 1) != 0;
}

/* All bits in one word: one load at every packet. They come from another hash
 * than the word. */
static inline uint64_t sse_filter_bits(uint32_t hash)
{
    const uint32_t other = hash * UINT32_C(0x85EBCA77);

    return UINT64_C(1) << (other >> 26) | UINT64_C(1) << (other >> 20 & 63) | UINT64_C(1) << (other >> 14 & 63);
}

/** A packet has gone to this address. */
static inline void sse_filter_reach(sse_address_filter *filter, uint32_t hash)
{
    uint64_t *word = &filter->reached[filter->sets - 1][hash >> filter->shift];
    const uint64_t bits = sse_filter_bits(hash);

    if ((~*word & bits) == 0)
        return;
    *word |= bits;
    if (--filter->room == 0 && filter->sets < SSE_FILTER_SETS)
        sse_filter_add_set(filter);
}

#endif
