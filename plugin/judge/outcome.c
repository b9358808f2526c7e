/* outcome.c
 * What became of one probe or handshake: the two outcome tables of
 * docs/verdict.md.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "outcome.h"

#include "origin.h"
#include "rejections.h"

#define STALLED_TIMES       4
#define STALLED_SPAN        (3 * SSE_SECOND)
#define SILENT_WAIT         (5 * SSE_SECOND)
#define TUNNEL_WAIT         (10 * SSE_SECOND)

/* Deadlines pass with the times of packets; exactly at the deadline is in
 * time. A clock that broke before leaves the deadline open, and so does a client
 * that slept through it, or was gone. */
static bool has_passed(const sse_tracker *t, uint32_t client, uint32_t epoch, int64_t deadline)
{
    return g_array_index(t->epochs, sse_epoch, epoch).end > deadline && !sse_was_asleep(t, client, deadline);
}

/* An error that says "censored", with the TTL of replies that only OpenDNS gives:
 * its own words about the place. */
static bool is_censored(const sse_tracker *t, const sse_probe *p)
{
    const sse_address *resolver = sse_tracker_address(t, p->resolver);

    return p->censored && sse_ttl_agrees(p->reply_ttl, resolver->ttl_low, resolver->ttl_high);
}

sse_probe_outcome sse_probe_outcome_of(const sse_tracker *t, const sse_probe *p, bool *final)
{
    bool ignored;

    if (final == NULL)
        final = &ignored;
    *final = true;
    switch ((sse_reply_kind)p->reply) {
    case SSE_REPLY_OPENDNS:
        if (p->frame != 0 && p->reply_time - p->time > t->config.probe_timeout)
            return SSE_PROBE_LATE;
        /* What the client does next decides; without its error the answer stands. */
        *final = !p->rejected;
        return sse_probe_is_rejected(t, p) ? SSE_PROBE_REJECTED : SSE_PROBE_ANSWERED;
    case SSE_REPLY_OTHER:
    case SSE_REPLY_REFUSED:
        /* A genuine reply may still come, and tell its TTL. */
        *final = !p->censored;
        if (is_censored(t, p))
            return SSE_PROBE_COURT_ORDER;
        return p->reply == SSE_REPLY_OTHER ? SSE_PROBE_INTERCEPTED : SSE_PROBE_REFUSED;
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
    return has_passed(t, p->client, p->epoch, p->time + t->config.probe_timeout) ? SSE_PROBE_NO_REPLY : SSE_PROBE_PENDING;
}

static bool client_closed_by(const sse_session *s, int64_t time)
{
    return s->client_close_time != 0 && s->client_close_time <= time;
}

/* A connection that was answered: what became of its tunnel, if it has one. */
static sse_swg_outcome tunnel_outcome(const sse_tracker *t, const sse_handshake *h, const sse_session *s, bool *final)
{
    const int64_t first = s->tunnel_first_tx, deadline = first + TUNNEL_WAIT;

    if (s->tunnel_time == 0 || s->tunnel_data_time != 0)
        return SSE_SWG_COMPLETED;
    *final = false;
    if (first == 0)
        return SSE_SWG_COMPLETED;
    if (s->gateway_close_time >= first && s->gateway_close_time <= deadline && !client_closed_by(s, s->gateway_close_time))
        return s->gateway_closed_by_reset ? SSE_SWG_TUNNEL_RESET : SSE_SWG_TUNNEL_CLOSED;
    if (!s->tunnel_acked)
        return s->tunnel_txs >= STALLED_TIMES && s->tunnel_last_tx - first >= STALLED_SPAN &&
               !client_closed_by(s, s->tunnel_last_tx - 1) ? SSE_SWG_TUNNEL_STALLED : SSE_SWG_COMPLETED;
    return has_passed(t, h->client, h->epoch, deadline) && !client_closed_by(s, deadline) ? SSE_SWG_TUNNEL_SILENT
                                                                               : SSE_SWG_COMPLETED;
}

/* The gateway sent payload, or the client acknowledged some. */
static sse_swg_outcome answered_outcome(const sse_tracker *t, const sse_handshake *h, const sse_session *s, bool *final)
{
    if (s->client_said == OBS_START_REQUEST && s->gateway_said == OBS_START_STATUS && s->status != 0 &&
        s->status / 100 != 2) {
        /* What the gateway's own packets look like may still be learnt. */
        *final = false;
        if (sse_status_origin(t, h, NULL) == SSE_ORIGIN_ON_PATH)
            return SSE_SWG_SESSION_INTERCEPTED;
    }
    if (s->proxy_request && s->gateway_said == OBS_START_OTHER)
        return SSE_SWG_SESSION_FOREIGN;
    return tunnel_outcome(t, h, s, final);
}

static sse_swg_outcome session_outcome(const sse_tracker *t, const sse_handshake *h, const sse_session *s, bool *final)
{
    bool client_closed = s->client_close_time != 0;

    if (s->older_than_file)
        return SSE_SWG_COMPLETED;
    if (s->gateway_payload_frame != 0 || s->acked_frame != 0)
        return answered_outcome(t, h, s, final);
    *final = false;
    if (sse_session_cut_short(s))
        /* Data that comes later revises it. */
        return s->gateway_closed_by_reset ? SSE_SWG_SESSION_RESET : SSE_SWG_SESSION_CLOSED;
    /* A proxy of SYNs opens every connection, with no window until the real
     * server has opened too: then no data may be sent. */
    if (!s->payload_seen && s->no_window && has_passed(t, h->client, h->epoch, s->open_time + STALLED_SPAN) &&
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

        if (has_passed(t, h->client, h->epoch, deadline) && !(client_closed && s->client_close_time <= deadline))
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
    return has_passed(t, h->client, h->epoch, h->time + t->config.syn_timeout) ? SSE_SWG_NO_REPLY : SSE_SWG_PENDING;
}
