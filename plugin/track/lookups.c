/* lookups.c
 * Lookups of the gateway's names: their answers teach gateways.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "lookups.h"

#include "clock.h"
#include "control.h"
#include "early.h"
#include "frames.h"
#include "gateways.h"
#include "interned.h"
#include "questions.h"
#include "rcodes.h"
#include "room.h"
#include "untaught.h"

static uint64_t lookup_key(const sse_addr *client, const sse_addr *server, uint16_t sport, const obs_dns *dns)
{
    return sse_mix(sse_mix_addr(sse_mix_addr(3, client), server),
                   (uint64_t)sport << 48 | (uint64_t)dns->id << 32 | dns->question);
}

static bool same_lookup(const sse_tracker *t, const sse_lookup *l, const sse_addr *client, const sse_addr *server,
                        uint16_t sport, const obs_dns *dns)
{
    return l->question == dns->question && l->id == dns->id && l->sport == sport &&
           sse_addr_equal(&sse_address_at(t, l->server)->addr, server) &&
           (l->client == SSE_NONE || sse_addr_equal(&sse_address_at(t, l->client)->addr, client));
}

/* An answer that nobody asked for teaches provisionally so long after the file's start. */
#define FILE_START      (5 * SSE_SECOND)
/* Answers without question that may come before it in the file. */
#define EARLY_KEPT      8
#define EARLY_ADDRESSES 8
/* Lookups of the file's start whose server has not yet answered a question. */
#define PROVISIONAL     64
#define MAX_ALIASES     4096

typedef struct early_answer {
    obs_packet packet;       /**< frame 0: none */
    obs_dns    dns;          /**< without what it points to */
    sse_addr   addresses[EARLY_ADDRESSES];
} early_answer;

struct sse_unasked {
    early_answer early[EARLY_KEPT];
    unsigned     next_early;
    uint32_t     provisional[PROVISIONAL]; /**< lookups */
    unsigned     n_provisional;
    uint32_t     gateways[SSE_MAX_GATEWAYS]; /**< addresses that such answers taught */
    unsigned     n_gateways;
};

static struct sse_unasked *unasked_of(sse_tracker *t)
{
    if (t->index->unasked == NULL)
        t->index->unasked = g_new0(struct sse_unasked, 1);
    return t->index->unasked;
}

/* The name that it stands for, where it is an alias. */
static uint32_t name_of(sse_tracker *t, const char *qname)
{
    const uint32_t alias = t->index->aliases != NULL
        ? GPOINTER_TO_UINT(g_hash_table_lookup(t->index->aliases, qname)) : 0;

    return alias != 0 ? alias - 1 : sse_intern_name(t, qname);
}

bool sse_is_gateway_alias(const sse_tracker *t, const char *qname)
{
    return t->index->aliases != NULL && g_hash_table_contains(t->index->aliases, qname);
}

static void learn_aliases(sse_tracker *t, const sse_lookup *l, const obs_dns *dns)
{
    for (unsigned i = 0; i < dns->n_aliases && l->name != SSE_NONE; i++) {
        if (t->index->aliases == NULL)
            t->index->aliases = g_hash_table_new_full(sse_hash_string, g_str_equal, g_free, NULL);
        if (g_hash_table_size(t->index->aliases) >= MAX_ALIASES)
            return;
        if (!g_hash_table_contains(t->index->aliases, dns->aliases[i].text))
            g_hash_table_insert(t->index->aliases, g_strdup(dns->aliases[i].text), GUINT_TO_POINTER(l->name + 1));
    }
}

static uint32_t find_lookup(const sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    const sse_addr *client = dns->response ? &p->dst : &p->src, *server = dns->response ? &p->src : &p->dst;
    const uint16_t sport = dns->response ? p->dport : p->sport;
    const uint32_t index = sse_key_table_get(&t->index->lookups, lookup_key(client, server, sport, dns));
    const sse_lookup *l;

    if (index == SSE_NONE)
        return SSE_NONE;
    l = sse_tracker_lookup(t, index);
    /* An id comes again after a while: that is another lookup. So is a question long
     * behind an answer that nobody had asked for. */
    if (!same_lookup(t, l, client, server, sport, dns) || p->time - l->last_time > 60 * SSE_SECOND ||
        !(l->queries == 0 && !dns->response ? sse_may_answer(p->time, l->last_time) : sse_may_answer(l->time, p->time)))
        return SSE_NONE;
    return index;
}

