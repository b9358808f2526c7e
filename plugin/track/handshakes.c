/* handshakes.c
 * Handshakes with gateways: SYNs, their repeats, and what they met.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "handshakes.h"

#include "clock.h"
#include "control.h"
#include "early.h"
#include "frames.h"
#include "gateways.h"
#include "icmp.h"
#include "nat.h"
#include "room.h"
#include "round_trips.h"
#include "sessions.h"

/* New SYNs of the same address and port pair within this time are one group. */
#define GROUP_GAP       (3 * SSE_SECOND)
/* A reset still ends the handshake so long after the SYN-ACK. */
#define RESET_AFTER     (1 * SSE_SECOND)
#define MAX_CHAIN       16

static uint64_t handshake_key(uint32_t client, uint32_t gateway, uint16_t sport, uint16_t port)
{
    return sse_mix(sse_mix(7, (uint64_t)client << 32 | gateway), (uint64_t)sport << 16 | port);
}

static uint32_t find_handshake(const sse_tracker *t, uint32_t client, uint32_t gateway, uint16_t sport, uint16_t port)
{
    uint32_t found = sse_key_table_get(&t->index->handshakes, handshake_key(client, gateway, sport, port));

    for (unsigned steps = 0; found != SSE_NONE && steps < MAX_CHAIN; steps++) {
        const sse_handshake *h = sse_tracker_handshake(t, found);

        if (h->client == client && h->gateway == gateway && h->sport == sport && h->port == port)
            return found;
        found = h->older;
    }
    return SSE_NONE;
}

static uint32_t new_handshake(sse_tracker *t, uint32_t client, uint32_t gateway, uint16_t sport, uint16_t port,
                              int64_t time)
{
    uint64_t key = handshake_key(client, gateway, sport, port);
    uint32_t index = t->handshakes->len;
    sse_handshake *h;

    g_array_set_size(t->handshakes, index + 1);
    h = sse_handshake_at(t, index);
    h->time = h->last_syn = time;
    h->client = client;
    h->gateway = gateway;
    h->sport = sport;
    h->port = port;
    h->epoch = sse_epoch_now(t);
    h->icmp = h->nat_peer = SSE_NONE;
    sse_init_control(&h->control);
    h->older = sse_key_table_exchange(&t->index->handshakes, key, index);
    sse_address_at(t, client)->newest = sse_record_number(SSE_OF_HANDSHAKE, index);
    sse_address_at(t, client)->uses_web = true;
    return index;
}

static void note_rtt(sse_tracker *t, sse_handshake *h, int64_t rtt)
{
    sse_address *g = sse_address_at(t, h->gateway);

    h->rtt = (uint32_t)CLAMP(rtt / 1000, 1, UINT32_MAX);
    sse_note_round_trip(t, &g->addr, rtt);
    if (g->min_rtt == 0 || h->rtt < g->min_rtt)
        g->min_rtt = h->rtt;
}

/* Its SYN got a SYN-ACK of this time. */
static void opened_after(sse_tracker *t, sse_handshake *h, int64_t time)
{
    int64_t answer = time;

    h->early = sse_note_answer(t, h->time, &answer);
    if (h->early)
        sse_session_is_behind(h->session, answer - time);
    else if (time > h->last_syn)
        note_rtt(t, h, time - h->last_syn);
}

