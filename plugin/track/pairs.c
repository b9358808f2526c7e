/* pairs.c
 * The port pairs on which clients send.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "pairs.h"

#include "control.h"

/* One bit for each, by hash: with millions of pairs in one file some that nobody
 * used seem used, and count as they did without this. */
#define PAIR_BITS   (1u << 20)
struct sse_pairs {
    uint64_t used[PAIR_BITS / 64];
};

/* What came on other pairs: the newest few, should the client still send there. */
#define STRANGERS   8
struct sse_strangers {
    struct { uint64_t pair; int64_t time; bool public_line; } came[STRANGERS];
    unsigned next;
};

uint64_t sse_pair(uint32_t client, const sse_addr *peer, uint16_t peer_port, uint16_t own_port)
{
    return sse_mix_addr(sse_mix(client, (uint64_t)peer_port << 16 | own_port), peer);
}

static bool is_used(const sse_tracker *t, uint64_t pair)
{
    const struct sse_pairs *pairs = t->index->pairs;

    return pairs != NULL && (pairs->used[pair % PAIR_BITS / 64] >> (pair % 64) & 1) != 0;
}

static void reached(sse_tracker *t, sse_address *a, int64_t time, bool public_line)
{
    a->towards++;
    if (public_line)
        sse_heard_public(t, a, time);
}

void sse_pair_sent(sse_tracker *t, uint32_t client, uint64_t pair)
{
    sse_address *a = sse_address_at(t, client);

    if (is_used(t, pair))
        return;
    if (t->index->pairs == NULL)
        t->index->pairs = g_new0(struct sse_pairs, 1);
    t->index->pairs->used[pair % PAIR_BITS / 64] |= UINT64_C(1) << (pair % 64);
    for (unsigned i = 0; a->strangers != NULL && i < STRANGERS; i++) {
        if (a->strangers->came[i].time != 0 && a->strangers->came[i].pair == pair) {
            reached(t, a, a->strangers->came[i].time, a->strangers->came[i].public_line);
            a->strangers->came[i].time = 0;
        }
    }
}

void sse_pair_received(sse_tracker *t, uint32_t client, uint64_t pair, const obs_packet *p, bool line)
{
    sse_address *a = sse_address_at(t, client);
    const bool public_line = line && sse_addr_is_public(&p->src);

    if (a->many_adapters)
        sse_note_receiver(a, p);
    if (is_used(t, pair)) {
        reached(t, a, p->time, public_line);
        return;
    }
    a->unasked_packets++;
    if (public_line)
        a->unasked_public = MAX(a->unasked_public, p->time);
    if (a->strangers == NULL)
        a->strangers = g_new0(struct sse_strangers, 1);
    a->strangers->came[a->strangers->next].pair = pair;
    a->strangers->came[a->strangers->next].time = p->time;
    a->strangers->came[a->strangers->next].public_line = public_line;
    a->strangers->next = (a->strangers->next + 1) % STRANGERS;
}
