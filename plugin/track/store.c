/* store.c
 * The tables that find a record by its key.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "store.h"

#include <string.h>

static guint identity_hash(const void *key)
{
    const obs_identity *i = (const obs_identity *)key;

    return sse_hash_string(i->server) ^ (sse_hash_string(i->device) << 1) ^ (sse_hash_string(i->originid) << 2) ^
           (sse_hash_string(i->orgid) << 3);
}

static gboolean identity_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(obs_identity)) == 0;
}

static void free_recent(sse_recent *recent)
{
    sse_key_table_clear(&recent->newer);
    sse_key_table_clear(&recent->older);
}

struct sse_tracker_index *sse_index_new(void)
{
    struct sse_tracker_index *x = g_new0(struct sse_tracker_index, 1);

    x->identities = g_hash_table_new_full(identity_hash, identity_equal, g_free, NULL);
    x->names = g_hash_table_new(sse_hash_string, g_str_equal);
    return x;
}

void sse_index_free(struct sse_tracker_index *x)
{
    sse_key_table_clear(&x->probes);
    sse_key_table_clear(&x->alone);
    sse_key_table_clear(&x->handshakes);
    sse_key_table_clear(&x->lookups);
    free_recent(&x->queries);
    free_recent(&x->syns);
    g_hash_table_destroy(x->identities);
    g_hash_table_destroy(x->names);
    g_free(x->early);
    if (x->aliases != NULL)
        g_hash_table_destroy(x->aliases);
    g_free(x->unasked);
    g_free(x->portals);
    g_free(x->plain_waiting);
    sse_key_table_clear(&x->plain);
    g_free(x);
}

uint32_t sse_recent_exchange(sse_recent *recent, uint64_t key, uint32_t index)
{
    uint32_t before;

    if (recent->newer.used >= SSE_RECENT_KEPT) {
        const sse_key_table forgotten = recent->older;

        recent->older = recent->newer;
        recent->newer = forgotten;
        sse_key_table_empty(&recent->newer);
    }
    before = sse_key_table_exchange(&recent->newer, key, index);
    return before != SSE_NONE ? before : sse_key_table_get(&recent->older, key);
}
