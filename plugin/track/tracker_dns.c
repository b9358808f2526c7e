/* tracker_dns.c
 * Pairs DNS queries and replies: probes, local probes, and lookups of the
 * gateway's names.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tracker_private.h"
#include "redact.h"

#include <string.h>

#define DNS_TYPE_A      1
#define DNS_TYPE_TXT    16
#define RCODE_NXDOMAIN  3

/* A TCP connection to a resolver counts as the module's so long after a probe. */
#define TCP_AFTER_PROBE (60 * SSE_SECOND)

/* How many probes with the same ports are looked at for the one that is meant:
 * the module uses a fresh port or a fresh id each time, so it is the first. */
#define MAX_CHAIN       256

/* What is longer ago than the timeout and this has no part in a new query. */
#define STALE_AFTER     (10 * SSE_SECOND)

/* The numbers of identities. */
G_STATIC_ASSERT(SSE_MAX_FINDINGS <= UINT16_MAX);

static uint64_t probe_key(uint32_t client, uint32_t resolver, uint16_t sport, uint16_t port, sse_transport transport)
{
    return sse_mix(sse_mix(transport + 1u, (uint64_t)client << 32 | resolver), (uint64_t)sport << 16 | port);
}

static bool same_flow(const sse_probe *q, uint32_t client, uint32_t resolver, uint16_t sport, uint16_t port)
{
    return q->client == client && q->resolver == resolver && q->sport == sport && q->port == port;
}

/* @return its number: see sse_identity(). */
static uint16_t intern_identity(sse_tracker *t, uint32_t client, int64_t time, const obs_identity *identity)
{
    obs_identity key;
    guint number;

    if (identity == NULL)
        return 0;
    /* The source port in "source" changes with every query: kept once, of the
     * newest, or each reply would be an identity of its own. */
    if (identity->source[0] != '\0' && client != SSE_NONE) {
        sse_address *a = sse_tracker_address(t, client);

        if (a->source == NULL || time >= a->source_time) {
            g_free(a->source);
            a->source = g_strndup(identity->source, sizeof identity->source - 1);
            a->source_time = time;
        }
    }
    memset(&key, 0, sizeof key);
    g_strlcpy(key.server, identity->server, sizeof key.server);
    g_strlcpy(key.orgid, identity->orgid, sizeof key.orgid);
    g_strlcpy(key.originid, identity->originid, sizeof key.originid);
    g_strlcpy(key.device, identity->device, sizeof key.device);
    key.dnscrypt = identity->dnscrypt;
    number = GPOINTER_TO_UINT(g_hash_table_lookup(t->index->identities, &key));
    if (number != 0)
        return (uint16_t)number;
    if (t->identities->len >= t->limits.findings) {
        sse_note_limit(t, SSE_LIMIT_IDENTITIES, client, t->newest_frame, t->last_time);
        return 0;
    }
    /* Numbered by sight, so that every output uses the same placeholder. */
    sse_redact(t, SSE_REDACT_ORG, key.orgid);
    sse_redact(t, SSE_REDACT_ORIGIN, key.originid);
    sse_redact(t, SSE_REDACT_DEVICE, key.device);
    g_array_append_val(t->identities, key);
    g_hash_table_insert(t->index->identities, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(t->identities->len));
    return (uint16_t)t->identities->len;
}

static uint32_t new_probe(sse_tracker *t, uint32_t client, uint32_t resolver, const obs_packet *p, uint16_t sport,
                          uint16_t port, sse_transport transport, bool local)
{
    uint64_t key = probe_key(client, resolver, sport, port, transport);
    uint32_t index = t->probes->len;
    sse_probe *q;

    g_array_set_size(t->probes, index + 1);
    q = sse_tracker_probe(t, index);
    q->time = q->last_time = p->time;
    q->client = client;
    q->resolver = resolver;
    q->sport = sport;
    q->port = port;
    q->transport = (uint8_t)transport;
    q->local = local;
    q->epoch = (uint16_t)sse_epoch_now(t);
    q->icmp = q->twin = SSE_NONE;
    sse_init_control(&q->control);
    q->older = sse_index_get(t->index->probes, key);
    sse_index_put(t->index->probes, key, index);
    if (!local && transport == SSE_UDP)
        sse_tracker_address(t, client)->newest = sse_record_number(SSE_OF_PROBE, index);
    return index;
}

