/* tracker_tcp.c
 * Follows the connections to gateways: SYNs and their repeats, what they met,
 * and what became of those that opened.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tracker_private.h"

/* New SYNs of the same address and port pair within this time are one group. */
#define GROUP_GAP       (3 * SSE_SECOND)
/* A reset still ends the handshake so long after the SYN-ACK. */
#define RESET_AFTER     (1 * SSE_SECOND)
/* A segment of more than this may be too big for the path. */
#define BIG_SEGMENT     1200
#define BIG_TRANSMISSIONS 4
#define MAX_CHAIN       16

static bool seq_after(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) > 0;
}

static uint64_t handshake_key(uint32_t client, uint32_t gateway, uint16_t sport, uint16_t port)
{
    return sse_mix(sse_mix(7, (uint64_t)client << 32 | gateway), (uint64_t)sport << 16 | port);
}

static uint32_t find_handshake(const sse_tracker *t, uint32_t client, uint32_t gateway, uint16_t sport, uint16_t port)
{
    uint32_t found = sse_index_get(t->index->handshakes, handshake_key(client, gateway, sport, port));

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
    h = sse_tracker_handshake(t, index);
    h->time = h->last_syn = time;
    h->client = client;
    h->gateway = gateway;
    h->sport = sport;
    h->port = port;
    h->epoch = sse_epoch_now(t);
    h->icmp = h->twin = SSE_NONE;
    sse_init_control(&h->control);
    h->older = sse_index_get(t->index->handshakes, key);
    sse_index_put(t->index->handshakes, key, index);
    sse_tracker_address(t, client)->newest = sse_record_number(SSE_OF_HANDSHAKE, index);
    sse_tracker_address(t, client)->uses_web = true;
    return index;
}

static void failed_hint(sse_tracker *t, const sse_handshake *h)
{
    sse_address *a = sse_tracker_address(t, h->client);

    if (a->first_failed_hint == 0)
        a->first_failed_hint = h->time;
}

static void note_rtt(sse_tracker *t, sse_handshake *h, int64_t rtt)
{
    sse_address *g = sse_tracker_address(t, h->gateway);

    h->rtt = (uint32_t)CLAMP(rtt / 1000, 1, UINT32_MAX);
    if (g->min_rtt == 0 || h->rtt < g->min_rtt)
        g->min_rtt = h->rtt;
}

static sse_session *open_session(sse_handshake *h, const obs_packet *p)
{
    sse_session *s = g_new0(sse_session, 1);

    s->open_time = p->time;
    s->open_frame = p->frame;
    s->connect_host = SSE_NONE;
    h->session = s;
    return s;
}

/* The same SYN from another source with another TTL: see tracker_dns.c. */
static void match_nat(sse_tracker *t, uint32_t index, const obs_packet *p, uint32_t seq)
{
    sse_handshake *h = sse_tracker_handshake(t, index);
    uint64_t key = sse_mix(sse_mix(9, (uint64_t)h->gateway << 32 | seq), h->port);
    uint32_t other = sse_recent_exchange(&t->index->syns, key, index);
    sse_handshake *o;

    if (other == SSE_NONE)
        return;
    o = sse_tracker_handshake(t, other);
    if (o->client == h->client || o->gateway != h->gateway || o->seq != seq || o->ttl == p->ttl ||
        o->twin != SSE_NONE || p->time - o->time > SSE_NAT_WINDOW || o->time - p->time > SSE_NAT_WINDOW)
        return;
    h->twin = other;
    o->twin = index;
    h->is_copy_of_twin = h->ttl < o->ttl;
    o->is_copy_of_twin = !h->is_copy_of_twin;
}

