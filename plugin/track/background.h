/* background.h
 * What else a client does: its traffic with neither a resolver nor a gateway. It
 * tells whether the line is up while the service fails.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TRACK_BACKGROUND_H
#define SSE_TRACK_BACKGROUND_H

#include "records.h"

/** Any TCP segment that is no gateway's and no resolver's. */
void sse_background_segment(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp);
/** A client's DNS with servers that are no resolvers of the module. */
void sse_background_dns(sse_tracker *t, const obs_packet *p, const obs_dns *dns);
/** An ICMP error to a client about a packet of its own: an answer to an attempt. */
void sse_background_icmp(sse_tracker *t, uint32_t client, const obs_packet *p, const obs_icmp *icmp);
/** Direct QUIC: a long header from a client to a public address. */
void sse_background_quic(sse_tracker *t, uint32_t client, const obs_packet *p);

#endif