/* The same query from another source with another TTL: a NAT seen from both
 * sides. The one with the higher TTL is nearer to the client. */
static void match_nat(sse_tracker *t, uint32_t index, const obs_packet *p)
{
    sse_probe *q = sse_tracker_probe(t, index);
    uint64_t key = sse_mix((uint64_t)q->resolver << 32 | (uint64_t)q->port << 16 | q->id,
                           (uint64_t)p->payload_hash << 32 | q->question);
    uint32_t other = sse_recent_exchange(&t->index->queries, key, index);
    sse_probe *o;

    if (other == SSE_NONE)
        return;
    o = sse_tracker_probe(t, other);
    if (o->client == q->client || o->resolver != q->resolver || o->id != q->id || o->port != q->port ||
        o->question != q->question || o->ttl == q->ttl || o->twin != SSE_NONE ||
        q->time - o->time > SSE_NAT_WINDOW || o->time - q->time > SSE_NAT_WINDOW)
        return;
    q->twin = other;
    o->twin = index;
    q->is_copy_of_twin = q->ttl < o->ttl;
    o->is_copy_of_twin = !q->is_copy_of_twin;
}

static void fill_query(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_dns *dns)
{
    sse_probe *q = sse_tracker_probe(t, index);

    q->time = q->last_time = p->time;
    q->frame = q->last_frame = p->frame;
    q->attempts = 1;
    q->id = dns->id;
    q->question = dns->question;
    q->name = (uint8_t)dns->name;
    q->ttl = p->ttl;
    q->query_identity = intern_identity(t, SSE_NONE, p->time, dns->identity);
}

/* An ICMP error about this query may have come first in the file. */
static void adopt_icmp(sse_tracker *t, uint32_t index, const obs_packet *p)
{
    sse_orphan *o;
    unsigned at = 0;

    while ((o = sse_next_orphan(t, p, &at)) != NULL) {
        sse_probe *q = sse_tracker_probe(t, index);

        if (o->tcp.flags != 0 || o->icmp.protocol != 17 || !sse_addr_equal(&o->icmp.dst, &p->dst) ||
            o->icmp.sport != p->sport || o->icmp.dport != p->dport || (o->icmp.has_dns_id && o->icmp.dns_id != q->id))
            continue;
        if (q->icmp == SSE_NONE)
            q->icmp = sse_add_icmp(t, &o->packet, &o->icmp);
        sse_add_mark(t, o->packet.frame, SSE_MARK_ICMP, SSE_OF_PROBE, index, q->attempts);
        sse_take_orphan(o);
    }
}

static void probe_query(sse_tracker *t, const obs_packet *p, const obs_dns *dns, uint32_t client, uint32_t resolver,
                        bool local)
{
    uint64_t key = probe_key(client, resolver, p->sport, p->dport, SSE_UDP);
    uint32_t found = sse_index_get(t->index->probes, key);
    bool copy = sse_is_copy(t, p, 1);

    for (unsigned steps = 0; found != SSE_NONE && steps < MAX_CHAIN; steps++) {
        sse_probe *q = sse_tracker_probe(t, found);

        /* Those behind it are older still. In one epoch no time is more than a
         * second earlier than one before it. */
        if (!copy && (q->epoch != sse_epoch_now(t) ||
                      sse_clock(t) - q->last_time > t->config.probe_timeout + STALE_AFTER))
            break;
        if (same_flow(q, client, resolver, p->sport, p->dport) && q->id == dns->id && q->question == dns->question &&
            q->transport == SSE_UDP) {
            if (copy && q->frame != 0) {
                sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_PROBE, found, q->attempts);
                return;
            }
            if (q->frame == 0 && q->epoch == sse_epoch_now(t) && q->reply_time >= p->time &&
                sse_clock(t) - q->reply_time <= ORPHAN_WAIT) {
                fill_query(t, found, p, dns);
                if (local)
                    sse_tracker_address(t, resolver)->answers = true;
                sse_add_mark(t, p->frame, SSE_MARK_QUERY, SSE_OF_PROBE, found, 1);
                if (!local) {
                    sse_tracker_address(t, client)->last_udp_probe = p->time;
                    match_nat(t, found, p);
                }
                return;
            }
            if (q->frame != 0 && q->epoch == sse_epoch_now(t) && p->time - q->time <= t->config.probe_timeout) {
                if (q->attempts < UINT16_MAX)
                    q->attempts++;
                if (p->time < q->time)
                    q->time = p->time;
                if (p->time > q->last_time) {
                    q->last_time = p->time;
                    q->last_frame = p->frame;
                }
                sse_add_mark(t, p->frame, SSE_MARK_QUERY, SSE_OF_PROBE, found, q->attempts);
                return;
            }
            break;
        }
        found = q->older;
    }
    if (copy || !sse_has_room(t, t->probes, SSE_LIMIT_PROBES, p))
        return;
    found = new_probe(t, client, resolver, p, p->sport, p->dport, SSE_UDP, local);
    fill_query(t, found, p, dns);
    sse_add_mark(t, p->frame, SSE_MARK_QUERY, SSE_OF_PROBE, found, 1);
    if (!local) {
        adopt_icmp(t, found, p);
        sse_tracker_address(t, client)->last_udp_probe = p->time;
        match_nat(t, found, p);
    }
}

