/* origin.c
 * Who sent a reset that came from a gateway's address: a likelihood with its
 * reasons: docs/verdict.md, "Origin".
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

static void reason(GArray *reasons, sse_reason_code code, uint32_t first, uint32_t second, uint32_t third)
{
    sse_reason r = { .code = code, .number = { first, second, third } };

    if (reasons != NULL)
        g_array_append_val(reasons, r);
}

static bool is_icmp_sender_ttl(const sse_tracker *t, uint8_t ttl)
{
    /* The first errors of a file name its filters; more would not be news. */
    for (guint i = 0; i < MIN(t->icmps->len, 64u); i++)
        if (g_array_index(t->icmps, sse_icmp, i).ttl == ttl)
            return true;
    return false;
}

sse_origin sse_handshake_reset_origin(const sse_tracker *t, const sse_handshake *h, GArray *reasons)
{
    const sse_address *gateway = sse_tracker_address(t, h->gateway), *client = sse_tracker_address(t, h->client);
    const sse_session *s = h->session;
    uint32_t delay, rtt = gateway->min_rtt;
    uint16_t window;
    uint8_t ttl;
    unsigned signs = 0;
    /* An answer stamped before its question has no delay; with two clocks none has. */
    const bool timed = !h->early && !sse_clocks_differ(t);
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
        reason(reasons, SSE_REASON_SYN_ACK_TOO, 0, 0, 0);
    }
    if (ttl_known && !ttl_agrees) {
        proof = true;
        reason(reasons, gateway->ttl_low == gateway->ttl_high ? SSE_REASON_OTHER_TTL : SSE_REASON_OTHER_TTLS, ttl,
               gateway->ttl_low, gateway->ttl_high);
    }
    fast = timed && delay < NEXT_DOOR_DELAY && (rtt == 0 || delay < rtt / 4);
    if (fast) {
        signs++;
        if (rtt != 0)
            reason(reasons, s == NULL ? SSE_REASON_SOON_AFTER_SYN : SSE_REASON_SOON_AFTER_DATA, delay, rtt, 0);
        else
            reason(reasons, s == NULL ? SSE_REASON_AFTER_SYN : SSE_REASON_AFTER_DATA, delay, 0, 0);
    }
    /* A host that refuses a connection sends window 0 (RFC 9293, 3.10.7.1). */
    if (window != 0 && window == h->window) {
        signs++;
        reason(reasons, SSE_REASON_WINDOW_COPIED, window, 0, 0);
    }
    if ((client->packets_initial_ttl > client->packets_other_ttl && (ttl == 64 || ttl == 128 || ttl == 255)) ||
        is_icmp_sender_ttl(t, ttl)) {
        signs++;
        reason(reasons, SSE_REASON_NEXT_DOOR_TTL, ttl, 0, 0);
    }
    if (proof || signs >= 2)
        return SSE_ORIGIN_ON_PATH;
    if (timed && ttl_agrees && rtt != 0 && delay >= rtt / 2) {
        reason(reasons, SSE_REASON_LIKE_GATEWAY, ttl, delay, 0);
        return SSE_ORIGIN_GATEWAY;
    }
    return SSE_ORIGIN_UNKNOWN;
}
