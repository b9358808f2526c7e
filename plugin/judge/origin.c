/* origin.c
 * Who sent what came from a resolver's or gateway's address: a likelihood with its
 * reasons: docs/verdict.md, "Origin".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "origin.h"

/* A device next door answers this fast, however far the address is. */
#define NEXT_DOOR_DELAY     (2 * SSE_MSECOND)
/* Of a far address's round trip a device next door needs less than a quarter. */
#define NEXT_DOOR_PART      4
/* A route may differ by a hop or two between packets. */
#define HOPS_FEWER          3
/* A session that ends so soon after the client's newest data was ended by it. */
#define SESSION_END_WINDOW  (10 * SSE_SECOND)
/* Two signs make a device on the path. */
#define SIGNS               2

static void reason(GArray *reasons, sse_reason_code code, uint32_t first, uint32_t second, uint32_t third)
{
    sse_reason r = { .code = code, .number = { first, second, third } };

    if (reasons != NULL)
        g_array_append_val(reasons, r);
}

/* As reasons have times. */
static uint32_t in_us(int64_t time)
{
    return (uint32_t)CLAMP(time / 1000, 0, UINT32_MAX);
}

/* Hosts send with 64, 128 or 255, and each router takes one. */
static unsigned hops_of(uint8_t ttl)
{
    return (ttl <= 64 ? 64u : ttl <= 128 ? 128u : 255u) - ttl;
}

static bool is_icmp_sender_ttl(const sse_tracker *t, uint8_t ttl)
{
    /* The first errors of a file name its filters; more would not be news. */
    for (guint i = 0; i < MIN(t->icmps->len, 64u); i++) {
        const sse_icmp *icmp = sse_tracker_icmp_error(t, i);

        /* Where a packet's time is over, as a path tool asks for, is no filter. */
        if (icmp->ttl == ttl && icmp->type != (icmp->sender.family == 4 ? 11 : 3))
            return true;
    }
    return false;
}

/* The smallest round trip over 2 ms to a public address other than this one. */
static int64_t nearest_other(const sse_tracker *t, const sse_addr *from)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(t->nearest); i++)
        if (t->nearest[i].rtt != 0 && !sse_addr_equal(&t->nearest[i].address, from))
            return t->nearest[i].rtt;
    return 0;
}

/* With two capture clocks no time of the file is a sign. */
static bool is_timed(const sse_tracker *t, const sse_arrival *a)
{
    return a->has_delay && !sse_clocks_differ(t);
}

/* Too fast for where the address is? *far: what says so, 0 where nothing else is known. */
static bool is_too_fast(const sse_tracker *t, const sse_arrival *a, int64_t *far)
{
    *far = nearest_other(t, &sse_tracker_address(t, a->from)->addr);
    if (!is_timed(t, a) || a->delay < 0 || a->delay >= NEXT_DOOR_DELAY)
        return false;
    if (a->what == SSE_CAME_STATUS_LINE && a->open_delay > 0 && a->delay >= a->open_delay / NEXT_DOOR_PART)
        return false;
    return *far == 0 || a->delay < *far / NEXT_DOOR_PART;
}

static bool is_ttl_next_door(const sse_tracker *t, const sse_arrival *a, bool like_genuine)
{
    const sse_address *client = sse_tracker_address(t, a->client);

    if (a->ttl == 0 || !sse_tracker_is_public(t, &sse_tracker_address(t, a->from)->addr))
        return false;
    if (sse_is_on_link(client) && hops_of(a->ttl) == 0)
        return true;
    /* An error's own TTL says nothing of itself. */
    return a->what != SSE_CAME_ICMP && !like_genuine && is_icmp_sender_ttl(t, a->ttl);
}

/* @return how many signs there are that a device next door sent it */
static unsigned signs_of(const sse_tracker *t, const sse_arrival *a, bool like_genuine, GArray *reasons)
{
    unsigned signs = 0;
    int64_t far;

    if (is_too_fast(t, a, &far)) {
        signs++;
        if (far != 0)
            reason(reasons, a->after_query ? SSE_REASON_SOON_AFTER_QUERY
                             : a->after_data ? SSE_REASON_SOON_AFTER_DATA : SSE_REASON_SOON_AFTER_SYN, in_us(a->delay),
                   in_us(far), 0);
        else
            reason(reasons, a->after_query ? SSE_REASON_AFTER_QUERY
                             : a->after_data ? SSE_REASON_AFTER_DATA : SSE_REASON_AFTER_SYN, in_us(a->delay), 0, 0);
    }
    /* A host that refuses a connection sends window 0 (RFC 9293, 3.10.7.1). */
    if (a->what == SSE_CAME_RESET && a->window != 0 && a->window == a->syn_window) {
        signs++;
        reason(reasons, SSE_REASON_WINDOW_COPIED, a->window, 0, 0);
    }
    if (is_ttl_next_door(t, a, like_genuine)) {
        signs++;
        reason(reasons, SSE_REASON_NEXT_DOOR_TTL, a->ttl, 0, 0);
    }
    if (a->other_product) {
        signs++;
        reason(reasons, SSE_REASON_OTHER_PRODUCT, 0, 0, 0);
    }
    return signs;
}

