/* hash.c
 * Hashes for tables whose keys a sender chooses.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "hash.h"

#include <string.h>

static uint64_t seed;

uint64_t sse_mix(uint64_t hash, uint64_t value)
{
    if (G_UNLIKELY(seed == 0))
        seed = (uint64_t)g_random_int() << 32 | g_random_int() | 1;
    /* The constants of MurmurHash3's finalizer (Austin Appleby, public domain). */
    hash ^= value ^ seed;
    hash ^= hash >> 33;
    hash *= UINT64_C(0xFF51AFD7ED558CCD);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xC4CEB9FE1A85EC53);
    return hash ^ (hash >> 33);
}

guint sse_hash_string(const void *text)
{
    const char *at = (const char *)text;
    size_t left = strlen(at);
    uint64_t hash = left;

    do {
        const size_t length = MIN(left, sizeof(uint64_t));
        uint64_t word = 0;

        memcpy(&word, at, length);
        hash = sse_mix(hash, word);
        at += length;
        left -= length;
    } while (left > 0);
    return (guint)hash;
}
