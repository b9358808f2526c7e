/* key_table.h
 * Numbers by keys of 64 bits that are hashes already: of a key, its number.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_KEY_TABLE_H
#define SSE_KEY_TABLE_H

#include <glib.h>
#include <stdint.h>

/* Each packet of the module is looked up in one of them, which have an entry for each
 * flow: so key and number lie side by side, and one look into the memory finds both.
 * GHashTable has three places for them. */

/** No number. */
#define SSE_NO_NUMBER UINT32_MAX

typedef struct sse_key_entry {
    uint64_t key;
    uint32_t number;
    uint32_t taken;          /**< 0: the entry is free */
} sse_key_entry;

/** All zero: an empty table. */
typedef struct sse_key_table {
    sse_key_entry *entries;  /**< mask + 1; NULL: none */
    uint32_t mask;           /**< one less than a power of two */
    uint32_t used;           /**< entries that are not free */
} sse_key_table;

/** @return the number that a key has, or SSE_NO_NUMBER. */
static inline uint32_t sse_key_table_get(const sse_key_table *table, uint64_t key)
{
    uint32_t at = (uint32_t)key & table->mask;

    if (table->entries == NULL)
        return SSE_NO_NUMBER;
    while (table->entries[at].taken != 0 && table->entries[at].key != key)
        at = (at + 1) & table->mask;
    return table->entries[at].taken != 0 ? table->entries[at].number : SSE_NO_NUMBER;
}

/** Gives a key a number, or SSE_NO_NUMBER: takes its number away.
 * @return the number that it had before, or SSE_NO_NUMBER. */
uint32_t sse_key_table_exchange(sse_key_table *table, uint64_t key, uint32_t number);
/** Takes all out; the memory stays for those that come. */
void sse_key_table_empty(sse_key_table *table);
/** Frees what the table holds; it is empty then. */
void sse_key_table_clear(sse_key_table *table);

#endif