static uint32_t client_syn(sse_tracker *t, uint32_t index, uint32_t client, uint32_t gateway, const obs_packet *p,
                           const obs_tcp *tcp)
{
    sse_handshake *h = index != SSE_NONE ? sse_handshake_at(t, index) : NULL;
    bool again = h != NULL && h->frame != 0 && (h->seq == tcp->seq || (h->attempts > 1 && h->prev_seq == tcp->seq));

    if (h != NULL && h->frame == 0 && h->session != NULL && h->session->syn_ack && h->seq == tcp->seq &&
        sse_may_answer(p->time, h->time)) {
        /* The SYN-ACK came first in the file. */
        h->frame = h->last_frame = p->frame;
        h->time = h->last_syn = p->time;
        opened_after(t, h, h->session->open_time);
        h->window = tcp->window;
        h->ttl = p->ttl;
        h->adapter = sse_adapter_of(sse_address_at(t, client), p);
        h->attempts = 1;
        return index;
    }
    /* A connection whose opening is older than the file ended: a new one. */
    if (h != NULL && h->epoch == sse_epoch_now(t) &&
        (again || (h->frame != 0 && p->time - h->last_syn <= GROUP_GAP && p->time >= h->time))) {
        if (!again) {
            h->prev_seq = h->seq;
            h->seq = tcp->seq;
        }
        h->window = tcp->window;
        h->ttl = MAX(h->ttl, p->ttl);
        if (h->attempts == 1)
            h->second_syn = p->time;
        if (h->attempts < UINT16_MAX)
            h->attempts++;
        h->last_syn = MAX(h->last_syn, p->time);
        h->last_frame = p->frame;
        sse_note_failure(t, h->client, h->time);
        return index;
    }
    if (!sse_has_room(t, t->handshakes, SSE_LIMIT_HANDSHAKES, p))
        return SSE_NONE;
    index = new_handshake(t, client, gateway, p->sport, p->dport, p->time);
    h = sse_handshake_at(t, index);
    h->frame = h->last_frame = p->frame;
    h->seq = tcp->seq;
    h->window = tcp->window;
    h->ttl = p->ttl;
    h->adapter = sse_adapter_of(sse_address_at(t, client), p);
    h->attempts = 1;
    sse_match_syn(t, index, p, tcp->seq);
    return index;
}

static void from_client(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_handshake *h = sse_handshake_at(t, index);

    if (h->session == NULL && p->payload_len > 0 && (tcp->flags & OBS_TCP_ACK) != 0 && h->met == SSE_MET_NOTHING) {
        sse_session *s = sse_open_session(h, p);

        s->client_ack = tcp->ack;
        /* Its SYN-ACK may follow in the file, and is not asked then. */
        s->client_first = tcp->seq;
        s->client_first_known = h->frame != 0 && (tcp->seq == h->seq + 1 || (h->attempts > 1 && tcp->seq == h->prev_seq + 1));
    }
    if (h->session != NULL)
        sse_session_from_client(t, index, p, tcp);
}

static bool fits_a_syn(const sse_handshake *h, const obs_tcp *tcp)
{
    return (tcp->flags & OBS_TCP_ACK) != 0 && h->frame != 0 &&
           (tcp->ack == h->seq + 1 || (h->attempts > 1 && tcp->ack == h->prev_seq + 1));
}

/* Has the file any packet of the module from this address? */
static bool has_sent(const sse_tracker *t, uint32_t client)
{
    const sse_address *a = sse_tracker_address(t, client);

    return a->packets_initial_ttl + a->packets_other_ttl > 0;
}

/* What the gateway's own packets look like: a SYN-ACK that nobody asked for says
 * nothing of it. */
static void note_ttl(sse_address *g, uint8_t ttl)
{
    if (g->ttl_low == 0 || ttl < g->ttl_low)
        g->ttl_low = ttl;
    if (ttl > g->ttl_high)
        g->ttl_high = ttl;
}

/* When the SYN with this sequence number was sent that an answer of this time is to:
 * the newest one not younger, else the first. */
static int64_t syn_time(const sse_handshake *h, uint32_t seq, int64_t time)
{
    const bool resent = h->attempts > 1 && h->prev_seq == 0;

    return seq == h->seq && (time >= h->last_syn || !resent) ? h->last_syn : h->time;
}

/* A SYN met an answer other than a SYN-ACK. @return its time. */
static int64_t note_met(sse_tracker *t, sse_handshake *h, uint32_t seq, int64_t time)
{
    const int64_t sent = syn_time(h, seq, time);

    if (h->met == SSE_MET_NOTHING && h->session == NULL)
        h->early = sse_note_answer(t, sent, &time);
    else
        h->early = time < sent;
    return MAX(time, sent);
}

