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

/** Takes a value into a hash; begin with any number. */
uint64_t sse_mix(uint64_t hash, uint64_t value);
/** GHashFunc over strings; equal to g_str_equal(). */
guint    sse_hash_string(const void *text);

#endif