static sse_reply_kind reply_kind(const obs_packet *p, const obs_dns *dns)
{
    if (dns->court_order)
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
    if (dns->rcode == 0 || dns->rcode == RCODE_NXDOMAIN)
        return SSE_REPLY_OTHER;
    return SSE_REPLY_REFUSED;
}

static void take_reply(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_dns *dns)
{
    sse_probe *q = sse_tracker_probe(t, index);
    sse_reply_kind kind = reply_kind(p, dns);
    bool first = q->reply == SSE_REPLY_NONE || q->reply == SSE_REPLY_TRUNCATED || p->time < q->reply_time;

    if (q->reply != SSE_REPLY_NONE && q->reply != SSE_REPLY_TRUNCATED && kind != SSE_REPLY_TRUNCATED &&
        (kind != q->reply || (kind == SSE_REPLY_REFUSED && q->rcode != dns->rcode)) && q->conflict_frame == 0)
        q->conflict_frame = p->frame;
    if (first) {
        q->reply = (uint8_t)kind;
        q->reply_time = p->time;
        q->reply_frame = p->frame;
        q->rcode = dns->rcode;
        q->reply_ttl = p->ttl;
        q->reply_cut = p->cut;
        q->reply_identity = intern_identity(t, q->client, p->time, dns->identity);
    }
    sse_add_mark(t, p->frame, SSE_MARK_REPLY, SSE_OF_PROBE, index, q->attempts);
}

static void probe_reply(sse_tracker *t, const obs_packet *p, const obs_dns *dns, bool local)
{
    uint32_t client = sse_destination_of(t, p), resolver = sse_source_of(t, p);
    bool probe_name = dns->name == OBS_NAME_DEBUG || dns->name == OBS_NAME_CERT || dns->name == OBS_NAME_DNSCRYPT;
    uint32_t found = SSE_NONE, wrong = SSE_NONE, at = SSE_NONE;

    if (client != SSE_NONE && resolver != SSE_NONE)
        at = sse_index_get(t->index->probes, probe_key(client, resolver, p->dport, p->sport, SSE_UDP));
    for (unsigned steps = 0; at != SSE_NONE && found == SSE_NONE && steps < MAX_CHAIN; steps++) {
        const sse_probe *q = sse_tracker_probe(t, at);

        if (same_flow(q, client, resolver, p->dport, p->sport) && q->id == dns->id && q->transport == SSE_UDP &&
            q->frame != 0 && q->time <= p->time &&
            (q->name == OBS_NAME_DNSCRYPT) == (dns->name == OBS_NAME_DNSCRYPT)) {
            if (dns->qname == NULL || q->question == dns->question)
                found = at;
            else if (wrong == SSE_NONE && q->reply == SSE_REPLY_NONE)
                wrong = at;
        }
        at = q->older;
    }
    if (found == SSE_NONE && wrong == SSE_NONE && !probe_name)
        return;
    if (sse_is_copy(t, p, 1)) {
        if (found != SSE_NONE)
            sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_PROBE, found, sse_tracker_probe(t, found)->attempts);
        return;
    }
    if (dns->certificate_expired)
        sse_add_fact(t, SSE_FACT_CERTIFICATE, client, p, &p->src);
    if (found != SSE_NONE) {
        if (local)
            sse_tracker_address(t, resolver)->answers = true;
        take_reply(t, found, p, dns);
        return;
    }
    if (wrong != SSE_NONE) {
        sse_add_fact(t, SSE_FACT_FORGED, client, p, &p->src);
        return;
    }
    if (!sse_has_room(t, t->probes, SSE_LIMIT_PROBES, p))
        return;
    /* Its query may follow in the file, or be lost: see VERDICT.md. */
    if (local) {
        if (sse_addr_is_loopback(&p->dst))
            return;
        client = sse_make_address(t, &p->dst);
    } else {
        client = sse_make_client(t, p, &p->dst);
        if (client == SSE_NONE)
            return;
    }
    resolver = sse_make_address(t, &p->src);
    found = new_probe(t, client, resolver, p, p->dport, p->sport, SSE_UDP, local);
    sse_tracker_probe(t, found)->id = dns->id;
    sse_tracker_probe(t, found)->question = dns->question;
    sse_tracker_probe(t, found)->name = (uint8_t)dns->name;
    take_reply(t, found, p, dns);
}

