/* hash.h
 * Hashes for tables whose keys a sender chooses.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_HASH_H
#define SSE_HASH_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* Each begins with a number that is drawn once in each run, as those of
 * Wireshark's own wmem_map do: else a file could be made whose keys all fall
 * into one place, and every look-up would be a walk over all of them. */

/** That number; 0 until it is drawn. */
extern uint64_t sse_hash_seed;
void sse_draw_hash_seed(void);

/** Takes a value into a hash; begin with any number. Inline: of each packet of the
 * module some twenty are taken. */
static inline uint64_t sse_mix(uint64_t hash, uint64_t value)
{
    if (G_UNLIKELY(sse_hash_seed == 0))
        sse_draw_hash_seed();
    /* The constants of MurmurHash3's finalizer (Austin Appleby, public domain). */
    hash ^= value ^ sse_hash_seed;
    hash ^= hash >> 33;
    hash *= UINT64_C(0xFF51AFD7ED558CCD);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xC4CEB9FE1A85EC53);
    return hash ^ (hash >> 33);
}
/** GHashFunc over strings; equal to g_str_equal(). */
guint    sse_hash_string(const void *text);

#endif
