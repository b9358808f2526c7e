/* nat.c
 * One packet on both sides of a NAT.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "nat.h"

#include "store.h"

void sse_match_query(sse_tracker *t, uint32_t index, const obs_packet *p)
{
    sse_probe *q = sse_probe_at(t, index);
    uint64_t key = sse_mix((uint64_t)q->resolver << 32 | (uint64_t)q->port << 16 | q->id,
                           (uint64_t)p->payload_hash << 32 | q->question);
    uint32_t other = sse_recent_exchange(&t->index->queries, key, index);
    sse_probe *o;

    if (other == SSE_NONE)
        return;
    o = sse_probe_at(t, other);
    if (o->client == q->client || o->resolver != q->resolver || o->id != q->id || o->port != q->port ||
        o->question != q->question || o->ttl == q->ttl || o->nat_peer != SSE_NONE ||
        q->time - o->time > SSE_NAT_WINDOW || o->time - q->time > SSE_NAT_WINDOW)
        return;
    q->nat_peer = other;
    o->nat_peer = index;
    q->is_nat_copy = q->ttl < o->ttl;
    o->is_nat_copy = !q->is_nat_copy;
    t->has_nat_copies = true;
}

void sse_match_syn(sse_tracker *t, uint32_t index, const obs_packet *p, uint32_t seq)
{
    sse_handshake *h = sse_handshake_at(t, index);
    uint64_t key = sse_mix(sse_mix(9, (uint64_t)h->gateway << 32 | seq), h->port);
    uint32_t other = sse_recent_exchange(&t->index->syns, key, index);
    sse_handshake *o;

    if (other == SSE_NONE)
        return;
    o = sse_handshake_at(t, other);
    if (o->client == h->client || o->gateway != h->gateway || o->seq != seq || o->ttl == p->ttl ||
        o->nat_peer != SSE_NONE || p->time - o->time > SSE_NAT_WINDOW || o->time - p->time > SSE_NAT_WINDOW)
        return;
    h->nat_peer = other;
    o->nat_peer = index;
    h->is_nat_copy = h->ttl < o->ttl;
    o->is_nat_copy = !h->is_nat_copy;
}