/* ---- lookups of the gateway's names ---- */

static uint64_t lookup_key(const sse_addr *client, const sse_addr *server, uint16_t sport, const obs_dns *dns)
{
    return sse_mix(sse_mix_addr(sse_mix_addr(3, client), server),
                   (uint64_t)sport << 48 | (uint64_t)dns->id << 32 | dns->question);
}

static bool same_lookup(const sse_tracker *t, const sse_lookup *l, const sse_addr *client, const sse_addr *server,
                        uint16_t sport, const obs_dns *dns)
{
    return l->question == dns->question && l->id == dns->id && l->sport == sport &&
           sse_addr_equal(&sse_tracker_address(t, l->server)->addr, server) &&
           (l->client == SSE_NONE || sse_addr_equal(&sse_tracker_address(t, l->client)->addr, client));
}

static uint32_t lookup_of(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    const sse_addr *client = dns->response ? &p->dst : &p->src, *server = dns->response ? &p->src : &p->dst;
    const uint16_t sport = dns->response ? p->dport : p->sport;
    uint64_t key = lookup_key(client, server, sport, dns);
    uint32_t index = sse_index_get(t->index->lookups, key);
    sse_lookup *l;

    if (index != SSE_NONE) {
        l = &g_array_index(t->lookups, sse_lookup, index);
        /* An id comes again after a while: that is another lookup. */
        if (same_lookup(t, l, client, server, sport, dns) && l->epoch == sse_epoch_now(t) &&
            p->time - l->last_time <= 60 * SSE_SECOND)
            return index;
    }
    if (!sse_has_room(t, t->lookups, SSE_LIMIT_LOOKUPS, p))
        return SSE_NONE;
    index = t->lookups->len;
    g_array_set_size(t->lookups, index + 1);
    l = &g_array_index(t->lookups, sse_lookup, index);
    l->time = l->last_time = p->time;
    l->epoch = sse_epoch_now(t);
    l->question = dns->question;
    l->qtype = dns->qtype;
    l->id = dns->id;
    l->sport = sport;
    l->name = sse_intern_name(t, dns->qname != NULL ? dns->qname : "");
    l->loopback = sse_addr_is_loopback(client);
    l->client = SSE_NONE;
    l->server = sse_make_address(t, server);
    uint32_t asker = l->loopback ? SSE_NONE : sse_make_client(t, p, client);
    l = &g_array_index(t->lookups, sse_lookup, index);
    l->client = asker;
    sse_init_control(&l->control);
    if (asker != SSE_NONE)
        sse_tracker_address(t, asker)->newest = sse_record_number(SSE_OF_LOOKUP, index);
    sse_index_put(t->index->lookups, key, index);
    return index;
}