static void syn_ack(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_handshake *h = sse_handshake_at(t, index);

    sse_add_mark(t, p->frame, SSE_MARK_SYN_ACK, SSE_OF_HANDSHAKE, index, h->attempts);
    if (fits_a_syn(h, tcp) || (h->frame == 0 && !has_sent(t, h->client)))
        note_ttl(sse_address_at(t, h->gateway), p->ttl);
    if (h->session != NULL) {
        /* The client's data came first in the file. */
        if (!h->session->syn_ack && fits_a_syn(h, tcp)) {
            h->session->open_time = MIN(h->session->open_time, p->time);
            h->session->open_frame = p->frame;
            h->session->syn_ack_ttl = p->ttl;
            sse_session_is_opened(h->session, tcp->seq + 1);
            opened_after(t, h, p->time);
        }
        h->session->syn_ack = true;
        return;
    }
    if (h->met == SSE_MET_RESET && tcp->ack == h->met_seq + 1) {
        /* The client had given this attempt up: two answers to one SYN. */
        h->reset_and_syn_ack = true;
        return;
    }
    sse_session *s = sse_open_session(h, p);
    s->syn_ack = true;
    s->syn_ack_ttl = p->ttl;
    sse_session_starts(s, tcp->ack, tcp->seq + 1);
    s->no_window = tcp->window == 0;
    if (s->no_window)
        sse_note_failure(t, h->client, h->time);
    if (h->frame != 0 && fits_a_syn(h, tcp)) {
        if (tcp->ack == h->seq + 1 || p->time < h->time)
            opened_after(t, h, p->time);
        else
            t->answered++;
    }
}

static void reset(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_handshake *h = sse_handshake_at(t, index);
    sse_session *s = h->session;
    bool early = s != NULL && !s->payload_seen && s->gateway_payload_frame == 0 && s->syn_ack &&
                 p->time - s->open_time <= RESET_AFTER && s->client_close_time == 0;

    if ((s == NULL || early) && fits_a_syn(h, tcp)) {
        if (s == NULL && h->met != SSE_MET_NOTHING && h->met_seq == tcp->ack - 1)
            return;
        h->met_time = note_met(t, h, tcp->ack - 1, p->time);
        h->met = SSE_MET_RESET;
        h->met_frame = p->frame;
        h->met_seq = tcp->ack - 1;
        h->met_ttl = p->ttl;
        h->met_window = tcp->window;
        h->reset_delay = p->time > h->last_syn ? (uint32_t)MIN((p->time - h->last_syn) / 1000, UINT32_MAX) : 0;
        if (early) {
            h->reset_and_syn_ack = true;
            sse_free_session(h);
        }
        sse_note_failure(t, h->client, h->time);
        sse_reset kept = { .frame = p->frame, .delay = h->reset_delay };
        g_array_append_val(t->resets, kept);
        sse_add_mark(t, p->frame, SSE_MARK_RESET, SSE_OF_HANDSHAKE, index, h->attempts);
        return;
    }
    if (s != NULL)
        sse_session_reset(t, index, p, tcp);
}

static void rejected(sse_tracker *t, sse_handshake *h, const obs_packet *p, const obs_icmp *icmp)
{
    obs_packet answer = *p;

    answer.time = h->met_time = note_met(t, h, icmp->seq, p->time);
    h->met = SSE_MET_ICMP;
    h->met_frame = p->frame;
    h->met_seq = icmp->seq;
    h->met_ttl = p->ttl;
    h->icmp = sse_add_icmp(t, &answer, icmp);
    sse_note_failure(t, h->client, h->time);
}

