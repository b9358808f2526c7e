/* tracker.h
 * From observations to records: probes, handshakes, lookups, gateways and client
 * addresses.
 *
 * One tracker per file, fed once with every packet that takes part, in file
 * order. It pairs and groups, and keeps one record per probe, handshake and
 * lookup (model/records.h); it never decides an outcome that depends on the future:
 * the judge does, from these records and the clock. Knows no Wireshark type.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TRACKER_H
#define SSE_TRACKER_H

#include "log_observation.h"
#include "records.h"

/** A tracker with the configuration's own copies; free with sse_tracker_free(). */
sse_tracker *sse_tracker_new(const sse_config *config);
void sse_tracker_free(sse_tracker *t);

/** Moves the clock. Call it for every network packet, before the packet is
 * handed on. */
void sse_tracker_tick(sse_tracker *t, uint32_t frame, int64_t time);

/** Looks up a packet's addresses, once for all that is asked of them later
 * (obs_packet.places; without it they are looked up each time). NULL: of this
 * one nothing is known.
 * @return the roles of both together. */
unsigned sse_tracker_look_up(const sse_tracker *t, const sse_addr *src, const sse_addr *dst, obs_places *places);

/** Teaches a gateway's address. @return its address index, or SSE_NONE where
 * the address may not be taught (then the finding is noted by the caller's
 * frame) or the limit is reached. */
uint32_t sse_tracker_learn_gateway(sse_tracker *t, const sse_addr *addr, const char *name, sse_known known,
                                   uint32_t frame, int64_t time);

/** Any DNS message on port 53, or on 443 of a resolver. */
void sse_tracker_dns(sse_tracker *t, const obs_packet *p, const obs_dns *dns);
/** DNSCrypt over UDP, from or to a resolver's 53 or 443. */
void sse_tracker_dnscrypt(sse_tracker *t, const obs_packet *p, const obs_dnscrypt *dnscrypt);
/** Any TCP segment from or to a gateway, resolver or client.
 * dns: the DNS message in it, or NULL. */
void sse_tracker_tcp(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_dns *dns);
/** A TCP segment on port 80 of addresses that are none of these (yet): a
 * connectivity test, or an answer. */
void sse_tracker_portal(sse_tracker *t, const obs_packet *p, const obs_http *http);
/** Does such a test wait for its answer at this time? */
bool sse_tracker_portal_waits(const sse_tracker *t, int64_t time);
/** Any other UDP datagram of a client. */
void sse_tracker_udp(sse_tracker *t, const obs_packet *p, const obs_udp *udp);
/** An ICMP error sent to a client. */
void sse_tracker_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp);
/** Any other packet from or to a client. */
void sse_tracker_other(sse_tracker *t, const obs_packet *p);
/** Packets towards this address passed before the tracker knew it. */
void sse_tracker_reached_before(sse_tracker *t, uint32_t address);

/** Charges waiting attempts whose 5 s are over to their records. Call it
 * before a verdict is drawn; may be called any number of times. */
void sse_tracker_settle(sse_tracker *t);

/** Any packet of IP in a file that has a log (sse_tracker.log). */
void sse_tracker_beside_log(sse_tracker *t, const sse_addr *src, const sse_addr *dst);
/** One entry of a log, on the first pass, in file order.
 * @param name the gateway's name in a RESOLVED entry where it is one; it
 *        teaches the gateway's address. NULL else. */
void sse_tracker_log(sse_tracker *t, uint32_t frame, int64_t time, const obs_log *said, const char *name);

#endif
