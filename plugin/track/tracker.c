/* tracker.c
 * The one way in for each kind of observation: hands it to those whom it concerns.
 * Nothing else of the tracker calls into this file.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tracker.h"

#include "addresses.h"
#include "background.h"
#include "clock.h"
#include "control.h"
#include "flows.h"
#include "frames.h"
#include "gateways.h"
#include "handshakes.h"
#include "icmp.h"
#include "interned.h"
#include "log_book.h"
#include "lookups.h"
#include "nat64.h"
#include "plain.h"
#include "portal_tests.h"
#include "ports.h"
#include "probes.h"
#include "probes_dnscrypt.h"
#include "probes_tcp.h"
#include "questions.h"
#include "rcodes.h"
#include "room.h"
#include "sessions.h"
#include "untaught.h"
#include "waiting.h"

sse_tracker *sse_tracker_new(const sse_config *config)
{
    sse_tracker *t = g_new0(sse_tracker, 1);
    sse_addr builtin;

    sse_config_copy(&t->config, config);
    t->limits = (sse_limits){ .addresses = SSE_MAX_ADDRESSES, .records = SSE_MAX_RECORDS, .gateways = SSE_MAX_GATEWAYS,
                              .direct = SSE_MAX_DIRECT, .findings = SSE_MAX_FINDINGS };
    t->epochs = g_array_new(FALSE, TRUE, sizeof(sse_epoch));
    t->addresses = g_array_new(FALSE, TRUE, sizeof(sse_address));
    t->probes = g_array_new(FALSE, TRUE, sizeof(sse_probe));
    t->handshakes = g_array_new(FALSE, TRUE, sizeof(sse_handshake));
    t->lookups = g_array_new(FALSE, TRUE, sizeof(sse_lookup));
    t->connects = g_array_new(FALSE, TRUE, sizeof(sse_connect_answer));
    t->resets = g_array_new(FALSE, TRUE, sizeof(sse_reset));
    t->icmps = g_array_new(FALSE, TRUE, sizeof(sse_icmp));
    t->identities = g_array_new(FALSE, TRUE, sizeof(obs_identity));
    t->facts = g_array_new(FALSE, TRUE, sizeof(sse_fact));
    t->plain = g_array_new(FALSE, TRUE, sizeof(sse_plain));
    t->early = g_array_new(FALSE, FALSE, sizeof(guint32));
    t->marks = g_array_new(FALSE, TRUE, sizeof(sse_mark));
    t->redactor = sse_redactor_new(config->redact);
    t->called = g_hash_table_new(NULL, NULL);
    t->names = g_ptr_array_new_with_free_func(g_free);
    t->by_address = g_hash_table_new_full(sse_addr_hash, sse_addr_hash_equal, g_free, NULL);
    t->index = sse_index_new();

    for (guint i = 0; i < t->config.resolvers->len; i++) {
        const sse_range *range = &g_array_index(t->config.resolvers, sse_range, i);

        sse_make_address(t, &range->base);
    }
    if (sse_addr_parse(SSE_BUILTIN_GATEWAY, &builtin))
        sse_learn_gateway(t, &builtin, NULL, SSE_KNOWN_BUILTIN, 0, 0);
    return t;
}

void sse_tracker_free(sse_tracker *t)
{
    if (t == NULL)
        return;
    for (guint i = 0; i < t->addresses->len; i++)
        sse_free_address(sse_address_at(t, i));
    for (guint i = 0; i < t->handshakes->len; i++)
        sse_free_session(sse_handshake_at(t, i));
    sse_config_clear(&t->config);
    g_array_free(t->epochs, TRUE);
    g_array_free(t->addresses, TRUE);
    g_array_free(t->probes, TRUE);
    g_array_free(t->handshakes, TRUE);
    g_array_free(t->lookups, TRUE);
    g_array_free(t->connects, TRUE);
    g_array_free(t->resets, TRUE);
    g_array_free(t->icmps, TRUE);
    g_array_free(t->identities, TRUE);
    g_array_free(t->facts, TRUE);
    g_array_free(t->plain, TRUE);
    g_array_free(t->early, TRUE);
    g_array_free(t->marks, TRUE);
    g_hash_table_destroy(t->called);
    g_ptr_array_free(t->names, TRUE);
    sse_redactor_free(t->redactor);
    g_hash_table_destroy(t->by_address);
    sse_free_untaught(t->index->untaught);
    sse_copies_free(t->index->copies);
    sse_questions_free(t->index->questions);
    sse_flows_free(t->index->flows);
    sse_index_free(t->index);
    sse_log_book_free(t->log);
    g_free(t);
}

void sse_tracker_tick(sse_tracker *t, uint32_t frame, int64_t time)
{
    sse_tick(t, frame, time);
}

unsigned sse_tracker_look_up(const sse_tracker *t, const sse_addr *src, const sse_addr *dst, obs_places *places)
{
    return sse_look_up(t, src, dst, places);
}

uint32_t sse_tracker_learn_gateway(sse_tracker *t, const sse_addr *addr, const char *name, sse_known known,
                                   uint32_t frame, int64_t time)
{
    return sse_learn_gateway(t, addr, name, known, frame, time);
}

/* @return for a response: does the file hold its question? */
static bool question(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    if (!dns->response) {
        sse_question_seen(t, p, dns);
        return false;
    }
    if (!sse_question_held(t, p, dns))
        return false;
    sse_confirm_lookups(t, p);
    if (dns->name == OBS_NAME_OTHER && dns->rcode == 0)
        sse_answer_names(t, p, dns);
    return true;
}