/* What answers this SYN may have come first in the file. */
static void adopt(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_early *o;
    unsigned at = 0;

    while ((o = sse_next_early(t, p, &at)) != NULL) {
        sse_handshake *h = sse_handshake_at(t, index);

        if (h->session != NULL || (h->met != SSE_MET_NOTHING && h->met_seq == tcp->seq))
            return;
        if (o->tcp.flags != 0) {
            if (sse_addr_equal(&o->packet.src, &p->dst) && o->packet.sport == p->dport && o->packet.dport == p->sport &&
                o->tcp.ack == tcp->seq + 1) {
                if ((o->tcp.flags & OBS_TCP_RST) != 0)
                    reset(t, index, &o->packet, &o->tcp);
                else
                    syn_ack(t, index, &o->packet, &o->tcp);
                sse_take_early(o);
            }
        } else if (o->icmp.protocol == 6 && sse_addr_equal(&o->icmp.dst, &p->dst) && o->icmp.sport == p->sport &&
                   o->icmp.dport == p->dport && o->icmp.seq == tcp->seq) {
            sse_add_mark(t, o->packet.frame, SSE_MARK_ICMP, SSE_OF_HANDSHAKE, index, h->attempts);
            rejected(t, h, &o->packet, &o->icmp);
            sse_take_early(o);
        }
    }
}

static void from_gateway(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    if ((tcp->flags & OBS_TCP_RST) != 0)
        reset(t, index, p, tcp);
    else if (sse_handshake_at(t, index)->session != NULL)
        sse_session_from_gateway(t, index, p, tcp);
}

/* The client's segment. index: the handshake of its ports, or SSE_NONE */
static void out_segment(sse_tracker *t, uint32_t index, uint32_t gateway, const obs_packet *p, const obs_tcp *tcp)
{
    uint32_t client;

    if ((tcp->flags & (OBS_TCP_SYN | OBS_TCP_ACK)) != OBS_TCP_SYN) {
        if (index != SSE_NONE) {
            sse_client_sent(t, sse_tracker_handshake(t, index)->client, p);
            if ((tcp->flags & OBS_TCP_RST) == 0)
                sse_handshake_at(t, index)->client_sends = true;
            from_client(t, index, p, tcp);
        }
        return;
    }
    client = sse_make_client(t, p, &p->src);
    if (client == SSE_NONE)
        return;
    sse_client_sent(t, client, p);
    index = client_syn(t, index, client, gateway, p, tcp);
    if (index == SSE_NONE)
        return;
    sse_add_mark(t, p->frame, SSE_MARK_SYN, SSE_OF_HANDSHAKE, index, sse_tracker_handshake(t, index)->attempts);
    adopt(t, index, p, tcp);
}

/* A handshake of which the capture has no SYN: known by its SYN-ACK, or older
 * than the file. time: its own. @return SSE_NONE where there can be none. */
static uint32_t handshake_without_syn(sse_tracker *t, uint32_t gateway, const obs_packet *p, int64_t time)
{
    uint32_t client = sse_make_client(t, p, &p->dst);

    if (client == SSE_NONE || !sse_has_room(t, t->handshakes, SSE_LIMIT_HANDSHAKES, p))
        return SSE_NONE;
    return new_handshake(t, client, gateway, p->dport, p->sport, time);
}

/* Is the connection over, so that its ports may serve another? */
static bool is_over(const sse_handshake *h, int64_t time)
{
    return h->session != NULL ? h->session->client_close_time != 0 || h->session->gateway_close_time != 0
                              : time - h->last_syn > GROUP_GAP;
}

/* The gateway's segment. */
static void in_segment(sse_tracker *t, uint32_t index, uint32_t gateway, const obs_packet *p, const obs_tcp *tcp)
{
    const sse_handshake *h = index != SSE_NONE ? sse_tracker_handshake(t, index) : NULL;
    bool is_syn_ack = (tcp->flags & (OBS_TCP_SYN | OBS_TCP_ACK)) == (OBS_TCP_SYN | OBS_TCP_ACK);

    const bool of_another = h != NULL && h->frame != 0 && !fits_a_syn(h, tcp);
    obs_packet later;

    if (is_syn_ack && of_another && !is_over(h, p->time)) {
        sse_keep_early(t, p, tcp, NULL);
        return;
    }
    if (is_syn_ack && (h == NULL || of_another || (h->session != NULL && h->session->older_than_file))) {
        index = handshake_without_syn(t, gateway, p, p->time);
        if (index == SSE_NONE)
            return;
        sse_handshake_at(t, index)->seq = tcp->ack - 1;
    } else if (h == NULL && p->payload_len > 0 && (tcp->flags & OBS_TCP_RST) == 0) {
        index = handshake_without_syn(t, gateway, p, t->first_time);
        if (index == SSE_NONE)
            return;
        sse_open_session(sse_handshake_at(t, index), p)->older_than_file = true;
    }
    h = index != SSE_NONE ? sse_tracker_handshake(t, index) : NULL;
    if ((tcp->flags & OBS_TCP_RST) != 0 && (tcp->flags & OBS_TCP_ACK) != 0 &&
        (h == NULL || (of_another && (h->session == NULL || is_over(h, p->time)))))
        sse_keep_early(t, p, tcp, NULL);
    if (h == NULL)
        return;
    if (h->session != NULL && h->session->behind != 0 && !is_syn_ack) {
        later = *p;
        later.time += h->session->behind;
        p = &later;
    }
    if (is_syn_ack)
        syn_ack(t, index, p, tcp);
    else
        from_gateway(t, index, p, tcp);
}

