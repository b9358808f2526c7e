/* address_filter.c
 * Which addresses may have a role: the two questions of address_filter.h that
 * are not asked of every packet.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "address_filter.h"

/* Which destinations were seen is asked of every address that turns out to be a
 * client, and a wrong "yes" would hide that a capture is one-way. So a filter
 * takes one destination for each two of its words, which makes one wrong answer
 * in some thousands, and then a larger one goes on. */
#define FIRST_WORDS_BITS 10

void sse_filter_add_set(sse_address_filter *filter)
{
    const unsigned bits = FIRST_WORDS_BITS + 3 * filter->sets;

    filter->reached[filter->sets++] = g_new0(uint64_t, (gsize)1 << bits);
    filter->shift = 32 - bits;
    filter->room = UINT32_C(1) << (bits - 1);
}

static bool has_reached(const sse_address_filter *filter, uint32_t hash)
{
    for (unsigned i = 0; i < filter->sets; i++) {
        const uint64_t word = filter->reached[i][hash >> (32 - FIRST_WORDS_BITS - 3 * i)];

        if ((~word & sse_filter_bits(hash)) == 0)
            return true;
    }
    return false;
}

void sse_filter_follow_slowly(sse_address_filter *filter, sse_tracker *t)
{
    for (; filter->addresses < t->addresses->len; filter->addresses++) {
        const sse_addr *addr = &sse_tracker_address(t, filter->addresses)->addr;
        uint32_t hash = sse_filter_hash(addr->bytes + (addr->family == 4 ? 0 : 12));

        filter->perhaps[hash >> 24] |= UINT64_C(1) << (hash >> 18 & 63);
        if (has_reached(filter, hash))
            sse_tracker_reached_before(t, filter->addresses);
    }
}

void sse_filter_init(sse_address_filter *filter, sse_tracker *t)
{
    memset(filter, 0, sizeof *filter);
    filter->all = t->config.gateways->len > 0;
    sse_filter_add_set(filter);
    sse_filter_follow(filter, t);
}

void sse_filter_clear(sse_address_filter *filter)
{
    for (unsigned i = 0; i < filter->sets; i++)
        g_free(filter->reached[i]);
    filter->sets = 0;
}

bool sse_filter_perhaps(const sse_address_filter *filter, const address *addr)
{
    uint32_t hash;

    return sse_filter_address(addr, &hash) && (filter->all || sse_filter_has(filter, hash));
}
