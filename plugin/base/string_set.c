/* string_set.c
 * Keeps texts, each once, until the set is freed.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "string_set.h"

#include "hash.h"

sse_string_set *sse_string_set_new(void)
{
    return g_hash_table_new_full(sse_hash_string, g_str_equal, g_free, NULL);
}

char *sse_string_set_keep(sse_string_set *set, const char *text)
{
    gpointer kept;

    if (!g_hash_table_lookup_extended(set, text, &kept, NULL)) {
        kept = g_strdup(text);
        g_hash_table_add(set, kept);
    }
    return (char *)kept;
}

void sse_string_set_free(sse_string_set *set)
{
    if (set != NULL)
        g_hash_table_destroy(set);
}
