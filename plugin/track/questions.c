/* questions.c
 * Which DNS questions the file holds, and what their answers call an address.
 *
 * All tables have a fixed size. Their keys begin with a number that is drawn in
 * each run, so that no sender can aim at a place.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "questions.h"

#include <string.h>

#include "endpoints.h"
#include "names.h"

#define ASKED_KEPT  4096
#define NAMED_KEPT  4096
#define ASKER_BITS  18

typedef struct named_place {
    uint64_t key;            /**< 0: empty */
    uint8_t  as;             /**< sse_named */
    char     site[39];       /**< the name's last two labels; empty where they do not fit */
} named_place;

struct sse_questions {
    uint64_t    asked[ASKED_KEPT];
    named_place named[NAMED_KEPT];
    uint64_t    askers[(1u << ASKER_BITS) / 64];
};

static uint64_t question_key(const sse_addr *asker, const sse_addr *server, uint16_t port, const obs_dns *dns)
{
    return sse_mix(sse_mix_addr(sse_mix_addr(13, asker), server),
                   (uint64_t)port << 48 | (uint64_t)dns->id << 32 | dns->question) | 1;
}

static uint64_t named_key(const sse_addr *addr)
{
    return sse_mix_addr(17, addr) | 1;
}

static uint32_t asker_bit(const sse_addr *addr)
{
    return (uint32_t)(sse_mix_addr(19, addr) >> (64 - ASKER_BITS));
}

void sse_question_seen(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    struct sse_questions *q = t->index->questions;
    const uint64_t key = question_key(&p->src, &p->dst, p->sport, dns);
    const uint32_t bit = asker_bit(&p->src), index = sse_source_of(t, p);

    if (q == NULL)
        q = t->index->questions = g_new0(struct sse_questions, 1);
    q->asked[key / 2 % ASKED_KEPT] = key;
    q->askers[bit / 64] |= UINT64_C(1) << (bit % 64);
    if (index != SSE_NONE)
        sse_address_at(t, index)->asked = true;
}

bool sse_question_held(const sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    const struct sse_questions *q = t->index->questions;
    const uint64_t key = question_key(&p->dst, &p->src, p->dport, dns);

    return q != NULL && q->asked[key / 2 % ASKED_KEPT] == key;
}

bool sse_has_asked(const sse_tracker *t, const sse_addr *addr)
{
    const struct sse_questions *q = t->index->questions;
    const uint32_t bit = asker_bit(addr);

    return q != NULL && (q->askers[bit / 64] >> (bit % 64) & 1) != 0;
}

sse_named sse_named_as(const sse_tracker *t, const sse_addr *addr)
{
    const struct sse_questions *q = t->index->questions;
    const uint64_t key = named_key(addr);

    return q != NULL && q->named[key / 2 % NAMED_KEPT].key == key ? (sse_named)q->named[key / 2 % NAMED_KEPT].as : SSE_NAMED_NOT;
}

const char *sse_site_named(const sse_tracker *t, const sse_addr *addr)
{
    const struct sse_questions *q = t->index->questions;
    const uint64_t key = named_key(addr);
    const named_place *place = q != NULL ? &q->named[key / 2 % NAMED_KEPT] : NULL;

    return place != NULL && place->key == key && place->site[0] != '\0' ? place->site : NULL;
}

static const char *last_labels(const char *name)
{
    const char *at = name + strlen(name);
    unsigned dots = 0;

    while (at > name && (at[-1] != '.' || ++dots < 2))
        at--;
    return at;
}

/* It is inside a preference's range, and somebody else's all the same. */
static void take_from_range(sse_tracker *t, const sse_addr *addr)
{
    uint32_t index = sse_find_address(t, addr);
    sse_address *a;

    if (index == SSE_NONE && t->addresses->len >= t->limits.addresses)
        return;
    index = sse_make_address(t, addr);
    a = sse_address_at(t, index);
    if ((a->role & SSE_ROLE_GATEWAY) != 0 && a->known != SSE_KNOWN_PREFERENCE)
        return;
    if ((a->role & SSE_ROLE_GATEWAY) != 0) {
        a->role &= (uint8_t)~SSE_ROLE_GATEWAY;
        a->known = SSE_KNOWN_NOT;
        t->gateways--;
    }
    a->not_gateway = true;
    t->generation++;
}

void sse_answer_names(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    const sse_named as = dns->qname != NULL && sse_is_zta_name(dns->qname) ? SSE_NAMED_ZTA : SSE_NAMED_OTHERWISE;
    struct sse_questions *q = t->index->questions;

    for (unsigned i = 0; q != NULL && i < dns->n_addresses; i++) {
        const uint64_t key = named_key(&dns->addresses[i]);
        named_place *place = &q->named[key / 2 % NAMED_KEPT];

        if (place->key == key ? place->as < as : place->as <= as)
            *place = (named_place){ .key = key, .as = (uint8_t)as };
        if (place->key == key && dns->qname != NULL) {
            const char *site = last_labels(dns->qname);

            /* Cut, it would be another site. */
            g_strlcpy(place->site, strlen(site) < sizeof place->site ? site : "", sizeof place->site);
        }
        if (t->config.gateways->len > 0 && sse_ranges_contain(t->config.gateways, &dns->addresses[i]) &&
            !sse_addr_equal(&dns->addresses[i], &p->src))
            take_from_range(t, &dns->addresses[i]);
    }
}
