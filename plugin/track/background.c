/* background.c
 * What else a client does: its traffic with neither a resolver nor a gateway.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "background.h"

#include "control.h"
#include "direct.h"
#include "flows.h"
#include "frames.h"
#include "rcodes.h"
#include "round_trips.h"
#include "waiting.h"

/* Of other conversations, see sse_conversation_key(). */
#define CONVERSATION_DNS 2

static uint64_t tcp_key(const sse_addr *peer, uint16_t peer_port, uint16_t own_port)
{
    return sse_conversation_key(peer, peer_port, own_port, SSE_TCP);
}

static uint64_t dns_key(const sse_addr *peer, uint16_t peer_port, uint16_t own_port, uint16_t id)
{
    return sse_mix(sse_conversation_key(peer, peer_port, own_port, CONVERSATION_DNS), id);
}

/* A resolver's or gateway's other ports tell nothing about the line. */
static bool is_peer_of_service(const sse_tracker *t, uint32_t index, const sse_addr *addr)
{
    return (sse_role_at(t, index, addr) & (SSE_ROLE_RESOLVER | SSE_ROLE_GATEWAY)) != 0;
}

/* dst: the peer's index, or SSE_NONE. @return false where it is a copy. */
static bool from_client(sse_tracker *t, uint32_t client, uint32_t dst, const obs_packet *p, const obs_tcp *tcp)
{
    sse_address *a = sse_address_at(t, client);
    uint64_t key = tcp_key(&p->dst, p->dport, p->sport);

    a->sent_others = true;
    if ((tcp->flags & (OBS_TCP_SYN | OBS_TCP_ACK)) == OBS_TCP_SYN && sse_tracker_is_public(t, &p->dst) &&
        !is_peer_of_service(t, dst, &p->dst)) {
        if (sse_is_copy(t, p, tcp->seq))
            return false;
        sse_direct_syn(t, client, p, sse_wait_for(t, a, key, p->time, false) == SSE_ATTEMPT_OPENED);
    }
    if (tcp->http.kind == OBS_HTTP_CONNECT || tcp->http.kind == OBS_HTTP_ABSOLUTE ||
        tcp->http.kind == OBS_HTTP_PORTAL_TEST)
        sse_expect_http(a, key, &tcp->http);
    if (tcp->http.kind == OBS_HTTP_CONNECT)
        sse_direct_connect(t, client, p);
    else if (tcp->http.kind == OBS_HTTP_PORTAL_TEST)
        sse_direct_test(a, p);
    return true;
}

/* src: the peer's index, or SSE_NONE */
static void to_client(sse_tracker *t, uint32_t client, uint32_t src, const obs_packet *p, const obs_tcp *tcp)
{
    sse_address *a = sse_address_at(t, client);
    uint64_t key = tcp_key(&p->src, p->sport, p->dport);
    bool syn_ack = (tcp->flags & (OBS_TCP_SYN | OBS_TCP_ACK)) == (OBS_TCP_SYN | OBS_TCP_ACK);

    if (syn_ack && !is_peer_of_service(t, src, &p->src)) {
        if (sse_is_copy(t, p, tcp->seq))
            return;
        /* What nobody asked for opens nothing. */
        if (sse_flow_asked(t, client, p->dport, &p->src, p->sport))
            sse_worked(t, a, p->time, true);
        else
            sse_flow_keep(t, client, p, SSE_FLOW_OPENING);
        sse_direct_opened(a, p);
    }
    if (syn_ack || (tcp->flags & OBS_TCP_RST) != 0) {
        const int64_t waited = sse_attempt_answered(t, a, key, p->time, (tcp->flags & OBS_TCP_SYN) != 0);

        if (syn_ack)
            sse_note_round_trip(t, &p->src, waited);
    }
    if (tcp->http.kind == OBS_HTTP_RESPONSE)
        sse_http_answer(t, client, key, p, &tcp->http);
}

void sse_background_segment(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp)
{
    uint32_t src, dst;

    /* What most segments are: of a connection that goes on. */
    if ((tcp->flags & (OBS_TCP_SYN | OBS_TCP_RST)) == 0 && tcp->http.kind == OBS_HTTP_NONE)
        return;
    src = sse_source_of(t, p);
    dst = sse_destination_of(t, p);
    if (sse_is_client(t, src) && (sse_ends_on_the_way(sse_address_at(t, src), p) || !from_client(t, src, dst, p, tcp)))
        return;
    if (sse_is_client(t, dst))
        to_client(t, dst, src, p, tcp);
}

void sse_background_dns(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    uint32_t client = dns->response ? sse_destination_of(t, p) : sse_source_of(t, p);
    sse_address *a;

    if (!sse_is_client(t, client))
        return;
    /* A copy of the query may come after the answer, and would wait forever. */
    if (sse_is_copy(t, p, 6))
        return;
    a = sse_address_at(t, client);
    if (!dns->response) {
        a->sent_others = true;
        sse_wait_for(t, a, dns_key(&p->dst, p->dport, p->sport, dns->id), p->time, true);
    } else if (!sse_rcode_is_cut_off(dns->rcode)) {
        if (sse_flow_asked(t, client, p->dport, &p->src, p->sport))
            sse_worked(t, a, p->time, false);
        else
            sse_flow_keep(t, client, p, SSE_FLOW_DNS_ANSWER);
        sse_attempt_answered(t, a, dns_key(&p->src, p->sport, p->dport, dns->id), p->time, false);
    }
}

void sse_background_icmp(sse_tracker *t, uint32_t client, const obs_packet *p, const obs_icmp *icmp)
{
    sse_address *a = sse_address_at(t, client);

    sse_attempt_answered(t, a, tcp_key(&icmp->dst, icmp->dport, icmp->sport), p->time, false);
    if (icmp->has_dns_id)
        sse_attempt_answered(t, a, dns_key(&icmp->dst, icmp->dport, icmp->sport, icmp->dns_id), p->time, false);
}

void sse_background_quic(sse_tracker *t, uint32_t client, const obs_packet *p)
{
    sse_address *a = sse_address_at(t, client);

    if (a->quic_frames == NULL)
        a->quic_frames = g_new(uint32_t, SSE_QUIC_FRAMES);
    if (a->quic_count < SSE_QUIC_FRAMES)
        a->quic_frames[a->quic_count] = p->frame;
    a->quic_count++;
}
