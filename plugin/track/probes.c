/* probes.c
 * Pairs the queries that test the way with their replies, over UDP; and ICMP errors
 * with both kinds of probes.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "probes.h"

#include "clock.h"
#include "control.h"
#include "early.h"
#include "endpoints.h"
#include "flows.h"
#include "frames.h"
#include "icmp.h"
#include "interned.h"
#include "nat.h"
#include "ports.h"
#include "rcodes.h"
#include "room.h"
#include "round_trips.h"

/* How many probes with the same ports are looked at for the one that is meant:
 * the module uses a fresh port or a fresh id each time, so it is the first. */
#define MAX_CHAIN       256

/* A host rejects what reaches it at once. */
#define REJECTED_WITHIN SSE_SECOND

/* What is longer ago than the timeout and this has no part in a new query. */
#define STALE_AFTER     (10 * SSE_SECOND)

static uint64_t probe_key(uint32_t client, uint32_t resolver, uint16_t sport, uint16_t port, sse_transport transport)
{
    return sse_mix(sse_mix(transport + 1u, (uint64_t)client << 32 | resolver), (uint64_t)sport << 16 | port);
}

uint32_t sse_newest_probe(const sse_tracker *t, uint32_t client, uint32_t resolver, uint16_t sport, uint16_t port,
                          sse_transport transport)
{
    return sse_key_table_get(&t->index->probes, probe_key(client, resolver, sport, port, transport));
}

uint32_t sse_new_probe(sse_tracker *t, uint32_t client, uint32_t resolver, const obs_packet *p, uint16_t sport,
                       uint16_t port, sse_transport transport, bool local)
{
    uint64_t key = probe_key(client, resolver, sport, port, transport);
    uint32_t index = t->probes->len;
    sse_probe *q;

    g_array_set_size(t->probes, index + 1);
    q = sse_probe_at(t, index);
    q->time = q->last_time = p->time;
    q->client = client;
    q->resolver = resolver;
    q->sport = sport;
    q->port = port;
    q->transport = (uint8_t)transport;
    q->local = local;
    q->epoch = (uint16_t)sse_epoch_now(t);
    q->icmp = q->nat_peer = SSE_NONE;
    sse_init_control(&q->control);
    q->older = sse_key_table_exchange(&t->index->probes, key, index);
    if (!local && transport == SSE_UDP)
        sse_address_at(t, client)->newest = sse_record_number(SSE_OF_PROBE, index);
    return index;
}

/* The first ICMP error about a probe. */
static void take_icmp(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_icmp *icmp)
{
    sse_probe *q = sse_probe_at(t, index);
    obs_packet answer = *p;

    if (q->icmp != SSE_NONE)
        return;
    if (q->reply == SSE_REPLY_NONE)
        q->early = sse_note_answer(t, q->time, &answer.time);
    q->icmp = sse_add_icmp(t, &answer, icmp);
}

/* An ICMP error about this query may have come first in the file. */
static void adopt_icmp(sse_tracker *t, uint32_t index, const obs_packet *p)
{
    sse_early *o;
    unsigned at = 0;

    while ((o = sse_next_early(t, p, &at)) != NULL) {
        sse_probe *q = sse_probe_at(t, index);

        if (o->tcp.flags != 0 || o->icmp.protocol != 17 || !sse_addr_equal(&o->icmp.dst, &p->dst) ||
            o->icmp.sport != p->sport || o->icmp.dport != p->dport || (o->icmp.has_dns_id && o->icmp.dns_id != q->id))
            continue;
        take_icmp(t, index, &o->packet, &o->icmp);
        sse_add_mark(t, o->packet.frame, SSE_MARK_ICMP, SSE_OF_PROBE, index, q->attempts);
        sse_take_early(o);
    }
}