static void lookup(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    uint32_t index;
    sse_lookup *l;
    bool suspicious = false;

    if (dns->qname == NULL)
        return;
    index = lookup_of(t, p, dns);
    if (index == SSE_NONE)
        return;
    l = &g_array_index(t->lookups, sse_lookup, index);
    if (sse_is_copy(t, p, 4)) {
        sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_LOOKUP, index, l->queries);
        return;
    }
    if (!dns->response) {
        if (l->queries == 0) {
            l->frame = p->frame;
            l->time = p->time;
        }
        if (l->queries < UINT16_MAX)
            l->queries++;
        l->last_time = p->time;
        if (l->client != SSE_NONE) {
            sse_client_sent(t, l->client, p);
            sse_tracker_address(t, l->client)->uses_web = true;
        }
        if (l->answered)
            sse_tracker_address(t, l->server)->answers = true;
        sse_add_mark(t, p->frame, SSE_MARK_QUERY, SSE_OF_LOOKUP, index, l->queries);
        return;
    }
    /* Without a question anybody could say so of the client itself. */
    if (l->queries > 0)
        sse_tracker_address(t, l->server)->answers = true;
    sse_add_mark(t, p->frame, SSE_MARK_REPLY, SSE_OF_LOOKUP, index, l->queries);
    if (l->answered)
        return;
    l->answered = true;
    l->answer_time = p->time;
    l->answer_frame = p->frame;
    l->rcode = dns->rcode;
    l->incomplete = dns->rcode == 0 && (dns->truncated || (p->cut && dns->answers > 0));
    for (unsigned i = 0; dns->rcode == 0 && i < dns->n_addresses; i++) {
        uint32_t gateway = sse_tracker_learn_gateway(t, &dns->addresses[i], dns->qname, SSE_KNOWN_DNS, p->frame,
                                                     p->time);

        l = &g_array_index(t->lookups, sse_lookup, index);
        l->any_address = true;
        if (gateway != SSE_NONE) {
            l->taught = true;
        } else if (!suspicious && (t->left_out >> SSE_LIMIT_GATEWAYS & 1) == 0) {
            suspicious = true;
            sse_add_fact(t, SSE_FACT_SUSPICIOUS, l->client, p, &dns->addresses[i]);
        }
    }
    /* A name without addresses of IPv6 or service bindings is no fault. */
    if (!l->taught && !l->incomplete && l->client != SSE_NONE &&
        (dns->qtype == DNS_TYPE_A || dns->rcode != 0 || l->any_address)) {
        sse_address *a = sse_tracker_address(t, l->client);

        if (a->first_failed_hint == 0)
            a->first_failed_hint = p->time;
    }
}

/* ---- the way in ---- */

void sse_dns_message(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    bool probe_name = (dns->name == OBS_NAME_DEBUG || dns->name == OBS_NAME_CERT);
    const sse_addr *server = dns->response ? &p->src : &p->dst;
    uint16_t port = dns->response ? p->sport : p->dport;
    bool resolver = sse_tracker_is_resolver(t, server) && (port == 53 || port == 443);
    uint32_t client;

    if ((probe_name || dns->name == OBS_NAME_GATEWAY) && !sse_has_room_for_addresses(t, p))
        return;
    if (resolver && dns->cut_name) {
        client = sse_find_address(t, dns->response ? &p->dst : &p->src);
        sse_add_fact(t, SSE_FACT_CUT, client, p, NULL);
        return;
    }
    if (p->cut && (probe_name || dns->name == OBS_NAME_GATEWAY))
        sse_add_fact(t, SSE_FACT_CUT, SSE_NONE, p, NULL);
    if (dns->name == OBS_NAME_GATEWAY)
        lookup(t, p, dns);
    else if (!resolver)
        sse_control_dns(t, p, dns);
    if (dns->transport != SSE_UDP)
        return;
    if (dns->response) {
        if (resolver) {
            probe_reply(t, p, dns, false);
        } else if (probe_name) {
            sse_make_address(t, &p->src);
            probe_reply(t, p, dns, true);
        }
        return;
    }
    if (!probe_name || dns->qtype != DNS_TYPE_TXT) {
        client = resolver && dns->identity != NULL ? sse_find_address(t, &p->src) : SSE_NONE;
        if (client != SSE_NONE)
            sse_tracker_address(t, client)->other_identity = intern_identity(t, SSE_NONE, p->time, dns->identity);
        return;
    }
    if (!resolver) {
        if (!sse_addr_is_loopback(&p->src)) {
            client = sse_make_address(t, &p->src);
            probe_query(t, p, dns, client, sse_make_address(t, &p->dst), true);
        }
        return;
    }
    client = sse_make_client(t, p, &p->src);
    if (client == SSE_NONE)
        return;
    sse_client_sent(t, client, p);
    probe_query(t, p, dns, client, sse_make_address(t, &p->dst), false);
}