static uint32_t client_syn(sse_tracker *t, uint32_t index, uint32_t client, uint32_t gateway, const obs_packet *p,
                           const obs_tcp *tcp)
{
    sse_handshake *h = index != SSE_NONE ? sse_tracker_handshake(t, index) : NULL;
    bool again = h != NULL && h->frame != 0 && (h->seq == tcp->seq || (h->attempts > 1 && h->prev_seq == tcp->seq));

    if (h != NULL && h->frame == 0 && h->session != NULL && h->session->syn_ack && h->seq == tcp->seq &&
        p->time <= h->time) {
        /* The SYN-ACK came first in the file. */
        h->frame = h->last_frame = p->frame;
        h->time = h->last_syn = p->time;
        note_rtt(t, h, h->session->open_time - p->time);
        h->window = tcp->window;
        h->ttl = p->ttl;
        h->attempts = 1;
        return index;
    }
    /* A connection whose opening is older than the file ended: a new one. */
    if (again || (h != NULL && h->frame != 0 && p->time - h->last_syn <= GROUP_GAP && p->time >= h->time &&
                  h->epoch == sse_epoch_now(t))) {
        if (!again) {
            h->prev_seq = h->seq;
            h->seq = tcp->seq;
        }
        h->window = tcp->window;
        if (h->attempts == 1)
            h->second_syn = p->time;
        if (h->attempts < UINT16_MAX)
            h->attempts++;
        h->last_syn = MAX(h->last_syn, p->time);
        h->last_frame = p->frame;
        failed_hint(t, h);
        return index;
    }
    if (!sse_has_room(t, t->handshakes, SSE_LIMIT_HANDSHAKES, p))
        return SSE_NONE;
    index = new_handshake(t, client, gateway, p->sport, p->dport, p->time);
    h = sse_tracker_handshake(t, index);
    h->frame = h->last_frame = p->frame;
    h->seq = tcp->seq;
    h->window = tcp->window;
    h->ttl = p->ttl;
    h->attempts = 1;
    match_nat(t, index, p, tcp->seq);
    return index;
}

static void client_payload(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_handshake *h = sse_tracker_handshake(t, index);
    sse_session *s = h->session;
    bool again = s->payload_seen && tcp->seq == s->first_payload_seq;
    bool mark = false;

    if (s->client_close_time == 0)
        s->newest_payload_time = MAX(s->newest_payload_time, p->time);
    if (!s->payload_seen && !s->older_than_file) {
        s->payload_seen = true;
        s->first_payload_time = s->last_payload_tx = p->time;
        s->first_payload_frame = p->frame;
        s->first_payload_seq = tcp->seq;
        s->first_payload_txs = 1;
        mark = true;
    } else if (again && !s->payload_acked) {
        if (s->first_payload_txs == 1)
            s->second_payload_tx = p->time;
        if (s->first_payload_txs < UINT16_MAX)
            s->first_payload_txs++;
        s->last_payload_tx = p->time;
        failed_hint(t, h);
        mark = true;
    }
    if (p->payload_len > BIG_SEGMENT && s->big_txs != UINT8_MAX) {
        if (s->big_txs == 0) {
            s->big_seq = tcp->seq;
            s->big_txs = 1;
        } else if (tcp->seq == s->big_seq && ++s->big_txs >= BIG_TRANSMISSIONS && s->acked_any) {
            s->big_txs = UINT8_MAX;
            sse_add_fact(t, SSE_FACT_PATH_MTU, h->client, p, &p->dst);
        }
    }
    if (tcp->http.kind == OBS_HTTP_CONNECT || tcp->http.kind == OBS_HTTP_ABSOLUTE) {
        if (tcp->http.kind == OBS_HTTP_CONNECT) {
            s->connect_waiting = true;
            s->connect_host = sse_intern_name(t, tcp->http.host);
        }
        sse_add_mark(t, p->frame, SSE_MARK_CONNECT, SSE_OF_HANDSHAKE, index, h->attempts);
    } else if (mark) {
        sse_add_mark(t, p->frame, SSE_MARK_CLIENT_PAYLOAD, SSE_OF_HANDSHAKE, index, s->first_payload_txs);
    }
}