/* Does its SYN-ACK bear two signs itself? */
static bool is_opened_nearby(const sse_tracker *t, const sse_arrival *a, GArray *reasons)
{
    const sse_arrival open = { .what = SSE_CAME_SYN_ACK, .client = a->client, .from = a->from, .ttl = a->open_ttl,
                               .has_delay = a->open_delay > 0, .delay = a->open_delay };

    return a->open_ttl != 0 && signs_of(t, &open, false, reasons) >= SIGNS;
}

static bool is_proved(const sse_arrival *a, bool like_genuine, bool nearby, GArray *reasons)
{
    const bool ends = a->what == SSE_CAME_RESET || a->what == SSE_CAME_FIN;
    const bool known = a->genuine_low != 0 && a->ttl != 0;
    const bool reply = a->what == SSE_CAME_REPLY;
    bool proved = false;

    if (a->syn_ack_too) {
        proved = true;
        reason(reasons, SSE_REASON_SYN_ACK_TOO, 0, 0, 0);
    }
    if (known && ends && !like_genuine) {
        proved = true;
        reason(reasons, a->genuine_low == a->genuine_high ? SSE_REASON_OTHER_TTL : SSE_REASON_OTHER_TTLS, a->ttl,
               a->genuine_low, a->genuine_high);
    } else if (known && !ends && a->what != SSE_CAME_SYN_ACK &&
               hops_of(a->ttl) + HOPS_FEWER <= MIN(hops_of(a->genuine_low), hops_of(a->genuine_high))) {
        proved = true;
        reason(reasons, reply ? SSE_REASON_FEWER_HOPS_THAN_REPLIES : SSE_REASON_FEWER_HOPS, hops_of(a->ttl),
               MIN(hops_of(a->genuine_low), hops_of(a->genuine_high)), 0);
    }
    if (nearby && a->ttl != 0 && hops_of(a->ttl) <= hops_of(a->open_ttl)) {
        proved = true;
        reason(reasons, SSE_REASON_OPENED_NEARBY, hops_of(a->ttl), 0, 0);
    }
    return proved;
}

sse_origin sse_origin_of(const sse_tracker *t, const sse_arrival *a, GArray *reasons)
{
    const bool like_genuine = sse_ttl_agrees(a->ttl, a->genuine_low, a->genuine_high);
    const bool nearby = is_opened_nearby(t, a, NULL);
    const bool proved = is_proved(a, like_genuine, nearby, reasons);
    const guint proofs = reasons != NULL ? reasons->len : 0;
    const unsigned signs = signs_of(t, a, like_genuine, reasons);

    if (proved || signs >= SIGNS)
        return SSE_ORIGIN_ON_PATH;
    if (!nearby && like_genuine && is_timed(t, a) && a->genuine_rtt > 0 && a->delay >= a->genuine_rtt / 2) {
        const bool resolver = a->what == SSE_CAME_REPLY ||
                              (sse_tracker_address(t, a->from)->role & SSE_ROLE_GATEWAY) == 0;

        /* What would speak for a device on the path is no reason here. */
        if (reasons != NULL)
            g_array_set_size(reasons, proofs);
        reason(reasons, resolver ? SSE_REASON_LIKE_RESOLVER : SSE_REASON_LIKE_GATEWAY, a->ttl, in_us(a->delay), 0);
        return resolver ? SSE_ORIGIN_RESOLVER : SSE_ORIGIN_GATEWAY;
    }
    return SSE_ORIGIN_UNKNOWN;
}

void sse_origin_add(sse_origin_count *n, sse_origin origin, uint32_t index)
{
    if (n->count[origin]++ == 0)
        n->first[origin] = index;
}

sse_origin sse_origin_most(const sse_origin_count *n)
{
    unsigned most = SSE_ORIGIN_NONE;

    for (unsigned k = SSE_ORIGIN_UNKNOWN; k < SSE_ORIGINS; k++)
        if (n->count[k] > 0 && (most == SSE_ORIGIN_NONE || n->count[k] > n->count[most]))
            most = k;
    return (sse_origin)most;
}

bool sse_session_cut_short(const sse_session *s)
{
    return s->payload_seen && s->gateway_close_time != 0 &&
           !(s->client_close_time != 0 && s->client_close_time <= s->gateway_close_time) &&
           s->gateway_close_time - s->newest_payload_time <= SESSION_END_WINDOW;
}

/* What all that comes from a gateway is held against. */
static sse_arrival from_gateway(const sse_tracker *t, const sse_handshake *h, sse_came what)
{
    const sse_address *gateway = sse_tracker_address(t, h->gateway);
    const sse_session *s = h->session;
    /* An answer stamped before its question has no delay, nor has what follows it. */
    sse_arrival a = { .what = what, .client = h->client, .from = h->gateway, .has_delay = !h->early,
                      .genuine_low = gateway->ttl_low, .genuine_high = gateway->ttl_high,
                      .genuine_rtt = (int64_t)gateway->min_rtt * 1000, .syn_window = h->window };

    /* A SYN that was refused is held against those that were not. */
    a.open_ttl = s != NULL ? s->syn_ack_ttl : gateway->ttl_low == gateway->ttl_high ? gateway->ttl_low : 0;
    a.open_delay = (int64_t)(s != NULL ? h->rtt : gateway->min_rtt) * 1000;
    return a;
}

