/* origin.c
 * Who sent a reset that came from a gateway's address: a likelihood with its
 * reasons.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "origin.h"

#include "outcome.h"

/* A device next door answers this fast, however far the address is. */
#define NEXT_DOOR_DELAY     2000u   /* us */
#define TTL_AGREES          2

static void reason(GPtrArray *reasons, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void reason(GPtrArray *reasons, const char *format, ...)
{
    va_list ap;

    if (reasons == NULL)
        return;
    va_start(ap, format);
    g_ptr_array_add(reasons, g_strdup_vprintf(format, ap));
    va_end(ap);
}

static bool is_icmp_sender_ttl(const sse_tracker *t, uint8_t ttl)
{
    /* The first errors of a file name its filters; more would not be news. */
    for (guint i = 0; i < MIN(t->icmps->len, 64u); i++)
        if (g_array_index(t->icmps, sse_icmp, i).ttl == ttl)
            return true;
    return false;
}

sse_origin sse_handshake_reset_origin(const sse_tracker *t, const sse_handshake *h, GPtrArray *reasons)
{
    const sse_address *gateway = sse_tracker_address(t, h->gateway), *client = sse_tracker_address(t, h->client);
    const sse_session *s = h->session;
    uint32_t delay, rtt = gateway->min_rtt;
    uint16_t window;
    uint8_t ttl;
    unsigned signs = 0;
    bool fast, ttl_known = gateway->ttl_low != 0, ttl_agrees, proof = false;

    if (s == NULL && h->met == SSE_MET_RESET) {
        delay = h->reset_delay;
        window = h->met_window;
        ttl = h->met_ttl;
    } else if (s != NULL && s->gateway_closed_by_reset && !s->older_than_file && sse_session_cut_short(s)) {
        delay = (uint32_t)CLAMP((s->gateway_close_time - s->newest_payload_time) / 1000, 0, UINT32_MAX);
        window = s->close_window;
        ttl = s->close_ttl;
    } else {
        return SSE_ORIGIN_NONE;
    }
    ttl_agrees = ttl_known && ttl + TTL_AGREES >= gateway->ttl_low && ttl <= gateway->ttl_high + TTL_AGREES;

    if (h->reset_and_syn_ack) {
        proof = true;
        reason(reasons, "the gateway's own SYN-ACK came too");
    }
    if (ttl_known && !ttl_agrees) {
        proof = true;
        if (gateway->ttl_low == gateway->ttl_high)
            reason(reasons, "its TTL is %u, the gateway's SYN-ACKs have %u", ttl, gateway->ttl_low);
        else
            reason(reasons, "its TTL is %u, the gateway's SYN-ACKs have %u to %u", ttl, gateway->ttl_low,
                   gateway->ttl_high);
    }
    fast = delay < NEXT_DOOR_DELAY && (rtt == 0 || delay < rtt / 4);
    if (fast) {
        signs++;
        if (rtt != 0)
            reason(reasons, "it came %u.%03u ms after the %s; the smallest round trip to the gateway is %u.%03u ms",
                   delay / 1000, delay % 1000, s == NULL ? "SYN" : "data", rtt / 1000, rtt % 1000);
        else
            reason(reasons, "it came %u.%03u ms after the %s", delay / 1000, delay % 1000, s == NULL ? "SYN" : "data");
    }
    /* A host that refuses a connection sends window 0 (RFC 9293, 3.10.7.1). */
    if (window != 0 && window == h->window) {
        signs++;
        reason(reasons, "its window %u is a copy of the SYN's", window);
    }
    if ((client->packets_initial_ttl > client->packets_other_ttl && (ttl == 64 || ttl == 128 || ttl == 255)) ||
        is_icmp_sender_ttl(t, ttl)) {
        signs++;
        reason(reasons, "its TTL %u is that of a device next door", ttl);
    }
    if (proof || signs >= 2)
        return SSE_ORIGIN_ON_PATH;
    if (ttl_agrees && rtt != 0 && delay >= rtt / 2) {
        reason(reasons, "its TTL %u and its delay of %u.%03u ms are those of the gateway", ttl, delay / 1000,
               delay % 1000);
        return SSE_ORIGIN_GATEWAY;
    }
    return SSE_ORIGIN_UNKNOWN;
}