bool sse_handshake_segment(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp)
{
    uint32_t gateway = sse_gateway_of(t, p, true), client, index;
    bool out = gateway != SSE_NONE;

    if (!out) {
        gateway = sse_gateway_of(t, p, false);
        if (gateway == SSE_NONE)
            return false;
    }
    client = out ? sse_source_of(t, p) : sse_destination_of(t, p);
    if (sse_is_client(t, client))
        sse_address_at(t, client)->gateway_time = MAX(sse_address_at(t, client)->gateway_time, p->time);
    index = client == SSE_NONE ? SSE_NONE
            : out ? find_handshake(t, client, gateway, p->sport, p->dport)
                  : find_handshake(t, client, gateway, p->dport, p->sport);
    if (sse_is_copy(t, p, sse_mix((uint64_t)tcp->seq << 32 | tcp->ack, tcp->flags))) {
        if (index != SSE_NONE && out && (tcp->flags & OBS_TCP_SYN) != 0)
            sse_adapter_copies(sse_address_at(t, client), sse_tracker_handshake(t, index)->adapter, p);
        if (index != SSE_NONE && (tcp->flags & (OBS_TCP_SYN | OBS_TCP_RST)) != 0)
            sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_HANDSHAKE, index,
                         sse_tracker_handshake(t, index)->attempts);
    } else if (out) {
        out_segment(t, index, gateway, p, tcp);
    } else {
        in_segment(t, index, gateway, p, tcp);
    }
    return true;
}

bool sse_handshake_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp)
{
    uint32_t client = sse_find_address(t, &icmp->src), gateway = sse_find_address(t, &icmp->dst), index;
    sse_handshake *h;
    bool rejects;

    if (icmp->protocol != 6 || gateway == SSE_NONE || client == SSE_NONE ||
        (sse_address_at(t, gateway)->role & SSE_ROLE_GATEWAY) == 0)
        return false;
    rejects = sse_icmp_is_rejection(&p->src, icmp->type, icmp->code);
    index = find_handshake(t, client, gateway, icmp->sport, icmp->dport);
    if (index == SSE_NONE) {
        if (rejects)
            sse_keep_early(t, p, NULL, icmp);
        return false;
    }
    h = sse_handshake_at(t, index);
    if (sse_is_copy(t, p, sse_mix(icmp->seq, (uint64_t)icmp->sport << 16 | icmp->dport))) {
        sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_HANDSHAKE, index, h->attempts);
        return true;
    }
    sse_add_mark(t, p->frame, SSE_MARK_ICMP, SSE_OF_HANDSHAKE, index, h->attempts);
    if (sse_icmp_is_too_big(&p->src, icmp->type, icmp->code)) {
        if (icmp->quoted_len > SSE_BIG_SEGMENT)
            sse_add_fact(t, SSE_FACT_PATH_MTU, client, p, &icmp->dst);
        return true;
    }
    if (!rejects || h->session != NULL)
        return true;
    if (icmp->seq != h->seq && icmp->seq != h->prev_seq) {
        sse_keep_early(t, p, NULL, icmp);
        return true;
    }
    if (h->met == SSE_MET_NOTHING || h->met_seq != icmp->seq)
        rejected(t, h, p, icmp);
    return true;
}