/* The first attempt of a probe, which is new or of which only the reply was known. */
static void take_query(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_dns *dns)
{
    sse_probe *q = sse_probe_at(t, index);

    q->time = q->last_time = p->time;
    q->frame = q->last_frame = p->frame;
    q->epoch = (uint16_t)sse_epoch_now(t);
    q->attempts = 1;
    if (q->reply != SSE_REPLY_NONE)
        q->early = sse_note_answer(t, q->time, &q->reply_time);
    q->id = dns->id;
    q->question = dns->question;
    q->name = (uint8_t)dns->name;
    q->ttl = p->ttl;
    q->adapter = sse_adapter_of(sse_address_at(t, q->client), p);
    q->query_identity = sse_intern_identity(t, SSE_NONE, p->time, dns->identity);
    sse_add_mark(t, p->frame, SSE_MARK_QUERY, SSE_OF_PROBE, index, 1);
    if (!q->local) {
        sse_address_at(t, q->client)->last_udp_probe = p->time;
        sse_address_at(t, q->client)->questions_asked++;
        sse_match_query(t, index, p);
    }
}

static void take_repeat(sse_tracker *t, uint32_t index, const obs_packet *p)
{
    sse_probe *q = sse_probe_at(t, index);

    if (q->attempts < UINT16_MAX)
        q->attempts++;
    q->ttl = MAX(q->ttl, p->ttl);
    if (p->time < q->time)
        q->time = p->time;
    if (p->time > q->last_time) {
        q->last_time = p->time;
        q->last_frame = p->frame;
    }
    sse_add_mark(t, p->frame, SSE_MARK_QUERY, SSE_OF_PROBE, index, q->attempts);
}

/* The newest probe that is this query, or SSE_NONE. at: the newest of its flow; copy: it
 * may be of any age */
static uint32_t find_query(const sse_tracker *t, const obs_packet *p, const obs_dns *dns, uint32_t client,
                           uint32_t resolver, uint32_t at, bool copy)
{
    for (unsigned steps = 0; at != SSE_NONE && steps < MAX_CHAIN; steps++) {
        const sse_probe *q = sse_tracker_probe(t, at);

        /* Those behind it are older still. In one epoch no time is more than a
         * second earlier than one before it. */
        if (!copy && (q->epoch != sse_epoch_now(t) ||
                      sse_clock(t) - q->last_time > t->config.probe_timeout + STALE_AFTER))
            return SSE_NONE;
        if (sse_same_flow(q, client, resolver, p->sport, p->dport) && q->id == dns->id && q->frame != 0 &&
            q->question == dns->question && q->transport == SSE_UDP)
            return at;
        at = q->older;
    }
    return SSE_NONE;
}

static uint64_t alone_key(uint32_t client, uint32_t resolver, uint16_t sport, uint16_t port, uint16_t id)
{
    return sse_mix(probe_key(client, resolver, sport, port, SSE_UDP), id);
}

/* A probe of which only the reply is there, and which this message may belong to: the
 * query (first: of this time), or one more reply. */
static bool is_alone(const sse_probe *q, uint32_t client, uint32_t resolver, uint16_t sport, uint16_t port,
                     const obs_dns *dns)
{
    return q->frame == 0 && sse_same_flow(q, client, resolver, sport, port) && q->transport == SSE_UDP &&
           q->id == dns->id && (q->question == dns->question || q->question == 0) &&
           (q->name == OBS_NAME_DNSCRYPT) == (dns->name == OBS_NAME_DNSCRYPT);
}

/* The reply to this query that came first in the file, however long before, or SSE_NONE:
 * the first that is not stamped before it, else the last that is, by a second at most. */
static uint32_t find_alone(sse_tracker *t, const obs_packet *p, const obs_dns *dns, uint32_t client, uint32_t resolver)
{
    const uint64_t key = alone_key(client, resolver, p->sport, p->dport, dns->id);
    uint32_t best = SSE_NONE, other = SSE_NONE;
    uint32_t at = sse_key_table_get(&t->index->alone, key);

    for (unsigned steps = 0; at != SSE_NONE && steps < MAX_CHAIN; steps++) {
        const sse_probe *q = sse_tracker_probe(t, at), *b = best != SSE_NONE ? sse_tracker_probe(t, best) : NULL;

        if (is_alone(q, client, resolver, p->sport, p->dport, dns)) {
            bool fits = sse_may_answer(p->time, q->reply_time) &&
                        q->reply_time - p->time <= t->config.probe_timeout + STALE_AFTER;

            if (fits && (b == NULL || (q->reply_time >= p->time ? b->reply_time < p->time || q->reply_time < b->reply_time
                                                                : q->reply_time > b->reply_time && b->reply_time < p->time))) {
                other = best != SSE_NONE ? best : other;
                best = at;
            } else {
                other = at;
            }
        }
        at = q->older;
    }
    if (best != SSE_NONE)
        sse_key_table_exchange(&t->index->alone, key, other);
    return best;
}

