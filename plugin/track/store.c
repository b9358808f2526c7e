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
    if (recent->newer != NULL)
        g_hash_table_destroy(recent->newer);
    if (recent->older != NULL)
        g_hash_table_destroy(recent->older);
}

struct sse_tracker_index *sse_index_new(void)
{
    struct sse_tracker_index *x = g_new0(struct sse_tracker_index, 1);

    x->probes = g_hash_table_new(NULL, NULL);
    x->alone = g_hash_table_new(NULL, NULL);
    x->handshakes = g_hash_table_new(NULL, NULL);
    x->lookups = g_hash_table_new(NULL, NULL);
    x->plain = g_hash_table_new(NULL, NULL);
    x->identities = g_hash_table_new_full(identity_hash, identity_equal, g_free, NULL);
    x->names = g_hash_table_new(sse_hash_string, g_str_equal);
    return x;
}

void sse_index_free(struct sse_tracker_index *x)
{
    g_hash_table_destroy(x->probes);
    g_hash_table_destroy(x->alone);
    g_hash_table_destroy(x->handshakes);
    g_hash_table_destroy(x->lookups);
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
    g_hash_table_destroy(x->plain);
    g_free(x);
}

uint32_t sse_recent_exchange(sse_recent *recent, uint64_t key, uint32_t index)
{
    uint32_t before = SSE_NONE;

    if (recent->newer != NULL)
        before = sse_index_get(recent->newer, key);
    if (before == SSE_NONE && recent->older != NULL)
        before = sse_index_get(recent->older, key);
    if (recent->newer != NULL && g_hash_table_size(recent->newer) >= SSE_RECENT_KEPT) {
        if (recent->older != NULL)
            g_hash_table_destroy(recent->older);
        recent->older = recent->newer;
        recent->newer = NULL;
    }
    if (recent->newer == NULL)
        recent->newer = g_hash_table_new(NULL, NULL);
    sse_index_put(recent->newer, key, index);
    return before;
}
