/* interned.c
 * Names and identities, each kept once and known by a number.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "interned.h"

#include <string.h>

#include "questions.h"
#include "room.h"
#include "store.h"

/* The numbers of identities. */
G_STATIC_ASSERT(SSE_MAX_FINDINGS <= UINT16_MAX);

uint32_t sse_intern_name(sse_tracker *t, const char *name)
{
    uint32_t index = GPOINTER_TO_UINT(g_hash_table_lookup(t->index->names, name)) - 1;

    if (index != SSE_NONE)
        return index;
    if (t->names->len >= t->limits.findings) {
        sse_note_limit(t, SSE_LIMIT_NAMES, SSE_NONE, t->newest_frame, t->last_time);
        return SSE_NONE;
    }
    char *copy = g_strdup(name);
    g_ptr_array_add(t->names, copy);
    g_hash_table_insert(t->index->names, copy, GUINT_TO_POINTER(t->names->len));
    return t->names->len - 1;
}

void sse_host_is_called(sse_tracker *t, uint32_t host, const char *name)
{
    sse_addr addr;
    uint32_t index;

    if (host == SSE_NONE || !sse_addr_parse(sse_tracker_name(t, host), &addr))
        return;
    index = sse_intern_name(t, name);
    if (index != SSE_NONE)
        g_hash_table_insert(t->called, GUINT_TO_POINTER(host + 1), GUINT_TO_POINTER(index + 1));
}

uint32_t sse_intern_host(sse_tracker *t, const char *host)
{
    const uint32_t index = sse_intern_name(t, host);
    const char *name;
    sse_addr addr;

    if (index != SSE_NONE && sse_called(t, index) == index && sse_addr_parse(host, &addr) &&
        (name = sse_site_named(t, &addr)) != NULL)
        sse_host_is_called(t, index, name);
    return index;
}

uint16_t sse_intern_identity(sse_tracker *t, uint32_t client, int64_t time, const obs_identity *identity)
{
    struct sse_tracker_index *x = t->index;
    obs_identity key;
    guint number;

    if (identity == NULL)
        return 0;
    /* The source port in "source" changes with every query: kept once, of the
     * newest, or each reply would be an identity of its own. */
    if (identity->source[0] != '\0' && client != SSE_NONE) {
        sse_address *a = sse_address_at(t, client);

        if (a->source == NULL || time >= a->source_time) {
            g_free(a->source);
            a->source = g_strndup(identity->source, sizeof identity->source - 1);
            a->source_time = time;
        }
    }
    memset(&key, 0, sizeof key);
    g_strlcpy(key.server, identity->server, sizeof key.server);
    g_strlcpy(key.orgid, identity->orgid, sizeof key.orgid);
    g_strlcpy(key.originid, identity->originid, sizeof key.originid);
    g_strlcpy(key.device, identity->device, sizeof key.device);
    key.dnscrypt = identity->dnscrypt;
    /* Mostly that of the reply before. */
    if (x->newest_identity != 0 && memcmp(&key, &x->identity, sizeof key) == 0)
        return x->newest_identity;
    number = GPOINTER_TO_UINT(g_hash_table_lookup(x->identities, &key));
    if (number != 0) {
        x->identity = key;
        x->newest_identity = (uint16_t)number;
        return (uint16_t)number;
    }
    if (t->identities->len >= t->limits.findings) {
        sse_note_limit(t, SSE_LIMIT_IDENTITIES, client, t->newest_frame, t->last_time);
        return 0;
    }
    /* Numbered by sight, so that every output uses the same placeholder. */
    sse_redact(t->redactor, SSE_REDACT_ORG, key.orgid);
    sse_redact(t->redactor, SSE_REDACT_ORIGIN, key.originid);
    sse_redact(t->redactor, SSE_REDACT_DEVICE, key.device);
    g_array_append_val(t->identities, key);
    g_hash_table_insert(x->identities, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(t->identities->len));
    return (uint16_t)t->identities->len;
}
