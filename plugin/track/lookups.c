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
#include "room.h"
#include "untaught.h"

#define DNS_TYPE_A      1

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

static uint32_t lookup_of(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    const sse_addr *client = dns->response ? &p->dst : &p->src, *server = dns->response ? &p->src : &p->dst;
    const uint16_t sport = dns->response ? p->dport : p->sport;
    uint64_t key = lookup_key(client, server, sport, dns);
    uint32_t index = sse_index_get(t->index->lookups, key);
    sse_lookup *l;

    if (index != SSE_NONE) {
        l = sse_lookup_at(t, index);
        /* An id comes again after a while: that is another lookup. */
        if (same_lookup(t, l, client, server, sport, dns) && p->time - l->last_time <= 60 * SSE_SECOND &&
            (l->queries == 0 && !dns->response ? sse_may_answer(p->time, l->last_time)
                                               : sse_may_answer(l->time, p->time)))
            return index;
    }
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
    l->name = sse_intern_name(t, dns->qname != NULL ? dns->qname : "");
    l->loopback = sse_addr_is_loopback(client);
    l->client = l->false_answer = SSE_NONE;
    l->server = sse_make_address(t, server);
    uint32_t asker = l->loopback ? SSE_NONE : sse_make_client(t, p, client);
    l = sse_lookup_at(t, index);
    l->client = asker;
    sse_init_control(&l->control);
    if (asker != SSE_NONE)
        sse_address_at(t, asker)->newest = sse_record_number(SSE_OF_LOOKUP, index);
    sse_index_put(t->index->lookups, key, index);
    return index;
}

void sse_lookup_message(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    uint32_t index;
    sse_lookup *l;
    bool suspicious = false;

    if (dns->qname == NULL)
        return;
    index = lookup_of(t, p, dns);
    if (index == SSE_NONE)
        return;
    l = sse_lookup_at(t, index);
    if (sse_is_copy(t, p, 4)) {
        sse_add_mark(t, p->frame, SSE_MARK_COPY, SSE_OF_LOOKUP, index, l->queries);
        return;
    }
    if (!dns->response) {
        if (l->queries == 0) {
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
            sse_address_at(t, l->client)->uses_web = true;
        }
        if (l->answered)
            sse_address_at(t, l->server)->answers = true;
        sse_add_mark(t, p->frame, SSE_MARK_QUERY, SSE_OF_LOOKUP, index, l->queries);
        return;
    }
    /* Without a question anybody could say so of the client itself. */
    if (l->queries > 0)
        sse_address_at(t, l->server)->answers = true;
    sse_add_mark(t, p->frame, SSE_MARK_REPLY, SSE_OF_LOOKUP, index, l->queries);
    if (l->answered)
        return;
    l->answered = true;
    l->answer_time = p->time;
    if (l->queries > 0)
        l->early = sse_note_answer(t, l->time, &l->answer_time);
    l->answer_frame = p->frame;
    l->rcode = dns->rcode;
    l->incomplete = dns->rcode == 0 && (dns->truncated || (p->cut && dns->answers > 0));
    for (unsigned i = 0; dns->rcode == 0 && i < dns->n_addresses; i++) {
        uint32_t gateway = sse_learn_gateway(t, &dns->addresses[i], dns->qname, SSE_KNOWN_DNS, p->frame, p->time);

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
    /* A name without addresses of IPv6 or service bindings is no fault. */
    if (!l->taught && !l->incomplete && l->client != SSE_NONE &&
        (dns->qtype == DNS_TYPE_A || dns->rcode != 0 || l->any_address))
        sse_note_failure(t, l->client, p->time);
}
