/* hash.c
 * Hashes for tables whose keys a sender chooses.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "hash.h"

#include <string.h>

uint64_t sse_hash_seed;

void sse_draw_hash_seed(void)
{
    sse_hash_seed = (uint64_t)g_random_int() << 32 | g_random_int() | 1;
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
