/* flows.c
 * On which port pairs a client sends: a set that never forgets, and may be wrong of
 * what it does not hold.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "flows.h"

#include "bit_set.h"
#include "early.h"
#include "store.h"

#define BITS 20
#define KEPT 64

typedef struct kept_packet {
    obs_packet packet;       /**< frame 0: none */
    uint32_t client, bit;
    sse_flow_what what;
} kept_packet;

struct sse_flows {
    sse_bit_set  sent;
    kept_packet *kept;       /**< KEPT in a ring; NULL until there are any */
    unsigned     next;
};

static uint32_t flow_bit(uint32_t client, uint16_t own_port, const sse_addr *peer, uint16_t port)
{
    return (uint32_t)(sse_mix(sse_mix_addr(23, peer), (uint64_t)client << 32 | (uint64_t)own_port << 16 | port) >> (64 - BITS));
}

static struct sse_flows *flows_of(sse_tracker *t)
{
    if (t->index->flows == NULL)
        t->index->flows = g_new0(struct sse_flows, 1);
    return t->index->flows;
}

/* The first packet on this pair: what came before it was asked for, as it shows now. */
static void take_kept(sse_tracker *t, struct sse_flows *f, uint32_t client, uint32_t bit, int64_t time)
{
    for (unsigned i = 0; f->kept != NULL && i < KEPT; i++) {
        kept_packet *k = &f->kept[(f->next + i) % KEPT];

        if (k->packet.frame == 0 || k->client != client || k->bit != bit || ABS(time - k->packet.time) > SSE_EARLY_WAIT)
            continue;
        if (k->what == SSE_FLOW_ANY)
            sse_heard(t, client, &k->packet, false);
        else
            sse_worked(t, sse_address_at(t, client), k->packet.time, k->what == SSE_FLOW_OPENING);
        k->packet.frame = 0;
    }
}

void sse_flow_asks(sse_tracker *t, uint32_t client, uint16_t own_port, const sse_addr *peer, uint16_t port, int64_t time)
{
    const uint32_t bit = flow_bit(client, own_port, peer, port);
    struct sse_flows *f = flows_of(t);

    sse_address_at(t, client)->sends = true;
    if (sse_bit_set_add(&f->sent, BITS, bit))
        take_kept(t, f, client, bit, time);
}

void sse_flow_keep(sse_tracker *t, uint32_t client, const obs_packet *p, sse_flow_what what)
{
    struct sse_flows *f = flows_of(t);

    if (f->kept == NULL)
        f->kept = g_new0(kept_packet, KEPT);
    f->kept[f->next] = (kept_packet){ .packet = *p, .client = client, .bit = flow_bit(client, p->dport, &p->src, p->sport),
                                      .what = what };
    f->next = (f->next + 1) % KEPT;
}

bool sse_flow_asked(const sse_tracker *t, uint32_t client, uint16_t own_port, const sse_addr *peer, uint16_t port)
{
    const uint32_t bit = flow_bit(client, own_port, peer, port);

    return !sse_address_at(t, client)->sends || sse_bit_set_has(&t->index->flows->sent, bit);
}

void sse_flows_free(struct sse_flows *f)
{
    if (f == NULL)
        return;
    sse_bit_set_clear(&f->sent);
    g_free(f->kept);
    g_free(f);
}