/* Is it a packet of this query once more? What its first packet was stands in the
 * record: most are alone, and need not be remembered anywhere else. */
static bool is_query_again(sse_tracker *t, const obs_packet *p, uint32_t probe, uint64_t hash)
{
    const sse_probe *q = probe != SSE_NONE ? sse_tracker_probe(t, probe) : NULL;

    if (q != NULL && q->query_hash == (uint32_t)hash && sse_is_copy_of(p, q->time))
        return true;
    return sse_was_seen(t, p, hash);
}

/* The same of a reply to it. */
static bool is_reply_again(sse_tracker *t, const obs_packet *p, uint32_t probe, uint64_t hash)
{
    const sse_probe *q = probe != SSE_NONE ? sse_tracker_probe(t, probe) : NULL;

    if (q != NULL && q->reply == SSE_REPLY_NONE && p->time >= q->time)
        return false;
    if (q != NULL && !q->early && q->reply_hash == (uint32_t)hash && sse_is_copy_of(p, q->reply_time))
        return true;
    return sse_was_seen(t, p, hash);
}

void sse_probe_query(sse_tracker *t, const obs_packet *p, const obs_dns *dns, uint32_t client, uint32_t resolver,
                     bool local)
{
    const uint64_t hash = sse_packet_hash(p, 1);
    const uint32_t newest = sse_newest_probe(t, client, resolver, p->sport, p->dport, SSE_UDP);
    uint32_t found = find_query(t, p, dns, client, resolver, newest, false);
    bool copy = false;

    /* Of a flow that is new nothing can have been there before. */
    if (newest != SSE_NONE) {
        const uint32_t older = found == SSE_NONE && sse_epoch_now(t) > 0
                                   ? find_query(t, p, dns, client, resolver, newest, true) : found;

        copy = is_query_again(t, p, older, hash);
        if (copy && found == SSE_NONE)
            found = older != SSE_NONE ? older : find_query(t, p, dns, client, resolver, newest, true);
    }
    if (found != SSE_NONE) {
        const sse_probe *q = sse_tracker_probe(t, found);
        bool of_now = q->epoch == sse_epoch_now(t);

        if (copy) {
            sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_PROBE, found, q->attempts);
            sse_adapter_copies(sse_address_at(t, client), q->adapter, p);
            return;
        }
        if (of_now && p->time - q->time <= t->config.probe_timeout) {
            take_repeat(t, found, p);
            return;
        }
    }
    if (copy)
        return;
    found = find_alone(t, p, dns, client, resolver);
    if (found != SSE_NONE) {
        if (local)
            sse_address_at(t, resolver)->questions_answered++;
        take_query(t, found, p, dns);
        sse_probe_at(t, found)->query_hash = (uint32_t)hash;
        return;
    }
    if (!sse_has_room(t, t->probes, SSE_LIMIT_PROBES, p))
        return;
    found = sse_new_probe(t, client, resolver, p, p->sport, p->dport, SSE_UDP, local);
    take_query(t, found, p, dns);
    sse_probe_at(t, found)->query_hash = (uint32_t)hash;
    if (!local)
        adopt_icmp(t, found, p);
}

