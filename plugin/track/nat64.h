/* nat64.h
 * Resolvers behind a NAT64: which IPv6 addresses stand for them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_NAT64_H
#define SSE_NAT64_H

#include "store.h"

/** A question or answer for ipv4only.arpa AAAA (RFC 7050): an answer to a question
 * of the file, or in its first 5 s, makes resolvers of those behind its prefix. */
void sse_nat64_message(sse_tracker *t, const obs_packet *p, const obs_dns *dns);
/** A probe went to this address: one whose last 32 bits are a resolver is one. */
void sse_nat64_probe(sse_tracker *t, const sse_addr *addr);

#endif
