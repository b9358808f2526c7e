/* bit_set.c
 * A set of hashes of a fixed width: taking one in.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "bit_set.h"

static void set_bit(sse_bit_set *set, uint32_t hash)
{
    set->bits[hash / 64] |= UINT64_C(1) << (hash % 64);
}

/* They are no longer few. */
static void become_bits(sse_bit_set *set, unsigned width)
{
    set->bits = g_new0(uint64_t, (gsize)1 << (width - 6));
    for (unsigned i = 0; i < 2 * SSE_BIT_SET_FEW; i++) {
        if (set->few[i] != 0)
            set_bit(set, set->few[i] - 1);
    }
    g_free(set->few);
    set->few = NULL;
}

bool sse_bit_set_add(sse_bit_set *set, unsigned width, uint32_t hash)
{
    if (sse_bit_set_has(set, hash))
        return false;
    if (set->bits == NULL && set->few == NULL)
        set->few = g_new0(uint32_t, 2 * SSE_BIT_SET_FEW);
    if (set->bits == NULL && set->count == SSE_BIT_SET_FEW)
        become_bits(set, width);
    if (set->bits != NULL) {
        set_bit(set, hash);
    } else {
        *sse_bit_set_place(set, hash) = hash + 1;
        set->count++;
    }
    return true;
}

void sse_bit_set_clear(sse_bit_set *set)
{
    g_free(set->bits);
    g_free(set->few);
    *set = (sse_bit_set){ 0 };
}