static sse_reply_kind reply_kind(const obs_packet *p, const obs_dns *dns, bool of_user)
{
    /* A name may not exist, or its servers not answer: the resolver does. */
    if (of_user)
        return dns->rcode == SSE_RCODE_REFUSED ? SSE_REPLY_REFUSED : SSE_REPLY_OPENDNS;
    /* The error alone any filter may give. */
    if (dns->court_order || (dns->censored && dns->server_string))
        return SSE_REPLY_COURT_ORDER;
    /* Only the resolver can know the query's nonce and its own magic. */
    if (dns->name == OBS_NAME_DNSCRYPT)
        return SSE_REPLY_OPENDNS;
    if (dns->rcode == 0 && (dns->name == OBS_NAME_CERT ? dns->certificate : dns->server_string))
        return SSE_REPLY_OPENDNS;
    /* The strings may be in the part that the snap length took. */
    if (dns->rcode == 0 && p->cut && dns->answers > 0)
        return SSE_REPLY_OPENDNS;
    if (dns->rcode == 0 && dns->truncated && dns->answers == 0)
        return SSE_REPLY_TRUNCATED;
    if (dns->rcode == 0 || dns->rcode == SSE_RCODE_NXDOMAIN)
        return SSE_REPLY_OTHER;
    return SSE_REPLY_REFUSED;
}

/* A reply to a question of the file that only OpenDNS gives. */
static void note_genuine(sse_address *resolver, uint8_t ttl, int64_t rtt)
{
    const uint32_t us = (uint32_t)CLAMP(rtt / 1000, 0, UINT32_MAX);

    if (us > 0 && (resolver->min_rtt == 0 || us < resolver->min_rtt))
        resolver->min_rtt = us;
    if (resolver->ttl_low == 0 || ttl < resolver->ttl_low)
        resolver->ttl_low = ttl;
    if (ttl > resolver->ttl_high)
        resolver->ttl_high = ttl;
}

void sse_take_reply(sse_tracker *t, uint32_t probe, const obs_packet *p, const obs_dns *dns)
{
    sse_probe *q = sse_probe_at(t, probe);
    sse_reply_kind kind = reply_kind(p, dns, q->name == OBS_NAME_USER);
    bool first = q->reply == SSE_REPLY_NONE || q->reply == SSE_REPLY_TRUNCATED || p->time < q->reply_time;

    if (q->reply != SSE_REPLY_NONE && q->reply != SSE_REPLY_TRUNCATED && kind != SSE_REPLY_TRUNCATED &&
        (kind != q->reply || (kind == SSE_REPLY_REFUSED && q->rcode != dns->rcode)) && q->conflict_frame == 0)
        q->conflict_frame = p->frame;
    if (first) {
        const bool answered = q->reply != SSE_REPLY_NONE || q->icmp != SSE_NONE;

        q->reply = (uint8_t)kind;
        q->reply_time = p->time;
        if (q->frame != 0 && !answered)
            q->early = sse_note_answer(t, q->time, &q->reply_time);
        else if (q->frame != 0)
            q->reply_time = MAX(q->reply_time, q->time);
        q->reply_frame = p->frame;
        q->rcode = dns->rcode;
        q->reply_ttl = p->ttl;
        q->reply_cut = p->cut;
        q->censored = dns->censored;
        q->reply_identity = sse_intern_identity(t, q->client, p->time, dns->identity);
        if (kind == SSE_REPLY_OPENDNS && q->frame != 0 && q->attempts == 1)
            sse_note_round_trip(t, &sse_tracker_address(t, q->resolver)->addr, p->time - q->time);
    }
    if (kind == SSE_REPLY_OPENDNS && q->frame != 0 && !q->local && q->name != OBS_NAME_USER)
        note_genuine(sse_address_at(t, q->resolver), p->ttl, q->attempts == 1 ? p->time - q->time : 0);
    sse_add_mark(t, p->frame, SSE_MARK_REPLY, SSE_OF_PROBE, probe, q->attempts);
}

/* The probe that a reply answers, or SSE_NONE: the newest that is not younger, else the
 * oldest that is, by a second at most. *wrong gets one with its ports
 * and id that waits, but asked something else; SSE_NONE without. */
