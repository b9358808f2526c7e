/* pairs.h
 * The port pairs on which clients send. What comes on another answers nothing: a
 * stranger's packet shows no line, and no second direction of the capture.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PAIRS_H
#define SSE_PAIRS_H

#include "endpoints.h"

/** A pair of a client's: its own port is the second. */
uint64_t sse_pair(uint32_t client, const sse_addr *peer, uint16_t peer_port, uint16_t own_port);

/** The client sends on this pair; what it got there before counts from now on. */
void sse_pair_sent(sse_tracker *t, uint32_t client, uint64_t pair);
/** A packet reached the client on this pair. line: it shows that the line is alive,
 * where its sender is public */
void sse_pair_received(sse_tracker *t, uint32_t client, uint64_t pair, const obs_packet *p, bool line);

/** A packet of a client, or towards one. sends: it is one that asks or goes on, not
 * one that turns a stranger away; line: as above */
static inline void sse_passes(sse_tracker *t, const obs_packet *p, bool sends, bool line)
{
    const uint32_t src = sse_source_of(t, p), dst = sse_destination_of(t, p);

    sse_note_use(t, p);
    if (sends && sse_is_client(t, src))
        sse_pair_sent(t, src, sse_pair(src, &p->dst, p->dport, p->sport));
    if (sse_is_client(t, dst))
        sse_pair_received(t, dst, sse_pair(dst, &p->src, p->sport, p->dport), p, line);
}

#endif