/* A packet that reached a client, and says nothing of the line. */
static void reached(sse_tracker *t, const obs_packet *p)
{
    const uint32_t client = sse_destination_of(t, p);

    if (sse_is_client(t, client) && sse_flow_asked(t, client, p->dport, &p->src, p->sport))
        sse_address_at(t, client)->towards++;
}

/* What a path tool sends to a resolver or gateway beside probes and handshakes. */
#define TOOL_PACKETS 1024

static void path_tool(sse_tracker *t, const obs_packet *p)
{
    uint32_t client;
    sse_address *a;

    if (p->ttl == 0 || p->ttl > SSE_PATH_TOOL_TTL || !sse_is_client(t, client = sse_source_of(t, p)) ||
        (sse_role_at(t, sse_destination_of(t, p), &p->dst) & (SSE_ROLE_RESOLVER | SSE_ROLE_GATEWAY)) == 0)
        return;
    a = sse_address_at(t, client);
    if (!sse_ends_on_the_way(a, p) || a->tool_packets == TOOL_PACKETS)
        return;
    a->tool_packets++;
    sse_add_fact(t, SSE_FACT_PATH_TOOL, client, p, &p->dst);
}

/* A query for whatever name that carries the module's identity: it goes the way
 * that probes test. */
static void user_query(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    const uint32_t client = sse_make_client(t, p, &p->src);
    obs_dns query = *dns;

    if (client == SSE_NONE)
        return;
    sse_client_sent(t, client, p);
    sse_address_at(t, client)->other_identity = sse_intern_identity(t, SSE_NONE, p->time, dns->identity);
    query.name = OBS_NAME_USER;
    sse_probe_query(t, p, &query, client, sse_make_address(t, &p->dst), false);
}

/* The snap length took something of a message of the module. An answer that nobody
 * asked for may be cut by whoever sent it. */
static void note_cut(sse_tracker *t, uint32_t client, const obs_packet *p, const obs_dns *dns)
{
    if (!dns->response || sse_question_held(t, p, dns) || !sse_has_asked(t, &p->dst))
        sse_add_fact(t, SSE_FACT_CUT, client, p, NULL);
}

/* A DNS message: a probe, a lookup, or the client's other traffic. What is kept of
 * questions has it already: see question(). */