static uint32_t find_answered(const sse_tracker *t, const obs_packet *p, const obs_dns *dns, uint32_t client,
                              uint32_t resolver, uint32_t *wrong)
{
    uint32_t at = SSE_NONE, younger = SSE_NONE;

    *wrong = SSE_NONE;
    if (client != SSE_NONE && resolver != SSE_NONE)
        at = sse_newest_probe(t, client, resolver, p->dport, p->sport, SSE_UDP);
    for (unsigned steps = 0; at != SSE_NONE && steps < MAX_CHAIN; steps++) {
        const sse_probe *q = sse_tracker_probe(t, at);

        if (sse_same_flow(q, client, resolver, p->dport, p->sport) && q->id == dns->id && q->transport == SSE_UDP &&
            q->frame != 0 && sse_may_answer(q->time, p->time) &&
            (q->name == OBS_NAME_DNSCRYPT) == (dns->name == OBS_NAME_DNSCRYPT)) {
            if (dns->qname == NULL || q->question == dns->question) {
                if (q->time <= p->time)
                    return at;
                younger = at;
            } else if (*wrong == SSE_NONE && q->reply == SSE_REPLY_NONE && q->time <= p->time) {
                *wrong = at;
            }
        }
        at = q->older;
    }
    return younger;
}

/* A reply whose query may follow in the file, or be lost. */
static void reply_alone(sse_tracker *t, const obs_packet *p, const obs_dns *dns, bool local)
{
    uint32_t client = sse_destination_of(t, p), resolver = sse_source_of(t, p), index = SSE_NONE;
    sse_probe *q;

    /* One more reply to the same query. */
    if (client != SSE_NONE && resolver != SSE_NONE)
        index = sse_key_table_get(&t->index->alone, alone_key(client, resolver, p->dport, p->sport, dns->id));
    if (index != SSE_NONE) {
        q = sse_probe_at(t, index);
        if (is_alone(q, client, resolver, p->dport, p->sport, dns) && ABS(p->time - q->reply_time) <= SSE_EARLY_WAIT) {
            sse_take_reply(t, index, p, dns);
            return;
        }
    }
    if (!sse_has_room(t, t->probes, SSE_LIMIT_PROBES, p))
        return;
    if (local)
        client = sse_addr_is_loopback(&p->dst) ? SSE_NONE : sse_make_address(t, &p->dst);
    else
        client = sse_make_client(t, p, &p->dst);
    if (client == SSE_NONE)
        return;
    resolver = sse_make_address(t, &p->src);
    index = sse_new_probe(t, client, resolver, p, p->dport, p->sport, SSE_UDP, local);
    sse_key_table_exchange(&t->index->alone, alone_key(client, resolver, p->dport, p->sport, dns->id), index);
    q = sse_probe_at(t, index);
    q->id = dns->id;
    q->question = dns->question;
    q->name = (uint8_t)dns->name;
    sse_take_reply(t, index, p, dns);
}

void sse_probe_reply(sse_tracker *t, const obs_packet *p, const obs_dns *dns, bool local)
{
    uint32_t client = sse_destination_of(t, p), resolver = sse_source_of(t, p), wrong;
    uint32_t found = find_answered(t, p, dns, client, resolver, &wrong);
    bool probe_name = dns->name == OBS_NAME_DEBUG || dns->name == OBS_NAME_CERT || dns->name == OBS_NAME_DNSCRYPT;
    const uint64_t hash = sse_packet_hash(p, 1);

    if (found == SSE_NONE && wrong == SSE_NONE && !probe_name)
        return;
    if (is_reply_again(t, p, found, hash)) {
        if (found != SSE_NONE)
            sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_PROBE, found, sse_tracker_probe(t, found)->attempts);
        return;
    }
    if (dns->certificate_expired && !local && (client == SSE_NONE || sse_flow_asked(t, client, p->dport, &p->src, p->sport)))
        sse_add_fact(t, dns->certificate_early ? SSE_FACT_CERTIFICATE_EARLY : SSE_FACT_CERTIFICATE, client, p, &p->src);
    if (found != SSE_NONE) {
        if (local && sse_probe_at(t, found)->reply == SSE_REPLY_NONE)
            sse_address_at(t, resolver)->questions_answered++;
        if (sse_probe_at(t, found)->reply == SSE_REPLY_NONE)
            sse_probe_at(t, found)->reply_hash = (uint32_t)hash;
        sse_take_reply(t, found, p, dns);
    } else if (wrong != SSE_NONE) {
        sse_add_fact(t, SSE_FACT_FORGED, client, p, &p->src);
    } else {
        reply_alone(t, p, dns, local);
    }
}