/* ---- DNSCrypt ---- */

/* As a DNS message whose id and question are the nonce: it is paired and
 * counted as probes are, and only the verdict tells them apart. */
static obs_dns as_dns(const obs_dnscrypt *dnscrypt, sse_transport transport)
{
    return (obs_dns){
        .transport = transport, .response = dnscrypt->kind == OBS_DNSCRYPT_REPLY, .id = (uint16_t)(dnscrypt->nonce >> 32),
        .qtype = DNS_TYPE_TXT, .name = OBS_NAME_DNSCRYPT, .question = (uint32_t)dnscrypt->nonce, .qname = "",
    };
}

void sse_tracker_dnscrypt(sse_tracker *t, const obs_packet *p, const obs_dnscrypt *dnscrypt)
{
    bool reply = dnscrypt->kind == OBS_DNSCRYPT_REPLY;
    obs_dns dns = as_dns(dnscrypt, SSE_UDP);

    if (!dnscrypt->has_nonce) {
        sse_add_fact(t, SSE_FACT_CUT, sse_find_address(t, reply ? &p->dst : &p->src), p, NULL);
    } else if (reply) {
        probe_reply(t, p, &dns, false);
    } else {
        uint32_t client = sse_make_client(t, p, &p->src), before = t->probes->len;

        if (client != SSE_NONE) {
            sse_client_sent(t, client, p);
            probe_query(t, p, &dns, client, sse_make_address(t, &p->dst), false);
            if (t->probes->len > before)
                sse_tracker_probe(t, before)->foreign = dnscrypt->foreign;
        }
    }
    sse_towards(t, p);
}

/* ---- over TCP ---- */

bool sse_probe_segment(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_dns *dns)
{
    bool out = (p->dport == 53 || p->dport == 443) &&
               sse_is_resolver_at(t, sse_destination_of(t, p), &p->dst);
    bool in = !out && (p->sport == 53 || p->sport == 443) &&
              sse_is_resolver_at(t, sse_source_of(t, p), &p->src);
    uint32_t client, resolver, index;
    sse_probe *q;

    if (!out && !in)
        return false;
    client = out ? sse_source_of(t, p) : sse_destination_of(t, p);
    resolver = sse_make_address(t, out ? &p->dst : &p->src);
    if (client == SSE_NONE || (sse_tracker_address(t, client)->role & SSE_ROLE_CLIENT) == 0)
        return true;
    index = sse_index_get(t->index->probes, probe_key(client, resolver, out ? p->sport : p->dport,
                                                      out ? p->dport : p->sport, SSE_TCP));
    if (index != SSE_NONE && (sse_tracker_probe(t, index)->transport != SSE_TCP ||
                              !same_flow(sse_tracker_probe(t, index), client, resolver,
                                         out ? p->sport : p->dport, out ? p->dport : p->sport)))
        index = SSE_NONE;
    if (sse_is_copy(t, p, sse_mix(tcp->seq, tcp->flags))) {
        if (index != SSE_NONE)
            sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_PROBE, index, 1);
        return true;
    }
    if (out && (tcp->flags & (OBS_TCP_SYN | OBS_TCP_ACK)) == OBS_TCP_SYN) {
        const sse_address *a = sse_tracker_address(t, client);

        if (index != SSE_NONE && sse_tracker_probe(t, index)->question == tcp->seq) {
            q = sse_tracker_probe(t, index);
            if (q->attempts < UINT16_MAX)
                q->attempts++;
            q->last_time = p->time;
            q->last_frame = p->frame;
        } else {
            if (a->last_udp_probe == 0 || p->time - a->last_udp_probe > TCP_AFTER_PROBE ||
                !sse_has_room(t, t->probes, SSE_LIMIT_PROBES, p))
                return true;
            index = new_probe(t, client, resolver, p, p->sport, p->dport, SSE_TCP, false);
            q = sse_tracker_probe(t, index);
            q->frame = q->last_frame = p->frame;
            q->attempts = 1;
            q->question = tcp->seq;
            q->ttl = p->ttl;
        }
        sse_client_sent(t, client, p);
        sse_add_mark(t, p->frame, SSE_MARK_SYN, SSE_OF_PROBE, index, sse_tracker_probe(t, index)->attempts);
        return true;
    }
    if (index == SSE_NONE)
        return true;
    q = sse_tracker_probe(t, index);
    if (in && (tcp->flags & OBS_TCP_RST) != 0) {
        if (q->reset_frame == 0 && q->reply == SSE_REPLY_NONE)
            q->reset_frame = p->frame;
        sse_add_mark(t, p->frame, SSE_MARK_RESET, SSE_OF_PROBE, index, q->attempts);
    } else if (in && (tcp->flags & OBS_TCP_SYN) != 0) {
        q->opened = true;
        sse_add_mark(t, p->frame, SSE_MARK_SYN_ACK, SSE_OF_PROBE, index, q->attempts);
    } else if (dns != NULL && dns->name != OBS_NAME_OTHER && out && !dns->response) {
        q->id = dns->id;
        q->name = (uint8_t)dns->name;
        q->query_identity = intern_identity(t, SSE_NONE, p->time, dns->identity);
        sse_add_mark(t, p->frame, SSE_MARK_QUERY, SSE_OF_PROBE, index, q->attempts);
    } else if (dns != NULL && in && dns->response) {
        q->opened = true;
        take_reply(t, index, p, dns);
        if (dns->certificate_expired)
            sse_add_fact(t, SSE_FACT_CERTIFICATE, client, p, &p->src);
    } else if (out && tcp->dnscrypt.kind == OBS_DNSCRYPT_QUERY) {
        q->name = OBS_NAME_DNSCRYPT;
        sse_add_mark(t, p->frame, SSE_MARK_QUERY, SSE_OF_PROBE, index, q->attempts);
    } else if (in && tcp->dnscrypt.kind == OBS_DNSCRYPT_REPLY) {
        obs_dns reply = as_dns(&tcp->dnscrypt, SSE_TCP);

        q->opened = true;
        take_reply(t, index, p, &reply);
    }
    return true;
}

