/* probes.h
 * Pairs the queries that test the way with their replies: probes to resolvers, local
 * probes, DNSCrypt. One record per query and its repeats: docs/verdict.md, "Probe".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PROBES_H
#define SSE_PROBES_H

#include "records.h"

/** A query over UDP. local: not to a resolver of the module */
void sse_probe_query(sse_tracker *t, const obs_packet *p, const obs_dns *dns, uint32_t client, uint32_t resolver,
                     bool local);
/** A reply over UDP to one, whether or not the query is in the file. */
void sse_probe_reply(sse_tracker *t, const obs_packet *p, const obs_dns *dns, bool local);
/** An ICMP error that quotes a probe; false where it is none. */
bool sse_probe_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp);

/** "Port unreachable" that a client itself says to a reply; false where it is none. */
bool sse_probe_rejection(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp);

/** The newest probe whose ports have the hash of these; the others follow by
 * sse_probe.older. Ask each with sse_same_flow(). @return SSE_NONE without any. */
uint32_t sse_newest_probe(const sse_tracker *t, uint32_t client, uint32_t resolver, uint16_t sport, uint16_t port,
                          sse_transport transport);
static inline bool sse_same_flow(const sse_probe *q, uint32_t client, uint32_t resolver, uint16_t sport, uint16_t port)
{
    return q->client == client && q->resolver == resolver && q->sport == sport && q->port == port;
}
uint32_t sse_new_probe(sse_tracker *t, uint32_t client, uint32_t resolver, const obs_packet *p, uint16_t sport,
                       uint16_t port, sse_transport transport, bool local);
/** The probe got this reply. */
void sse_take_reply(sse_tracker *t, uint32_t probe, const obs_packet *p, const obs_dns *dns);

#endif
