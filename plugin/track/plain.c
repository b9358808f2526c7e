/* plain.c
 * Plain DNS of a client with a resolver that is no probe.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "plain.h"

#include "endpoints.h"
#include "hash.h"

static uint64_t query_key(uint32_t client, uint32_t resolver, uint16_t sport, uint16_t port, uint16_t id)
{
    return sse_mix(sse_mix(4, (uint64_t)client << 32 | resolver), (uint64_t)sport << 32 | (uint64_t)port << 16 | id) | 1;
}

/* Takes an answer into the times in which this resolver answered this client. */
static void add_answer(sse_tracker *t, uint32_t client, uint32_t resolver, uint16_t port, int64_t time)
{
    const uint64_t key = sse_mix(sse_mix(5, (uint64_t)client << 32 | resolver), port);
    const uint32_t index = sse_key_table_get(&t->index->plain, key);
    sse_plain made = { .first = time, .last = time, .client = client, .resolver = resolver, .port = port };

    if (index != SSE_NONE) {
        sse_plain *known = &g_array_index(t->plain, sse_plain, index);

        if (known->client == client && known->resolver == resolver && known->port == port &&
            time >= known->first - SSE_PLAIN_PAUSE && time <= known->last + SSE_PLAIN_PAUSE) {
            known->first = MIN(known->first, time);
            known->last = MAX(known->last, time);
            return;
        }
    }
    if (t->plain->len >= t->limits.findings)
        return;
    sse_key_table_exchange(&t->index->plain, key, t->plain->len);
    g_array_append_val(t->plain, made);
}

void sse_plain_message(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    const uint32_t client = dns->response ? sse_destination_of(t, p) : sse_source_of(t, p);
    const uint32_t resolver = dns->response ? sse_source_of(t, p) : sse_destination_of(t, p);
    sse_plain_query *place;
    uint64_t key;

    if (resolver == SSE_NONE || !sse_is_client(t, client))
        return;
    key = query_key(client, resolver, dns->response ? p->dport : p->sport, dns->response ? p->sport : p->dport, dns->id);
    if (t->index->plain_waiting == NULL)
        t->index->plain_waiting = g_new0(sse_plain_query, SSE_PLAIN_WAITING);
    place = &t->index->plain_waiting[(key >> 1) % SSE_PLAIN_WAITING];
    if (!dns->response) {
        *place = (sse_plain_query){ .key = key, .time = p->time };
    } else if (place->key == key && p->time - place->time >= 0 && p->time - place->time <= t->config.probe_timeout) {
        place->key = 0;
        add_answer(t, client, resolver, p->sport, p->time);
    }
}
