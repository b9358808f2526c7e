/* flows.h
 * On which port pairs a client sends: docs/verdict.md, "Outages", fine print. What
 * comes on another, nobody asked for: it shows no line.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_FLOWS_H
#define SSE_FLOWS_H

#include "control.h"

/** For who frees a tracker; f may be NULL. */
void sse_flows_free(struct sse_flows *f);
/** A client sends on this pair, or asked on it before it was known as one. */
void sse_flow_asks(sse_tracker *t, uint32_t client, uint16_t own_port, const sse_addr *peer, uint16_t port, int64_t time);
/** Did this client send on such a pair, or has the file nothing of it so far? Of
 * very many pairs one in some hundreds that it did not send on may be taken for its own. */
bool sse_flow_asked(const sse_tracker *t, uint32_t client, uint16_t own_port, const sse_addr *peer, uint16_t port);
/** What came towards a client on a pair that it has not sent on so far: two clocks, or
 * an order, may put an answer before its question. */
typedef enum { SSE_FLOW_ANY, SSE_FLOW_DNS_ANSWER, SSE_FLOW_OPENING } sse_flow_what;
/** Keeps it for a second: it counts once the client sends on that pair. */
void sse_flow_keep(sse_tracker *t, uint32_t client, const obs_packet *p, sse_flow_what what);

/** A packet of a client, or towards one on a port pair on which it sends.
 * sends: it asks or goes on, and does not turn a stranger away */
static inline void sse_towards(sse_tracker *t, const obs_packet *p, bool sends)
{
    const uint32_t src = sse_source_of(t, p), dst = sse_destination_of(t, p);

    if (sends && sse_is_client(t, src))
        sse_flow_asks(t, src, p->sport, &p->dst, p->dport, p->time);
    if (!sse_is_client(t, dst))
        return;
    if (sse_flow_asked(t, dst, p->dport, &p->src, p->sport))
        sse_heard(t, dst, p, false);
    else
        sse_flow_keep(t, dst, p, SSE_FLOW_ANY);
}

/** A packet whose both ends may be clients; sends as above. */
static inline void sse_both_ways(sse_tracker *t, const obs_packet *p, bool sends)
{
    sse_note_use(t, p);
    sse_towards(t, p, sends);
}

#endif