/* ---- ICMP errors about probes ---- */

bool sse_probe_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp)
{
    uint32_t client = sse_find_address(t, &icmp->src), resolver = sse_find_address(t, &icmp->dst), found;
    sse_transport transport = icmp->protocol == 6 ? SSE_TCP : SSE_UDP;
    bool v4 = p->src.family == 4;

    if ((icmp->dport != 53 && icmp->dport != 443) || !sse_tracker_is_resolver(t, &icmp->dst))
        return false;
    /* "Fragmentation needed" and "packet too big" reject nothing of 35 bytes. */
    if (v4 ? !((icmp->type == 3 && icmp->code != 4) || icmp->type == 11) : !(icmp->type == 1 || icmp->type == 3))
        return true;
    if (client == SSE_NONE || resolver == SSE_NONE) {
        sse_keep_orphan(t, p, NULL, icmp);
        return true;
    }
    found = sse_index_get(t->index->probes, probe_key(client, resolver, icmp->sport, icmp->dport, transport));
    for (unsigned steps = 0; found != SSE_NONE && steps < MAX_CHAIN; steps++) {
        sse_probe *q = sse_tracker_probe(t, found);

        if (same_flow(q, client, resolver, icmp->sport, icmp->dport) && q->transport == transport && q->frame != 0 &&
            q->time <= p->time && (transport == SSE_TCP || !icmp->has_dns_id || icmp->dns_id == q->id ||
                                   q->name == OBS_NAME_DNSCRYPT)) {
            if (sse_is_copy(t, p, sse_mix(icmp->dns_id, (uint64_t)icmp->sport << 16 | icmp->dport))) {
                sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_PROBE, found, q->attempts);
                return true;
            }
            if (q->icmp == SSE_NONE)
                q->icmp = sse_add_icmp(t, p, icmp);
            sse_add_mark(t, p->frame, SSE_MARK_ICMP, SSE_OF_PROBE, found, q->attempts);
            return true;
        }
        found = q->older;
    }
    sse_keep_orphan(t, p, NULL, icmp);
    return true;
}