sse_origin sse_handshake_reset_origin(const sse_tracker *t, const sse_handshake *h, GArray *reasons)
{
    const sse_session *s = h->session;
    sse_arrival a = from_gateway(t, h, SSE_CAME_RESET);

    a.syn_ack_too = h->reset_and_syn_ack;
    if (s == NULL && h->met == SSE_MET_RESET) {
        a.delay = (int64_t)h->reset_delay * 1000;
        a.window = h->met_window;
        a.ttl = h->met_ttl;
    } else if (s != NULL && s->gateway_close_time != 0 && !s->older_than_file && sse_session_cut_short(s)) {
        if (!s->gateway_closed_by_reset)
            a.what = SSE_CAME_FIN;
        a.after_data = true;
        a.delay = s->gateway_close_time - s->newest_payload_time;
        a.window = s->close_window;
        a.ttl = s->close_ttl;
    } else {
        return SSE_ORIGIN_NONE;
    }
    return sse_origin_of(t, &a, reasons);
}

sse_origin sse_status_origin(const sse_tracker *t, const sse_handshake *h, GArray *reasons)
{
    const sse_session *s = h->session;
    sse_arrival a = from_gateway(t, h, SSE_CAME_STATUS_LINE);

    if (s == NULL || s->status == 0)
        return SSE_ORIGIN_NONE;
    a.after_data = true;
    a.has_delay &= s->first_payload_time != 0;
    a.delay = s->status_time - s->first_payload_time;
    a.ttl = s->status_ttl;
    a.other_product = s->other_product;
    return sse_origin_of(t, &a, reasons);
}

sse_origin sse_answer_origin(const sse_tracker *t, const sse_connect_answer *answer, GArray *reasons)
{
    sse_arrival a = from_gateway(t, sse_tracker_handshake(t, answer->handshake), SSE_CAME_STATUS_LINE);

    a.after_data = true;
    a.has_delay &= answer->asked != 0;
    a.delay = answer->time - answer->asked;
    a.ttl = answer->ttl;
    a.other_product = answer->other_product;
    return sse_origin_of(t, &a, reasons);
}

sse_origin sse_handshake_icmp_origin(const sse_tracker *t, const sse_handshake *h, GArray *reasons)
{
    const sse_icmp *icmp;
    sse_arrival a;

    if (h->icmp == SSE_NONE)
        return SSE_ORIGIN_NONE;
    icmp = sse_tracker_icmp_error(t, h->icmp);
    if (!sse_addr_equal(&icmp->sender, &sse_tracker_address(t, h->gateway)->addr)) {
        reason(reasons, SSE_REASON_OTHER_SENDER, 0, 0, 0);
        return SSE_ORIGIN_ON_PATH;
    }
    a = from_gateway(t, h, SSE_CAME_ICMP);
    a.ttl = icmp->ttl;
    a.delay = icmp->time - h->last_syn;
    return sse_origin_of(t, &a, reasons);
}

bool sse_opened_nearby(const sse_tracker *t, const sse_handshake *h, GArray *reasons)
{
    const sse_arrival a = from_gateway(t, h, SSE_CAME_SYN_ACK);

    return h->session != NULL && is_opened_nearby(t, &a, reasons);
}

sse_origin sse_probe_origin(const sse_tracker *t, const sse_probe *q, GArray *reasons)
{
    const sse_address *resolver = sse_tracker_address(t, q->resolver);
    sse_arrival a = { .client = q->client, .from = q->resolver, .after_query = true, .genuine_low = resolver->ttl_low,
                      .genuine_high = resolver->ttl_high, .genuine_rtt = (int64_t)resolver->min_rtt * 1000 };
    int64_t came;

    if (q->reply == SSE_REPLY_OTHER || q->reply == SSE_REPLY_REFUSED) {
        a.what = SSE_CAME_REPLY;
        a.ttl = q->reply_ttl;
        came = q->reply_time;
    } else if (q->reply == SSE_REPLY_NONE && q->icmp != SSE_NONE &&
               sse_addr_equal(&sse_tracker_icmp_error(t, q->icmp)->sender, &resolver->addr)) {
        a.what = SSE_CAME_ICMP;
        a.ttl = sse_tracker_icmp_error(t, q->icmp)->ttl;
        came = sse_tracker_icmp_error(t, q->icmp)->time;
    } else {
        return SSE_ORIGIN_NONE;
    }
    /* What provoked it is the newest attempt before it. */
    a.has_delay = q->frame != 0;
    a.delay = came - (q->last_time <= came ? q->last_time : q->time);
    return sse_origin_of(t, &a, reasons);
}