static void dns_message(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    bool probe_name = (dns->name == OBS_NAME_DEBUG || dns->name == OBS_NAME_CERT);
    const sse_addr *server = dns->response ? &p->src : &p->dst;
    uint16_t port = dns->response ? p->sport : p->dport;
    bool resolver;
    uint32_t client;

    if ((probe_name || dns->name == OBS_NAME_GATEWAY) && !sse_has_room_for_addresses(t, p))
        return;
    if (dns->name == OBS_NAME_NAT64)
        sse_nat64_message(t, p, dns);
    else if (probe_name && !dns->response && dns->qtype == SSE_DNS_TYPE_TXT && dns->transport == SSE_UDP &&
             sse_is_resolver_port(port))
        sse_nat64_probe(t, server);
    resolver = sse_is_asked_port(port) &&
               sse_is_resolver_at(t, dns->response ? sse_source_of(t, p) : sse_destination_of(t, p), server);
    if (resolver && dns->cut_name) {
        client = sse_find_address(t, dns->response ? &p->dst : &p->src);
        note_cut(t, client, p, dns);
        return;
    }
    if (p->cut && (probe_name || dns->name == OBS_NAME_GATEWAY))
        note_cut(t, SSE_NONE, p, dns);
    if (dns->name == OBS_NAME_GATEWAY)
        sse_lookup_message(t, p, dns);
    else if (!resolver)
        sse_background_dns(t, p, dns);
    if (dns->transport != SSE_UDP)
        return;
    if (resolver && !probe_name)
        sse_plain_message(t, p, dns);
    if (dns->response) {
        if (resolver) {
            sse_probe_reply(t, p, dns, false);
        } else if (probe_name && port != SSE_PORT_ENCRYPTED_DNS && !sse_addr_is_near_resolvers(server)) {
            sse_make_address(t, &p->src);
            sse_probe_reply(t, p, dns, true);
        }
        return;
    }
    if (!probe_name || dns->qtype != SSE_DNS_TYPE_TXT) {
        if (resolver && dns->identity != NULL && sse_is_resolver_port(port))
            user_query(t, p, dns);
        return;
    }
    if (!resolver) {
        /* A resolver's port, or its neighbourhood: nobody's local server. */
        if (port == SSE_PORT_ENCRYPTED_DNS || sse_addr_is_near_resolvers(server)) {
            sse_add_fact(t, SSE_FACT_OTHER_RESOLVER, SSE_NONE, p, server);
        } else if (!sse_addr_is_loopback(&p->src)) {
            client = sse_make_address(t, &p->src);
            sse_probe_query(t, p, dns, client, sse_make_address(t, &p->dst), true);
        }
        return;
    }
    client = sse_make_client(t, p, &p->src);
    if (client == SSE_NONE)
        return;
    sse_client_sent(t, client, p);
    sse_probe_query(t, p, dns, client, sse_make_address(t, &p->dst), false);
}

void sse_tracker_tcp(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_dns *dns)
{
    /* Nearly all that a client does is with others. An IPv6 resolver may be
     * known by its IPv4 address only. */
    bool others = p->places.looked != 0 && p->src.family == 4 &&
                  (p->places.roles & (SSE_ROLE_GATEWAY | SSE_ROLE_RESOLVER)) == 0;

    if (others && dns == NULL && tcp->http.kind == OBS_HTTP_NONE &&
        (tcp->flags & (OBS_TCP_SYN | OBS_TCP_RST)) == 0) {
        sse_both_ways(t, p, true);
        return;
    }
    if (!sse_handshake_segment(t, p, tcp)) {
        if (!sse_probe_segment(t, p, tcp, dns)) {
            sse_background_segment(t, p, tcp);
            sse_keep_untaught(t, p, tcp);
        }
        /* A resolver's answer over TCP teaches gateways as one over UDP does. */
        if (dns != NULL) {
            question(t, p, dns);
            dns_message(t, p, dns);
        }
    }
    /* A reset turns a stranger away: it asks for nothing. */
    sse_both_ways(t, p, (tcp->flags & OBS_TCP_RST) == 0);
}

