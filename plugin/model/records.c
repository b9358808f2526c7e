/* records.c
 * Reads what is kept of one file.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "records.h"

#include <string.h>

uint32_t sse_find_address(const sse_tracker *t, const sse_addr *addr)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(t->by_address, addr)) - 1;
}

bool sse_tracker_is_resolver(const sse_tracker *t, const sse_addr *addr)
{
    sse_addr inner = sse_addr_unmap(addr);

    return sse_ranges_contain(t->config.resolvers, &inner);
}

unsigned sse_tracker_role(const sse_tracker *t, const sse_addr *addr)
{
    return sse_role_at(t, sse_find_address(t, addr), addr);
}

sse_control_ref sse_record_of(const sse_tracker *t, uint32_t number)
{
    const uint32_t index = number / 4;

    switch ((sse_mark_of)(number % 4)) {
    case SSE_OF_PROBE: {
        const sse_probe *p = sse_tracker_probe(t, index);

        return (sse_control_ref){ p->time, p->client, &p->control };
    }
    case SSE_OF_HANDSHAKE: {
        const sse_handshake *h = sse_tracker_handshake(t, index);

        return (sse_control_ref){ h->time, h->client, &h->control };
    }
    default: {
        const sse_lookup *l = sse_tracker_lookup(t, index);

        return (sse_control_ref){ l->time, l->client, &l->control };
    }
    }
}

const sse_mark *sse_tracker_marks(const sse_tracker *t, uint32_t frame, unsigned *count)
{
    guint low = 0, high = t->marks->len, first;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(t->marks, sse_mark, middle).frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    first = low;
    while (low < t->marks->len && g_array_index(t->marks, sse_mark, low).frame == frame)
        low++;
    *count = low - first;
    return *count > 0 ? &g_array_index(t->marks, sse_mark, first) : NULL;
}

static GPtrArray *copy_names(const GPtrArray *names)
{
    GPtrArray *copy;

    if (names == NULL)
        return NULL;
    copy = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < names->len; i++)
        g_ptr_array_add(copy, g_strdup((const char *)g_ptr_array_index(names, i)));
    return copy;
}

void sse_config_copy(sse_config *to, const sse_config *from)
{
    *to = *from;
    to->resolvers = g_array_copy(from->resolvers);
    to->gateways = g_array_copy(from->gateways);
    to->probe_names = copy_names(from->probe_names);
    to->gateway_names = copy_names(from->gateway_names);
}

void sse_config_clear(sse_config *config)
{
    if (config->resolvers != NULL)
        g_array_free(config->resolvers, TRUE);
    if (config->gateways != NULL)
        g_array_free(config->gateways, TRUE);
    if (config->probe_names != NULL)
        g_ptr_array_free(config->probe_names, TRUE);
    if (config->gateway_names != NULL)
        g_ptr_array_free(config->gateway_names, TRUE);
    memset(config, 0, sizeof *config);
}
