/* key_table.c
 * Numbers by keys of 64 bits that are hashes already: taking one in. Open addressing;
 * about half of the entries is free, so that most walks are of one or two.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "key_table.h"

#include <string.h>

#define FIRST_SIZE 64

/* A key's entry, or the free one where it would stand. */
static sse_key_entry *find_entry(const sse_key_table *table, uint64_t key)
{
    uint32_t at = (uint32_t)key & table->mask;

    while (table->entries[at].taken != 0 && table->entries[at].key != key)
        at = (at + 1) & table->mask;
    return &table->entries[at];
}

static void grow(sse_key_table *table)
{
    const sse_key_table before = *table;

    table->mask = before.entries == NULL ? FIRST_SIZE - 1 : before.mask * 2 + 1;
    table->entries = g_new0(sse_key_entry, (gsize)table->mask + 1);
    table->used = 0;
    for (gsize i = 0; before.entries != NULL && i <= before.mask; i++) {
        const sse_key_entry *e = &before.entries[i];

        /* Whose number was taken away is left behind. */
        if (e->taken != 0 && e->number != SSE_NO_NUMBER) {
            *find_entry(table, e->key) = *e;
            table->used++;
        }
    }
    g_free(before.entries);
}

uint32_t sse_key_table_exchange(sse_key_table *table, uint64_t key, uint32_t number)
{
    sse_key_entry *e;
    uint32_t before = SSE_NO_NUMBER;

    if (table->entries == NULL)
        grow(table);
    e = find_entry(table, key);
    if (e->taken != 0) {
        before = e->number;
    } else if (number != SSE_NO_NUMBER) {
        if (table->used > table->mask / 2) {
            grow(table);
            e = find_entry(table, key);
        }
        e->key = key;
        e->taken = 1;
        table->used++;
    }
    e->number = number;
    return before;
}

void sse_key_table_empty(sse_key_table *table)
{
    if (table->entries != NULL)
        memset(table->entries, 0, sizeof *table->entries * ((gsize)table->mask + 1));
    table->used = 0;
}

void sse_key_table_clear(sse_key_table *table)
{
    g_free(table->entries);
    *table = (sse_key_table){ .entries = NULL };
}
