/* handshakes.h
 * Handshakes with gateways: SYNs, their repeats, and what they met: docs/verdict.md,
 * "Handshake".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_HANDSHAKES_H
#define SSE_HANDSHAKES_H

#include "records.h"

/** Segments of a gateway's connection; false where it is none. */
bool sse_handshake_segment(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp);
/** An ICMP error that quotes a SYN or a segment to a gateway; false where it is none. */
bool sse_handshake_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp);

#endif
