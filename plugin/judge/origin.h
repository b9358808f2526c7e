/* origin.h
 * Who sent what came from a resolver's or gateway's address: the section "Origin"
 * of docs/verdict.md.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_ORIGIN_H
#define SSE_ORIGIN_H

#include "report.h"

/** What came. */
typedef enum {
    SSE_CAME_RESET,
    SSE_CAME_FIN,
    SSE_CAME_SYN_ACK,
    SSE_CAME_STATUS_LINE,    /**< the start of an HTTP answer */
    SSE_CAME_REPLY,          /**< a DNS message */
    SSE_CAME_ICMP            /**< an error in that address's own name */
} sse_came;

/** One packet that came towards a client from a resolver's or gateway's address,
 * and what its genuine ones look like. What is not known is 0. */
typedef struct sse_arrival {
    sse_came what;
    uint32_t client, from;   /**< indices into addresses */
    uint8_t  ttl;
    bool     has_delay;
    bool     after_data;     /**< what provoked it was data, not a SYN */
    bool     after_query;    /**< ... or a DNS query */
    int64_t  delay;          /**< ns after the packet that provoked it; negative: by another clock, no sign */
    uint8_t  genuine_low, genuine_high; /**< TTLs of that address's SYN-ACKs or genuine replies */
    int64_t  genuine_rtt;    /**< ns: their smallest round trip */
    /* of a reset */
    bool     syn_ack_too;    /**< one attempt got both */
    uint16_t window, syn_window;
    /* of a status line */
    bool     other_product;  /**< its headers or body name a product that is not the gateway's */
    /* of what comes on a connection */
    uint8_t  open_ttl;       /**< of its SYN-ACK */
    int64_t  open_delay;     /**< ns from the SYN to it */
} sse_arrival;

/** Where it came from: ON_PATH, GATEWAY or RESOLVER, UNKNOWN; a likelihood.
 * reasons (sse_reason) may be NULL; they never speak against what is returned. */
sse_origin sse_origin_of(const sse_tracker *t, const sse_arrival *a, GArray *reasons);

/** Of many packets: how often each origin, and an index of the first of each. Zeroed
 * at the beginning. */
typedef struct sse_origin_count {
    uint32_t count[SSE_ORIGINS], first[SSE_ORIGINS];
} sse_origin_count;

void sse_origin_add(sse_origin_count *n, sse_origin origin, uint32_t index);
/** The most frequent one; NONE only where there was no other. */
sse_origin sse_origin_most(const sse_origin_count *n);

/** Did the gateway's side end the connection on the client's newest payload, and
 * the client not before? */
bool sse_session_cut_short(const sse_session *s);

/** The origin of a handshake's reset or FIN; NONE where it has none that ended it. */
sse_origin sse_handshake_reset_origin(const sse_tracker *t, const sse_handshake *h, GArray *reasons);
/** Of the status line that is the gateway's first payload. */
sse_origin sse_status_origin(const sse_tracker *t, const sse_handshake *h, GArray *reasons);
/** Of the answer to CONNECT. */
sse_origin sse_answer_origin(const sse_tracker *t, const sse_connect_answer *a, GArray *reasons);
/** Of its ICMP error, where that came in the gateway's own name; ON_PATH where
 * another address sent it; NONE without. */
sse_origin sse_handshake_icmp_origin(const sse_tracker *t, const sse_handshake *h, GArray *reasons);
/** Is whoever opened this connection next door, though the gateway is elsewhere? */
bool sse_opened_nearby(const sse_tracker *t, const sse_handshake *h, GArray *reasons);

/** Of a probe's reply that OpenDNS did not give, or of its ICMP error in the
 * resolver's own name; NONE where it met neither. */
sse_origin sse_probe_origin(const sse_tracker *t, const sse_probe *q, GArray *reasons);

/** Is a TTL that of genuine packets, whose smallest and largest are known (0: they are
 * not)? A route may differ by a hop or two between packets. */
static inline bool sse_ttl_agrees(uint8_t ttl, uint8_t low, uint8_t high)
{
    return low != 0 && ttl + 2 >= low && ttl <= high + 2;
}

#endif
