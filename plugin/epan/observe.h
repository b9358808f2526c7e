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
#include "tracker.h"
#include "wire.h"

/** Each has eight times the words of the one before; the first has 1,024. */
#define SSE_GATE_FILTERS 4

/** Which addresses may have a role: one bit per hash. Says "no" for nearly all
 * addresses at the price of a few instructions, and "perhaps" for the rest. */
typedef struct sse_gate {
    uint64_t perhaps[256];
    uint64_t *reached[SSE_GATE_FILTERS]; /**< destinations of packets so far, three bits of a word each */
    unsigned filters;        /**< so many there are; the last one takes in what comes */
    unsigned shift;          /**< a hash's bits above it are the word in the last one */
    uint32_t room;           /**< so many more destinations until it cannot tell any more */
    guint    addresses;      /**< so many of the tracker's are in */
    bool     all;            /**< ranges were configured: ask for each */
} sse_gate;

/** For a new tracker; the gate follows it on its own from then on. Free with
 * sse_gate_clear(). */
void sse_gate_init(sse_gate *gate, sse_tracker *t);
void sse_gate_clear(sse_gate *gate);

/** Feeds one packet to the tracker. Call it once per packet, on the first
 * pass, for every packet of the file. */
void sse_observe(sse_tracker *t, sse_gate *gate, const sse_names *names, tvbuff_t *frame, packet_info *pinfo);

/** A frame's time in ns since 1970 UTC; 0 where it has none. */
int64_t sse_packet_time(const packet_info *pinfo);

/** May this address have a role? "No" is certain. */
bool sse_gate_perhaps(const sse_gate *gate, const address *addr);

/** What an item is redacted as: an sse_redact_kind, or -1 where it names no
 * customer. */
int sse_item_redaction(sse_dns_item_kind kind);

/** The DNS message in a packet whose headers are read: on port 53, and on 443
 * where a resolver takes part.
 * @param with_resolver whether one of the addresses is a resolver
 * @param offset gets the message's offset in wire->tvb; may be NULL
 * @return false where there is none. Only the question is read. */
bool sse_observe_dns(const sse_wire *wire, const sse_names *names, bool with_resolver, sse_dns_message *m,
                     int *offset);

#endif