static void from_client(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_handshake *h = sse_tracker_handshake(t, index);

    if (h->session == NULL && p->payload_len > 0 && (tcp->flags & OBS_TCP_ACK) != 0 && h->met == SSE_MET_NOTHING)
        open_session(h, p)->client_ack = tcp->ack;
    if (h->session == NULL)
        return;
    /* In a capture of one direction the client still says what it received; one
     * more may be the gateway's FIN. */
    if (!h->session->syn_ack && !h->session->older_than_file && (tcp->flags & OBS_TCP_ACK) != 0 &&
        seq_after(tcp->ack, h->session->client_ack + 1)) {
        h->session->acked_time = p->time;
        h->session->acked_frame = p->frame;
    }
    if (p->payload_len > 0)
        client_payload(t, index, p, tcp);
    if ((tcp->flags & (OBS_TCP_FIN | OBS_TCP_RST)) != 0 && h->session->client_close_time == 0) {
        h->session->client_close_time = p->time;
        h->session->client_close_frame = p->frame;
        sse_add_mark(t, p->frame, (tcp->flags & OBS_TCP_RST) != 0 ? SSE_MARK_RESET : SSE_MARK_FIN,
                     SSE_OF_HANDSHAKE, index, h->attempts);
    }
}

static void syn_ack(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_handshake *h = sse_tracker_handshake(t, index);

    sse_add_mark(t, p->frame, SSE_MARK_SYN_ACK, SSE_OF_HANDSHAKE, index, h->attempts);
    sse_address *g = sse_tracker_address(t, h->gateway);
    if (g->ttl_low == 0 || p->ttl < g->ttl_low)
        g->ttl_low = p->ttl;
    if (p->ttl > g->ttl_high)
        g->ttl_high = p->ttl;
    if (h->session != NULL) {
        h->session->syn_ack = true;
        return;
    }
    if (h->met == SSE_MET_RESET && tcp->ack == h->met_seq + 1) {
        /* The client had given this attempt up: two answers to one SYN. */
        h->reset_and_syn_ack = true;
        return;
    }
    sse_session *s = open_session(h, p);
    s->syn_ack = true;
    s->no_window = tcp->window == 0;
    if (s->no_window)
        failed_hint(t, h);
    if (h->frame != 0 && p->time > h->last_syn && tcp->ack == h->seq + 1)
        note_rtt(t, h, p->time - h->last_syn);
}

static bool fits_a_syn(const sse_handshake *h, const obs_tcp *tcp)
{
    return (tcp->flags & OBS_TCP_ACK) != 0 && h->frame != 0 &&
           (tcp->ack == h->seq + 1 || (h->attempts > 1 && tcp->ack == h->prev_seq + 1));
}

static void reset(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_handshake *h = sse_tracker_handshake(t, index);
    sse_session *s = h->session;
    bool early = s != NULL && !s->payload_seen && s->gateway_payload_frame == 0 && s->syn_ack &&
                 p->time - s->open_time <= RESET_AFTER && s->client_close_time == 0;

    if ((s == NULL || early) && fits_a_syn(h, tcp)) {
        if (s == NULL && h->met != SSE_MET_NOTHING && h->met_seq == tcp->ack - 1)
            return;
        h->met = SSE_MET_RESET;
        h->met_time = p->time;
        h->met_frame = p->frame;
        h->met_seq = tcp->ack - 1;
        h->met_ttl = p->ttl;
        h->met_window = tcp->window;
        h->reset_delay = p->time > h->last_syn ? (uint32_t)MIN((p->time - h->last_syn) / 1000, UINT32_MAX) : 0;
        if (early) {
            h->reset_and_syn_ack = true;
            h->session = NULL;
            g_free(s);
        }
        failed_hint(t, h);
        sse_reset kept = { .frame = p->frame, .delay = h->reset_delay };
        g_array_append_val(t->resets, kept);
        sse_add_mark(t, p->frame, SSE_MARK_RESET, SSE_OF_HANDSHAKE, index, h->attempts);
        return;
    }
    if (s != NULL && s->gateway_close_time == 0) {
        s->gateway_close_time = p->time;
        s->gateway_close_frame = p->frame;
        s->gateway_closed_by_reset = true;
        s->close_ttl = p->ttl;
        s->close_window = tcp->window;
        if (s->gateway_payload_frame == 0 && s->payload_seen)
            failed_hint(t, h);
        sse_add_mark(t, p->frame, SSE_MARK_RESET, SSE_OF_HANDSHAKE, index, h->attempts);
    }
}