static uint32_t make_lookup(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    const sse_addr *client = dns->response ? &p->dst : &p->src, *server = dns->response ? &p->src : &p->dst;
    const uint16_t sport = dns->response ? p->dport : p->sport;
    uint32_t index, asker;
    sse_lookup *l;

    if (!sse_has_room(t, t->lookups, SSE_LIMIT_LOOKUPS, p))
        return SSE_NONE;
    index = t->lookups->len;
    g_array_set_size(t->lookups, index + 1);
    l = sse_lookup_at(t, index);
    l->time = l->last_time = p->time;
    l->epoch = sse_epoch_now(t);
    l->question = dns->question;
    l->qtype = dns->qtype;
    l->id = dns->id;
    l->sport = sport;
    l->name = name_of(t, dns->qname);
    l->loopback = sse_addr_is_loopback(client);
    l->client = l->false_answer = SSE_NONE;
    l->server = sse_make_address(t, server);
    asker = l->loopback ? SSE_NONE : sse_make_client(t, p, client);
    l = sse_lookup_at(t, index);
    l->client = asker;
    sse_init_control(&l->control);
    if (asker != SSE_NONE)
        sse_address_at(t, asker)->newest = sse_record_number(SSE_OF_LOOKUP, index);
    sse_key_table_exchange(&t->index->lookups, lookup_key(client, server, sport, dns), index);
    return index;
}

/* Nobody asked for it, as far as is known by now. */
static uint32_t unasked_lookup(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    const bool start = p->time - t->first_time <= FILE_START, alone = !sse_has_asked(t, &p->dst);
    struct sse_unasked *u = unasked_of(t);
    uint32_t index;

    if (!start && !alone) {
        early_answer *early = &u->early[u->next_early];

        u->next_early = (u->next_early + 1) % EARLY_KEPT;
        *early = (early_answer){ .packet = *p, .dns = *dns };
        obs_dns_forget(&early->dns);
        early->dns.n_addresses = MIN(dns->n_addresses, EARLY_ADDRESSES);
        for (unsigned i = 0; i < early->dns.n_addresses; i++)
            early->addresses[i] = dns->addresses[i];
        return SSE_NONE;
    }
    index = make_lookup(t, p, dns);
    if (index == SSE_NONE)
        return SSE_NONE;
    sse_lookup_at(t, index)->alone = alone;
    if (start && u->n_provisional < PROVISIONAL)
        u->provisional[u->n_provisional++] = index;
    return index;
}

void sse_confirm_lookups(sse_tracker *t, const obs_packet *p)
{
    struct sse_unasked *u = t->index->unasked;

    for (unsigned i = 0; u != NULL && i < u->n_provisional;) {
        sse_lookup *l = sse_lookup_at(t, u->provisional[i]);
        const bool same = sse_addr_equal(&sse_address_at(t, l->server)->addr, &p->src) &&
                          (l->client == SSE_NONE ? sse_addr_is_loopback(&p->dst)
                                                 : sse_addr_equal(&sse_address_at(t, l->client)->addr, &p->dst));

        if (same) {
            l->confirmed = true;
            t->generation++;
            u->provisional[i] = u->provisional[--u->n_provisional];
        } else {
            i++;
        }
    }
}

/* At the limit those that nobody asked for give way first. */
static void drop_unasked_gateway(sse_tracker *t)
{
    struct sse_unasked *u = t->index->unasked;

    while (u != NULL && u->n_gateways > 0) {
        sse_address *a = sse_address_at(t, u->gateways[--u->n_gateways]);

        if ((a->role & SSE_ROLE_GATEWAY) == 0 || a->unasked == 0 || sse_tracker_lookup(t, a->unasked - 1)->queries > 0 ||
            sse_tracker_lookup(t, a->unasked - 1)->confirmed)
            continue;
        a->role &= (uint8_t)~SSE_ROLE_GATEWAY;
        a->known = SSE_KNOWN_NOT;
        a->unasked = 0;
        t->gateways--;
        return;
    }
}

/* @return the gateway's address index, or SSE_NONE */
static uint32_t teach(sse_tracker *t, uint32_t index, const obs_packet *p, const sse_addr *addr)
{
    const sse_lookup *l = sse_lookup_at(t, index);
    const char *name = l->name != SSE_NONE ? sse_tracker_name(t, l->name) : NULL;
    const uint32_t known = sse_find_address(t, addr), before = t->gateways;
    const bool asked = l->queries > 0;
    uint32_t gateway;
    sse_address *a;

    if (!asked && known != SSE_NONE && (sse_address_at(t, known)->role & SSE_ROLE_GATEWAY) != 0)
        return known;
    if (asked && t->gateways >= t->limits.gateways && (known == SSE_NONE || (sse_address_at(t, known)->role & SSE_ROLE_GATEWAY) == 0))
        drop_unasked_gateway(t);
    gateway = sse_learn_gateway(t, addr, name, SSE_KNOWN_DNS, p->frame, p->time);
    if (gateway == SSE_NONE)
        return SSE_NONE;
    a = sse_address_at(t, gateway);
    if (asked) {
        a->unasked = 0;
    } else if (t->gateways > before) {
        struct sse_unasked *u = unasked_of(t);

        a->unasked = index + 1;
        if (u->n_gateways < G_N_ELEMENTS(u->gateways))
            u->gateways[u->n_gateways++] = gateway;
    }
    return gateway;
}

