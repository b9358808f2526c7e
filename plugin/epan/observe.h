/* observe.h
 * Hands each packet that matters to the tracker, and lets all others go by as
 * cheaply as can be.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_OBSERVE_H
#define SSE_OBSERVE_H

#include "dns_message.h"
#include "ip_layers.h"
#include "session.h"

/** What a packet is, beside what the tracker makes of it: bits. */
enum {
    SSE_SEEN_RESOLVER_TCP = 1, /**< TCP with a resolver's port 53 or 443 */
    SSE_SEEN_DNSCRYPT = 2,     /**< a datagram of DNSCrypt with a resolver */
    SSE_SEEN_DNS_443 = 4,      /**< a datagram of DNS with a resolver's port 443 */
    SSE_SEEN_CERTIFICATES = 8  /**< a reply about a DNSCrypt provider: it may hold certificates */
};

/** Feeds one packet to the tracker. Call it once per packet, on the first
 * pass, for every packet of the file.
 * @return SSE_SEEN_ bits */
unsigned sse_observe(sse_open_file *f, tvbuff_t *frame, packet_info *pinfo);

/** A frame's time in ns since 1970 UTC; 0 where it has none. */
int64_t sse_packet_time(const packet_info *pinfo);

/** What an item is redacted as: an sse_redact_kind, or -1 where it names no
 * customer. */
int sse_item_redaction(sse_dns_item_kind kind);

/** The DNS message in a packet whose headers are read: on port 53, and on 443
 * where a resolver takes part.
 * @param with_resolver whether one of the addresses is a resolver
 * @param offset gets the message's offset in w->tvb; may be NULL
 * @return false where there is none. Only the question is read. */
bool sse_observe_dns(const sse_ip_layers *w, const sse_names *names, bool with_resolver, sse_dns_message *m,
                     int *offset);

#endif
