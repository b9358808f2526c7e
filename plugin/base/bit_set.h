/* bit_set.h
 * A set of hashes of a fixed width: small while it holds few, and never larger than
 * one bit for each hash there is.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_BIT_SET_H
#define SSE_BIT_SET_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/** So many hashes are looked up in a table; more become bits. */
#define SSE_BIT_SET_FEW 128

/** All zero: an empty set. */
typedef struct sse_bit_set {
    uint64_t *bits;          /**< one for each hash; NULL while there are few */
    uint32_t *few;           /**< hash + 1 or 0, of twice SSE_BIT_SET_FEW; NULL without or with bits */
    uint32_t  count;         /**< in few */
} sse_bit_set;

/* Its place in few, or the empty one where it would stand: half of them are. */
static inline uint32_t *sse_bit_set_place(const sse_bit_set *set, uint32_t hash)
{
    uint32_t at = hash % (2 * SSE_BIT_SET_FEW);

    while (set->few[at] != 0 && set->few[at] != hash + 1)
        at = (at + 1) % (2 * SSE_BIT_SET_FEW);
    return &set->few[at];
}

static inline bool sse_bit_set_has(const sse_bit_set *set, uint32_t hash)
{
    if (set->bits != NULL)
        return (set->bits[hash / 64] >> (hash % 64) & 1) != 0;
    return set->few != NULL && *sse_bit_set_place(set, hash) != 0;
}

/** @param width bits of a hash, 6 to 31: the same at each call
 * @return true where the set did not have it */
bool sse_bit_set_add(sse_bit_set *set, unsigned width, uint32_t hash);
/** Frees what the set holds; it is empty then. */
void sse_bit_set_clear(sse_bit_set *set);

#endif