static void rejected(sse_tracker *t, sse_handshake *h, const obs_packet *p, const obs_icmp *icmp)
{
    h->met = SSE_MET_ICMP;
    h->met_time = p->time;
    h->met_frame = p->frame;
    h->met_seq = icmp->seq;
    h->met_ttl = p->ttl;
    h->icmp = sse_add_icmp(t, p, icmp);
    failed_hint(t, h);
}

/* A reset or an ICMP error about this SYN may have come first in the file. */
static void adopt(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_orphan *o;
    unsigned at = 0;

    while ((o = sse_next_orphan(t, p, &at)) != NULL) {
        sse_handshake *h = sse_tracker_handshake(t, index);

        if (h->session != NULL || (h->met != SSE_MET_NOTHING && h->met_seq == tcp->seq))
            return;
        if (o->tcp.flags != 0) {
            if (sse_addr_equal(&o->packet.src, &p->dst) && o->packet.sport == p->dport && o->packet.dport == p->sport &&
                o->tcp.ack == tcp->seq + 1) {
                reset(t, index, &o->packet, &o->tcp);
                sse_take_orphan(o);
            }
        } else if (o->icmp.protocol == 6 && sse_addr_equal(&o->icmp.dst, &p->dst) && o->icmp.sport == p->sport &&
                   o->icmp.dport == p->dport && o->icmp.seq == tcp->seq) {
            sse_add_mark(t, o->packet.frame, SSE_MARK_ICMP, SSE_OF_HANDSHAKE, index, h->attempts);
            rejected(t, h, &o->packet, &o->icmp);
            sse_take_orphan(o);
        }
    }
}

static void connect_answer(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_http *http)
{
    sse_handshake *h = sse_tracker_handshake(t, index);
    sse_session *s = h->session;

    /* 1xx announces the answer. */
    if (!s->connect_waiting || http->status < 200)
        return;
    s->connect_waiting = false;
    sse_connect_answer answer = {
        .time = p->time, .frame = p->frame, .handshake = index, .host = s->connect_host, .status = http->status,
    };
    g_array_append_val(t->connects, answer);
    if (http->status < 400) {
        int64_t base;
        sse_control *control = sse_control_at(t, sse_tracker_address(t, h->client), p->time, &base);

        if (control != NULL)
            control->proxy_answered = true;
    } else if (http->status != 403) {
        failed_hint(t, h);
    }
    sse_add_mark(t, p->frame, SSE_MARK_CONNECT_ANSWER, SSE_OF_HANDSHAKE, index, h->attempts);
}

static void gateway_payload(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_handshake *h = sse_tracker_handshake(t, index);
    sse_session *s = h->session;

    sse_heard(t, h->client, p, true);
    if (p->time >= s->last_gateway_time) {
        s->last_gateway_time = p->time;
        s->last_gateway_frame = p->frame;
    }
    if (s->gateway_payload_frame == 0) {
        s->gateway_payload_frame = p->frame;
        sse_fold_direct(t, sse_tracker_address(t, h->client), h->time);
        if (!(tcp->http.kind == OBS_HTTP_RESPONSE && s->connect_waiting))
            sse_add_mark(t, p->frame, SSE_MARK_GATEWAY_PAYLOAD, SSE_OF_HANDSHAKE, index, h->attempts);
    }
    if (tcp->http.kind == OBS_HTTP_RESPONSE)
        connect_answer(t, index, p, &tcp->http);
}

