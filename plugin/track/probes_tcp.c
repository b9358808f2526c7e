/* probes_tcp.c
 * Probes over TCP.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "probes_tcp.h"

#include "early.h"
#include "endpoints.h"
#include "frames.h"
#include "interned.h"
#include "ports.h"
#include "probes.h"
#include "probes_dnscrypt.h"
#include "room.h"

/* A TCP connection to a resolver counts as the module's so long after a probe. */
#define TCP_AFTER_PROBE (60 * SSE_SECOND)

static void from_resolver(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp, const obs_dns *dns);

/* A question of the module's, whose answer only OpenDNS gives. What else is asked on
 * such a connection is the users': any answer to it is as good. */
static bool is_probe_name(const obs_dns *dns)
{
    return dns->name == OBS_NAME_DEBUG || dns->name == OBS_NAME_CERT;
}

/* What came on a connection whose SYN is not there yet. */
static void keep_for_syn(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_dns *dns)
{
    const bool reply = dns != NULL && dns->response;
    sse_early *o;

    if ((tcp->flags & (OBS_TCP_SYN | OBS_TCP_RST)) == 0 && !reply && tcp->dnscrypt.kind != OBS_DNSCRYPT_REPLY)
        return;
    o = sse_keep_early(t, p, tcp, NULL);
    o->has_dns = reply;
    if (reply) {
        o->dns = *dns;
        obs_dns_forget(&o->dns);
    }
}

/* What this SYN's connection got may have come first in the file, but hardly more. */
#define NEAR_SEQ 65536u

static void adopt(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp)
{
    sse_early *o;
    unsigned at = 0;

    while ((o = sse_next_early(t, p, &at)) != NULL) {
        if (o->tcp.flags == 0 || !sse_addr_equal(&o->packet.src, &p->dst) || o->packet.sport != p->dport ||
            o->packet.dport != p->sport || o->tcp.ack - tcp->seq - 1 >= NEAR_SEQ)
            continue;
        from_resolver(t, index, &o->packet, &o->tcp, o->has_dns ? &o->dns : NULL);
        sse_take_early(o);
    }
}

/* A client's SYN. index: the probe of its ports, or SSE_NONE */
static void client_syn(sse_tracker *t, uint32_t index, uint32_t client, uint32_t resolver, const obs_packet *p,
                       const obs_tcp *tcp)
{
    const sse_address *a = sse_tracker_address(t, client);
    sse_probe *q;

    if (index != SSE_NONE && sse_tracker_probe(t, index)->question == tcp->seq) {
        q = sse_probe_at(t, index);
        if (q->attempts < UINT16_MAX)
            q->attempts++;
        q->ttl = MAX(q->ttl, p->ttl);
        q->last_time = p->time;
        q->last_frame = p->frame;
    } else {
        if (a->last_udp_probe == 0 || p->time - a->last_udp_probe > TCP_AFTER_PROBE ||
            !sse_has_room(t, t->probes, SSE_LIMIT_PROBES, p))
            return;
        index = sse_new_probe(t, client, resolver, p, p->sport, p->dport, SSE_TCP, false);
        q = sse_probe_at(t, index);
        q->frame = q->last_frame = p->frame;
        q->attempts = 1;
        q->question = tcp->seq;
        q->ttl = p->ttl;
        adopt(t, index, p, tcp);
        q = sse_probe_at(t, index);
    }
    sse_client_sent(t, client, p);
    sse_add_mark(t, p->frame, SSE_MARK_SYN, SSE_OF_PROBE, index, q->attempts);
}

static void from_client(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp, const obs_dns *dns)
{
    sse_probe *q = sse_probe_at(t, index);

    if (dns != NULL && is_probe_name(dns) && !dns->response) {
        q->id = dns->id;
        q->name = (uint8_t)dns->name;
        q->query_identity = sse_intern_identity(t, SSE_NONE, p->time, dns->identity);
    } else if (dns != NULL && !dns->response && q->name == OBS_NAME_OTHER) {
        q->id = dns->id;
        q->name = OBS_NAME_USER;
    } else if (tcp->dnscrypt.kind == OBS_DNSCRYPT_QUERY) {
        q->name = OBS_NAME_DNSCRYPT;
    } else {
        return;
    }
    sse_add_mark(t, p->frame, SSE_MARK_QUERY, SSE_OF_PROBE, index, q->attempts);
}

static void from_resolver(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_tcp *tcp, const obs_dns *dns)
{
    sse_probe *q = sse_probe_at(t, index);

    if ((tcp->flags & OBS_TCP_RST) != 0) {
        if (q->reset_frame == 0 && q->reply == SSE_REPLY_NONE)
            q->reset_frame = p->frame;
        sse_add_mark(t, p->frame, SSE_MARK_RESET, SSE_OF_PROBE, index, q->attempts);
    } else if ((tcp->flags & OBS_TCP_SYN) != 0) {
        q->opened = true;
        sse_add_mark(t, p->frame, SSE_MARK_SYN_ACK, SSE_OF_PROBE, index, q->attempts);
    } else if (dns != NULL && dns->response) {
        q->opened = true;
        if (q->name == OBS_NAME_OTHER)
            q->name = (uint8_t)(is_probe_name(dns) ? dns->name : OBS_NAME_USER);
        /* On one connection several questions may be asked. */
        if (q->name != OBS_NAME_USER && !is_probe_name(dns))
            return;
        sse_take_reply(t, index, p, dns);
        if (dns->certificate_expired)
            sse_add_fact(t, dns->certificate_early ? SSE_FACT_CERTIFICATE_EARLY : SSE_FACT_CERTIFICATE, q->client, p, &p->src);
    } else if (tcp->dnscrypt.kind == OBS_DNSCRYPT_REPLY) {
        obs_dns reply = sse_dnscrypt_as_dns(&tcp->dnscrypt, SSE_TCP);

        q->opened = true;
        sse_take_reply(t, index, p, &reply);
    }
}

bool sse_probe_segment(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_dns *dns)
{
    bool out = sse_is_resolver_port(p->dport) && sse_is_resolver_at(t, sse_destination_of(t, p), &p->dst);
    bool in = !out && sse_is_resolver_port(p->sport) && sse_is_resolver_at(t, sse_source_of(t, p), &p->src);
    uint16_t sport = out ? p->sport : p->dport, port = out ? p->dport : p->sport;
    uint32_t client, resolver, index;

    if (!out && !in)
        return false;
    client = out ? sse_source_of(t, p) : sse_destination_of(t, p);
    resolver = sse_make_address(t, out ? &p->dst : &p->src);
    if (!sse_is_client(t, client))
        return true;
    index = sse_newest_probe(t, client, resolver, sport, port, SSE_TCP);
    if (index != SSE_NONE && (sse_tracker_probe(t, index)->transport != SSE_TCP ||
                              !sse_same_flow(sse_tracker_probe(t, index), client, resolver, sport, port)))
        index = SSE_NONE;
    if (sse_is_copy(t, p, sse_mix(tcp->seq, tcp->flags))) {
        if (index != SSE_NONE)
            sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_PROBE, index, 1);
    } else if (out && (tcp->flags & (OBS_TCP_SYN | OBS_TCP_ACK)) == OBS_TCP_SYN) {
        client_syn(t, index, client, resolver, p, tcp);
    } else if (index != SSE_NONE) {
        if (out)
            from_client(t, index, p, tcp, dns);
        else
            from_resolver(t, index, p, tcp, dns);
    } else if (in) {
        keep_for_syn(t, p, tcp, dns);
    }
    return true;
}