static void take_answer(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_dns *dns)
{
    sse_lookup *l = sse_lookup_at(t, index);
    bool suspicious = false;

    l->answered = true;
    l->answer_time = p->time;
    if (l->queries > 0)
        l->early = sse_note_answer(t, l->time, &l->answer_time);
    l->answer_frame = p->frame;
    l->rcode = dns->rcode;
    l->incomplete = dns->rcode == 0 && (dns->truncated || (p->cut && dns->answers > 0));
    l->only_alias = dns->rcode == 0 && dns->n_addresses == 0 && dns->n_aliases > 0 && !dns->sinkhole;
    for (unsigned i = 0; dns->rcode == 0 && i < dns->n_addresses; i++) {
        uint32_t gateway = dns->sinkhole ? SSE_NONE : teach(t, index, p, &dns->addresses[i]);

        if (gateway != SSE_NONE)
            sse_untaught_is_gateway(t, &dns->addresses[i], p->time);
        l = sse_lookup_at(t, index);
        l->any_address = true;
        if (gateway != SSE_NONE) {
            l->taught = true;
        } else if (!suspicious && (t->left_out >> SSE_LIMIT_GATEWAYS & 1) == 0) {
            const guint facts = t->facts->len;

            suspicious = true;
            sse_add_fact(t, SSE_FACT_SUSPICIOUS, l->client, p, &dns->addresses[i]);
            if (t->facts->len > facts)
                l->false_answer = facts;
        }
    }
    if (dns->rcode == 0 && l->queries > 0 && !suspicious && !dns->sinkhole)
        learn_aliases(t, l, dns);
    /* A name without addresses of IPv6 or service bindings is no fault. */
    if (!l->taught && !l->incomplete && !l->only_alias && l->client != SSE_NONE &&
        (dns->qtype == SSE_DNS_TYPE_A || dns->rcode != 0 || l->any_address))
        sse_note_failure(t, l->client, p->time);
}

/* Its answer may have come first in the file. */
static void adopt_early(sse_tracker *t, uint32_t index, const obs_packet *p, const obs_dns *dns)
{
    struct sse_unasked *u = t->index->unasked;

    for (unsigned i = 0; u != NULL && i < EARLY_KEPT; i++) {
        early_answer *early = &u->early[i];
        obs_packet *then = &early->packet;

        if (then->frame == 0 || early->dns.id != dns->id || early->dns.question != dns->question ||
            then->dport != p->sport || then->sport != p->dport || then->time < p->time - SSE_EARLY_WAIT ||
            then->time > p->time + SSE_EARLY_WAIT || !sse_addr_equal(&then->src, &p->dst) || !sse_addr_equal(&then->dst, &p->src))
            continue;
        early->dns.addresses = early->addresses;
        sse_add_mark(t, then->frame, SSE_MARK_REPLY, SSE_OF_LOOKUP, index, 1);
        take_answer(t, index, then, &early->dns);
        then->frame = 0;
        return;
    }
}

void sse_lookup_message(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    uint32_t index;
    sse_lookup *l;

    if (dns->qname == NULL)
        return;
    index = find_lookup(t, p, dns);
    if (index == SSE_NONE)
        index = dns->response ? unasked_lookup(t, p, dns) : make_lookup(t, p, dns);
    if (index == SSE_NONE)
        return;
    l = sse_lookup_at(t, index);
    if (sse_is_copy(t, p, 4)) {
        sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_LOOKUP, index, l->queries);
        return;
    }
    if (!dns->response) {
        const bool first = l->queries == 0;

        if (first) {
            l->frame = p->frame;
            l->time = p->time;
            if (l->answered)
                l->early = sse_note_answer(t, l->time, &l->answer_time);
        }
        if (l->queries < UINT16_MAX)
            l->queries++;
        l->last_time = p->time;
        if (l->client != SSE_NONE) {
            sse_client_sent(t, l->client, p);
            l->adapter = sse_adapter_of(sse_address_at(t, l->client), p);
            sse_address_at(t, l->client)->questions_asked += first;
            sse_address_at(t, l->client)->uses_web = true;
        }
        if (first && l->answered)
            sse_address_at(t, l->server)->questions_answered++;
        sse_add_mark(t, p->frame, SSE_MARK_QUERY, SSE_OF_LOOKUP, index, l->queries);
        if (first && !l->answered)
            adopt_early(t, index, p, dns);
        return;
    }
    /* Without a question anybody could say so of the client itself. */
    if (l->queries > 0 && !l->answered)
        sse_address_at(t, l->server)->questions_answered++;
    sse_add_mark(t, p->frame, SSE_MARK_REPLY, SSE_OF_LOOKUP, index, l->queries);
    if (!l->answered)
        take_answer(t, index, p, dns);
}