static void from_gateway(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_handshake *h = sse_tracker_handshake(t, index);
    sse_session *s;

    if ((tcp->flags & OBS_TCP_RST) != 0) {
        reset(t, index, p, tcp);
        return;
    }
    s = h->session;
    if (s == NULL)
        return;
    s->no_window &= tcp->window == 0;
    if ((tcp->flags & OBS_TCP_ACK) != 0) {
        if (s->payload_seen && seq_after(tcp->ack, s->first_payload_seq)) {
            s->payload_acked = true;
            s->acked_any = true;
        }
        if (s->big_txs != 0 && s->big_txs != UINT8_MAX && seq_after(tcp->ack, s->big_seq))
            s->big_txs = 0;
    }
    /* What comes behind a reset no longer reaches the client: it opens nothing,
     * and what was said about the reset stays true. */
    if (p->payload_len > 0 &&
        !(s->gateway_closed_by_reset && p->time > s->gateway_close_time && h->last_syn < s->gateway_close_time))
        gateway_payload(t, index, p, tcp);
    if ((tcp->flags & OBS_TCP_FIN) != 0 && s->gateway_close_time == 0) {
        s->gateway_close_time = p->time;
        s->gateway_close_frame = p->frame;
        if (s->gateway_payload_frame == 0 && s->payload_seen)
            failed_hint(t, h);
        sse_add_mark(t, p->frame, SSE_MARK_FIN, SSE_OF_HANDSHAKE, index, h->attempts);
    }
}

/* The address's index as a gateway, made where the preference names it. */
static uint32_t gateway_of(sse_tracker *t, const obs_packet *p, bool destination)
{
    const sse_addr *addr = destination ? &p->dst : &p->src;
    uint16_t port = destination ? p->dport : p->sport;
    uint32_t index;

    if (port != 443 && port != 80)
        return SSE_NONE;
    index = destination ? sse_destination_of(t, p) : sse_source_of(t, p);
    if (index != SSE_NONE && (sse_tracker_address(t, index)->role & SSE_ROLE_GATEWAY) != 0)
        return index;
    if (t->config.gateways->len > 0 && sse_ranges_contain(t->config.gateways, addr) &&
        !(index != SSE_NONE && (sse_tracker_address(t, index)->role & SSE_ROLE_CLIENT) != 0))
        return sse_tracker_learn_gateway(t, addr, NULL, SSE_KNOWN_PREFERENCE, p->frame, p->time);
    return SSE_NONE;
}