bool sse_probe_rejection(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp)
{
    const uint32_t client = sse_source_of(t, p), resolver = sse_destination_of(t, p);
    uint32_t at;

    if (icmp->protocol != 17 || !sse_icmp_is_port_unreachable(&p->src, icmp->type, icmp->code) ||
        !sse_is_resolver_port(icmp->sport) || !sse_is_client(t, client) || !sse_is_resolver_at(t, resolver, &p->dst) ||
        !sse_addr_equal(&icmp->dst, &p->src) || !sse_addr_equal(&icmp->src, &p->dst) ||
        !sse_is_of_client(sse_address_at(t, client), p))
        return false;
    at = resolver != SSE_NONE ? sse_newest_probe(t, client, resolver, icmp->dport, icmp->sport, SSE_UDP) : SSE_NONE;
    for (unsigned steps = 0; at != SSE_NONE && steps < MAX_CHAIN; steps++) {
        sse_probe *q = sse_probe_at(t, at);

        if (sse_same_flow(q, client, resolver, icmp->dport, icmp->sport) && q->transport == SSE_UDP && !q->local &&
            q->reply == SSE_REPLY_OPENDNS && q->reply_time <= p->time && p->time - q->reply_time <= REJECTED_WITHIN &&
            (!icmp->has_dns_id || icmp->dns_id == q->id)) {
            q->rejected = true;
            sse_add_mark(t, p->frame, SSE_MARK_ICMP, SSE_OF_PROBE, at, q->attempts);
            return true;
        }
        at = q->older;
    }
    return true;
}

bool sse_probe_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp)
{
    uint32_t client = sse_find_address(t, &icmp->src), resolver = sse_find_address(t, &icmp->dst), at, found = SSE_NONE;
    sse_transport transport = icmp->protocol == 6 ? SSE_TCP : SSE_UDP;

    if (!sse_is_resolver_port(icmp->dport) || !sse_tracker_is_resolver(t, &icmp->dst))
        return false;
    /* "Fragmentation needed" and "packet too big" reject nothing of 35 bytes. */
    if (!sse_icmp_is_rejection(&p->src, icmp->type, icmp->code))
        return true;
    if (client == SSE_NONE || resolver == SSE_NONE) {
        sse_keep_early(t, p, NULL, icmp);
        return true;
    }
    at = sse_newest_probe(t, client, resolver, icmp->sport, icmp->dport, transport);
    for (unsigned steps = 0; at != SSE_NONE && steps < MAX_CHAIN; steps++) {
        const sse_probe *q = sse_tracker_probe(t, at);

        if (sse_same_flow(q, client, resolver, icmp->sport, icmp->dport) && q->transport == transport &&
            q->frame != 0 && sse_may_answer(q->time, p->time) &&
            (transport == SSE_TCP || !icmp->has_dns_id || icmp->dns_id == q->id || q->name == OBS_NAME_DNSCRYPT)) {
            found = at;
            if (q->time <= p->time)
                break;
        }
        at = q->older;
    }
    if (found == SSE_NONE) {
        sse_keep_early(t, p, NULL, icmp);
    } else if (sse_is_copy(t, p, sse_mix(icmp->dns_id, (uint64_t)icmp->sport << 16 | icmp->dport))) {
        sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_PROBE, found, sse_tracker_probe(t, found)->attempts);
    } else {
        take_icmp(t, found, p, icmp);
        sse_add_mark(t, p->frame, SSE_MARK_ICMP, SSE_OF_PROBE, found, sse_tracker_probe(t, found)->attempts);
    }
    return true;
}
