/* verdict_outcome.c
 * What became of one probe or handshake, and where a reset came from: the two
 * outcome tables of VERDICT.md.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "verdict_private.h"

/* A session that ends so soon after the client's newest data was ended by it. */
#define SESSION_END_WINDOW  (10 * SSE_SECOND)
#define STALLED_TIMES       4
#define STALLED_SPAN        (3 * SSE_SECOND)
#define SILENT_WAIT         (5 * SSE_SECOND)

/* A device next door answers this fast, however far the address is. */
#define NEXT_DOOR_DELAY     2000u   /* us */
#define TTL_AGREES          2

/* Deadlines pass with the times of packets; exactly at the deadline is in
 * time. A clock that broke before leaves the deadline open. */
static bool has_passed(const sse_tracker *t, uint32_t epoch, int64_t deadline)
{
    return g_array_index(t->epochs, sse_epoch, epoch).end > deadline;
}

sse_probe_outcome sse_probe_outcome_of(const sse_tracker *t, const sse_probe *p, bool *final)
{
    bool ignored;

    if (final == NULL)
        final = &ignored;
    *final = true;
    switch ((sse_reply_kind)p->reply) {
    case SSE_REPLY_OPENDNS:
        return p->frame != 0 && p->reply_time - p->time > t->config.probe_timeout ? SSE_PROBE_LATE
                                                                                   : SSE_PROBE_ANSWERED;
    case SSE_REPLY_OTHER:
        return SSE_PROBE_INTERCEPTED;
    case SSE_REPLY_REFUSED:
        return SSE_PROBE_REFUSED;
    case SSE_REPLY_COURT_ORDER:
        return SSE_PROBE_COURT_ORDER;
    case SSE_REPLY_TRUNCATED:
        *final = false;
        return SSE_PROBE_PENDING;
    case SSE_REPLY_NONE:
        break;
    }
    /* A reply may still come, and would decide. */
    *final = false;
    if (p->reset_frame != 0)
        return SSE_PROBE_RESET;
    if (p->icmp != SSE_NONE)
        return SSE_PROBE_ICMP;
    return has_passed(t, p->epoch, p->time + t->config.probe_timeout) ? SSE_PROBE_NO_REPLY : SSE_PROBE_PENDING;
}

static sse_swg_outcome session_outcome(const sse_tracker *t, const sse_handshake *h, const sse_session *s, bool *final)
{
    bool client_closed = s->client_close_time != 0;

    if (s->older_than_file || s->gateway_payload_frame != 0 || s->acked_frame != 0)
        return SSE_SWG_COMPLETED;
    *final = false;
    if (s->payload_seen && s->gateway_close_time != 0 &&
        !(client_closed && s->client_close_time <= s->gateway_close_time) &&
        s->gateway_close_time - s->newest_payload_time <= SESSION_END_WINDOW) {
        /* Data sent before the FIN may come after it in the file. */
        *final = s->gateway_closed_by_reset;
        return s->gateway_closed_by_reset ? SSE_SWG_SESSION_RESET : SSE_SWG_SESSION_CLOSED;
    }
    /* A proxy of SYNs opens every connection, with no window until the real
     * server has opened too: then no data may be sent. */
    if (!s->payload_seen && s->no_window && has_passed(t, h->epoch, s->open_time + STALLED_SPAN) &&
        !(client_closed && s->client_close_time <= s->open_time + STALLED_SPAN))
        return SSE_SWG_SESSION_STALLED;
    if (s->payload_seen && !s->payload_acked) {
        if (s->first_payload_txs >= STALLED_TIMES && s->last_payload_tx - s->first_payload_time >= STALLED_SPAN &&
            !(client_closed && s->client_close_time < s->last_payload_tx))
            return SSE_SWG_SESSION_STALLED;
        return SSE_SWG_OPENED;
    }
    if (s->payload_seen) {
        int64_t deadline = s->first_payload_time + SILENT_WAIT;

        if (has_passed(t, h->epoch, deadline) && !(client_closed && s->client_close_time <= deadline))
            return SSE_SWG_SESSION_SILENT;
    }
    return SSE_SWG_OPENED;
}

sse_swg_outcome sse_handshake_outcome_of(const sse_tracker *t, const sse_handshake *h, bool *final)
{
    bool ignored;

    if (final == NULL)
        final = &ignored;
    *final = true;
    if (h->session != NULL)
        return session_outcome(t, h, h->session, final);
    /* Another SYN of the group may still open. */
    *final = false;
    if (h->met == SSE_MET_RESET)
        return SSE_SWG_RESET;
    if (h->met == SSE_MET_ICMP)
        return SSE_SWG_ICMP;
    return has_passed(t, h->epoch, h->time + t->config.syn_timeout) ? SSE_SWG_NO_REPLY : SSE_SWG_PENDING;
}

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
    } else if (s != NULL && s->gateway_closed_by_reset && s->payload_seen && !s->older_than_file &&
               !(s->client_close_time != 0 && s->client_close_time <= s->gateway_close_time) &&
               s->gateway_close_time - s->newest_payload_time <= SESSION_END_WINDOW) {
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