/* A client asks before it is known as one, too. p: the answer to what it asked */
static void asked_before(sse_tracker *t, const obs_packet *p)
{
    const uint32_t client = sse_destination_of(t, p);

    if (sse_is_client(t, client))
        sse_flow_asks(t, client, p->dport, &p->src, p->sport, p->time);
}

void sse_tracker_dns(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    const bool held = question(t, p, dns);

    dns_message(t, p, dns);
    if (held)
        asked_before(t, p);
    /* Such an answer shows no line, whatever name stands on it: a router that
     * redirects all DNS says it when it is itself cut off. */
    sse_note_use(t, p);
    if (dns->response && sse_rcode_is_cut_off(dns->rcode) && !sse_tracker_is_resolver(t, &p->src))
        reached(t, p);
    else
        /* Who answers did not ask: a stranger's question to the client shows no line either. */
        sse_towards(t, p, !dns->response);
}

bool sse_tracker_is_alias(const sse_tracker *t, const char *qname)
{
    return sse_is_gateway_alias(t, qname);
}

void sse_tracker_bystander(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    question(t, p, dns);
}

void sse_tracker_dnscrypt(sse_tracker *t, const obs_packet *p, const obs_dnscrypt *dnscrypt)
{
    sse_dnscrypt_message(t, p, dnscrypt);
    sse_both_ways(t, p, true);
}

void sse_tracker_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp)
{
    uint32_t client = sse_find_address(t, &p->dst);
    bool routing = sse_icmp_is_routing(&p->src, icmp->type, icmp->code);

    sse_note_use(t, p);
    if (sse_probe_rejection(t, p, icmp))
        return;
    if (client == SSE_NONE)
        return;
    /* An error about somebody else's packet is not this client's. */
    if (sse_addr_equal(&icmp->src, &p->dst) && !sse_probe_icmp(t, p, icmp) && !sse_handshake_icmp(t, p, icmp) &&
        !routing)
        sse_background_icmp(t, client, p, icmp);
    if (!sse_is_client(t, client) || !sse_addr_equal(&icmp->src, &p->dst) ||
        !sse_flow_asked(t, client, icmp->sport, &icmp->dst, icmp->dport))
        return;
    if (routing)
        sse_address_at(t, client)->towards++;
    else
        sse_heard(t, client, p, false);
}

void sse_tracker_udp(sse_tracker *t, const obs_packet *p, const obs_udp *udp)
{
    uint32_t src = udp->quic_long ? sse_source_of(t, p) : SSE_NONE;

    sse_both_ways(t, p, true);
    path_tool(t, p);
    if (udp->quic_long && p->dport == 443 && sse_is_client(t, src) && sse_tracker_is_public(t, &p->dst) &&
        !sse_tracker_is_resolver(t, &p->dst) && sse_named_as(t, &p->dst) != SSE_NAMED_ZTA)
        sse_background_quic(t, src, p);
}

void sse_tracker_portal(sse_tracker *t, const obs_packet *p, const obs_http *http)
{
    sse_portal_bystander(t, p, http);
}

bool sse_tracker_portal_waits(const sse_tracker *t, int64_t time)
{
    return sse_portal_waits(t, time);
}

void sse_tracker_other(sse_tracker *t, const obs_packet *p)
{
    sse_both_ways(t, p, true);
    path_tool(t, p);
}

void sse_tracker_reached_before(sse_tracker *t, uint32_t address)
{
    sse_address *a = sse_address_at(t, address);

    a->towards++;
    a->reached_before = true;
}

void sse_tracker_settle(sse_tracker *t)
{
    sse_clock_settle(t);
    sse_settle(t);
    sse_sessions_settle(t);
}

void sse_tracker_log(sse_tracker *t, uint32_t frame, int64_t time, const obs_log *said, const char *name)
{
    sse_log_said(t, frame, time, said, name);
}

void sse_tracker_beside_log(sse_tracker *t, const sse_addr *src, const sse_addr *dst)
{
    sse_log_host_seen(t, src, dst);
}
