/* nat.h
 * One packet on both sides of a NAT: the same query or SYN from another source with
 * another TTL. The one with the higher TTL is nearer to the client: docs/verdict.md,
 * "NAT seen from both sides".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_NAT_H
#define SSE_NAT_H

#include "records.h"

/** Looks for the other side of a new query. p: its packet */
void sse_match_query(sse_tracker *t, uint32_t probe, const obs_packet *p);
/** Looks for the other side of a new SYN. */
void sse_match_syn(sse_tracker *t, uint32_t handshake, const obs_packet *p, uint32_t seq);

#endif