bool sse_handshake_segment(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp)
{
    uint32_t gateway = gateway_of(t, p, true), client, index;
    bool out = gateway != SSE_NONE, syn = (tcp->flags & OBS_TCP_SYN) != 0, ack = (tcp->flags & OBS_TCP_ACK) != 0;
    uint16_t sport = out ? p->sport : p->dport, port = out ? p->dport : p->sport;

    if (!out) {
        gateway = gateway_of(t, p, false);
        if (gateway == SSE_NONE)
            return false;
    }
    client = out ? sse_source_of(t, p) : sse_destination_of(t, p);
    index = client != SSE_NONE ? find_handshake(t, client, gateway, sport, port) : SSE_NONE;
    if (sse_is_copy(t, p, sse_mix((uint64_t)tcp->seq << 32 | tcp->ack, tcp->flags))) {
        if (index != SSE_NONE && (syn || (tcp->flags & OBS_TCP_RST) != 0))
            sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_HANDSHAKE, index, sse_tracker_handshake(t, index)->attempts);
        return true;
    }
    if (out && syn && !ack) {
        client = sse_make_client(t, p, &p->src);
        if (client == SSE_NONE)
            return true;
        sse_client_sent(t, client, p);
        index = client_syn(t, index, client, gateway, p, tcp);
        if (index == SSE_NONE)
            return true;
        sse_add_mark(t, p->frame, SSE_MARK_SYN, SSE_OF_HANDSHAKE, index, sse_tracker_handshake(t, index)->attempts);
        adopt(t, index, p, tcp);
        return true;
    }
    if (out) {
        if (index != SSE_NONE) {
            sse_client_sent(t, client, p);
            from_client(t, index, p, tcp);
        }
        return true;
    }
    if (syn && ack && (index == SSE_NONE || (sse_tracker_handshake(t, index)->session != NULL &&
                                             sse_tracker_handshake(t, index)->session->older_than_file))) {
        client = sse_make_client(t, p, &p->dst);
        if (client == SSE_NONE || !sse_has_room(t, t->handshakes, SSE_LIMIT_HANDSHAKES, p))
            return true;
        index = new_handshake(t, client, gateway, sport, port, p->time);
        sse_tracker_handshake(t, index)->seq = tcp->ack - 1;
    } else if (index == SSE_NONE && p->payload_len > 0 && (tcp->flags & OBS_TCP_RST) == 0) {
        client = sse_make_client(t, p, &p->dst);
        if (client == SSE_NONE || !sse_has_room(t, t->handshakes, SSE_LIMIT_HANDSHAKES, p))
            return true;
        index = new_handshake(t, client, gateway, sport, port, t->first_time);
        open_session(sse_tracker_handshake(t, index), p)->older_than_file = true;
    }
    if ((tcp->flags & OBS_TCP_RST) != 0 && ack &&
        (index == SSE_NONE || (sse_tracker_handshake(t, index)->session == NULL &&
                               !fits_a_syn(sse_tracker_handshake(t, index), tcp))))
        sse_keep_orphan(t, p, tcp, NULL);
    if (index == SSE_NONE)
        return true;
    if (syn && ack)
        syn_ack(t, index, p, tcp);
    else
        from_gateway(t, index, p, tcp);
    return true;
}

bool sse_handshake_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp)
{
    uint32_t client = sse_find_address(t, &icmp->src), gateway = sse_find_address(t, &icmp->dst), index;
    bool v4 = p->src.family == 4;
    sse_handshake *h;

    if (icmp->protocol != 6 || gateway == SSE_NONE || client == SSE_NONE ||
        (sse_tracker_address(t, gateway)->role & SSE_ROLE_GATEWAY) == 0)
        return false;
    bool rejects = v4 ? (icmp->type == 3 && icmp->code != 4) || icmp->type == 11 : icmp->type == 1 || icmp->type == 3;
    index = find_handshake(t, client, gateway, icmp->sport, icmp->dport);
    if (index == SSE_NONE) {
        if (rejects)
            sse_keep_orphan(t, p, NULL, icmp);
        return false;
    }
    h = sse_tracker_handshake(t, index);
    if (sse_is_copy(t, p, sse_mix(icmp->seq, (uint64_t)icmp->sport << 16 | icmp->dport))) {
        sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_HANDSHAKE, index, h->attempts);
        return true;
    }
    sse_add_mark(t, p->frame, SSE_MARK_ICMP, SSE_OF_HANDSHAKE, index, h->attempts);
    if (v4 ? icmp->type == 3 && icmp->code == 4 : icmp->type == 2) {
        if (icmp->quoted_len > BIG_SEGMENT)
            sse_add_fact(t, SSE_FACT_PATH_MTU, client, p, &icmp->dst);
        return true;
    }
    if (!rejects || h->session != NULL)
        return true;
    if (icmp->seq != h->seq && icmp->seq != h->prev_seq) {
        sse_keep_orphan(t, p, NULL, icmp);
        return true;
    }
    if (h->met == SSE_MET_NOTHING || h->met_seq != icmp->seq)
        rejected(t, h, p, icmp);
    return true;
}
