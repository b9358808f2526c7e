/* flows.c
 * On which port pairs a client sends: a set that never forgets, and may be wrong of
 * what it does not hold.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "flows.h"

#include "store.h"

#define BITS 20

struct sse_flows {
    uint64_t sent[(1u << BITS) / 64];
};

static uint32_t flow_bit(uint32_t client, uint16_t own_port, const sse_addr *peer, uint16_t port)
{
    return (uint32_t)(sse_mix(sse_mix_addr(23, peer), (uint64_t)client << 32 | (uint64_t)own_port << 16 | port) >> (64 - BITS));
}

void sse_flow_sent(sse_tracker *t, uint32_t client, const obs_packet *p)
{
    const uint32_t bit = flow_bit(client, p->sport, &p->dst, p->dport);

    if (t->index->flows == NULL)
        t->index->flows = g_new0(struct sse_flows, 1);
    t->index->flows->sent[bit / 64] |= UINT64_C(1) << (bit % 64);
    sse_address_at(t, client)->sends = true;
}

bool sse_flow_asked(const sse_tracker *t, uint32_t client, uint16_t own_port, const sse_addr *peer, uint16_t port)
{
    const uint32_t bit = flow_bit(client, own_port, peer, port);

    return !sse_address_at(t, client)->sends || (t->index->flows->sent[bit / 64] >> (bit % 64) & 1) != 0;
}
