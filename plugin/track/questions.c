/* questions.c
 * Which DNS questions the file holds, and what their answers call an address.
 *
 * All tables have a fixed number of places. Their keys begin with a number that is
 * drawn in each run, so that no sender can aim at a place.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "questions.h"

#include <string.h>

#include "bit_set.h"
#include "endpoints.h"
#include "names.h"

#define KEPT        4096     /* places of each table */
#define HELD_FIRST  64
#define ASKER_BITS  18

typedef struct asked_place {
    uint64_t key;            /**< 0: empty */
} asked_place;

typedef struct named_place {
    uint64_t key;            /**< 0: empty */
    uint8_t  as;             /**< sse_named */
    char     site[39];       /**< the name's last two labels; empty where they do not fit */
} named_place;

/* Each key has one place, which it may have to share with others: the newer one, or
 * who is worth more, has it. Only places that are taken need memory. */
typedef struct key_table {
    uint16_t *taken;         /**< KEPT: number + 1 of what stands on this place, 0 nothing; NULL: empty */
    char     *held;          /**< what stands on the places, in the order in which they were taken; each begins
                              * with its key */
    uint32_t  count, room;   /**< of held */
} key_table;

struct sse_questions {
    key_table   asked;       /**< asked_place */
    key_table   named;       /**< named_place */
    sse_bit_set askers;
};

/* What a key has; size: of it. NULL: nothing, or its place is another's. */
static const void *find_key(const key_table *table, size_t size, uint64_t key)
{
    const unsigned number = table->taken != NULL ? table->taken[key / 2 % KEPT] : 0;
    const char *there = number > 0 ? table->held + (number - 1) * size : NULL;

    return there != NULL && *(const uint64_t *)there == key ? there : NULL;
}

/* What stands on the place of a key: its own, another's, or all zero. */
static void *make_place(key_table *table, size_t size, uint64_t key)
{
    uint16_t *number;

    if (table->taken == NULL)
        table->taken = g_new0(uint16_t, KEPT);
    number = &table->taken[key / 2 % KEPT];
    if (*number == 0) {
        if (table->count == table->room) {
            table->room = table->room == 0 ? HELD_FIRST : table->room * 2;
            table->held = g_realloc_n(table->held, table->room, size);
        }
        memset(table->held + table->count * size, 0, size);
        *number = (uint16_t)++table->count;
    }
    return table->held + (*number - 1) * size;
}

static void clear_table(key_table *table)
{
    g_free(table->taken);
    g_free(table->held);
}

void sse_questions_free(struct sse_questions *q)
{
    if (q == NULL)
        return;
    clear_table(&q->asked);
    clear_table(&q->named);
    sse_bit_set_clear(&q->askers);
    g_free(q);
}

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
    const uint32_t index = sse_source_of(t, p);

    if (q == NULL)
        q = t->index->questions = g_new0(struct sse_questions, 1);
    ((asked_place *)make_place(&q->asked, sizeof(asked_place), key))->key = key;
    if (index != SSE_NONE && sse_address_at(t, index)->asked)
        return;
    sse_bit_set_add(&q->askers, ASKER_BITS, asker_bit(&p->src));
    if (index != SSE_NONE)
        sse_address_at(t, index)->asked = true;
}

bool sse_question_held(const sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    const struct sse_questions *q = t->index->questions;
    const uint64_t key = question_key(&p->dst, &p->src, p->dport, dns);

    return q != NULL && find_key(&q->asked, sizeof(asked_place), key) != NULL;
}

bool sse_has_asked(const sse_tracker *t, const sse_addr *addr)
{
    const struct sse_questions *q = t->index->questions;

    return q != NULL && sse_bit_set_has(&q->askers, asker_bit(addr));
}

sse_named sse_named_as(const sse_tracker *t, const sse_addr *addr)
{
    const struct sse_questions *q = t->index->questions;
    const named_place *place = q != NULL ? find_key(&q->named, sizeof(named_place), named_key(addr)) : NULL;

    return place != NULL ? (sse_named)place->as : SSE_NAMED_NOT;
}

const char *sse_site_named(const sse_tracker *t, const sse_addr *addr)
{
    const struct sse_questions *q = t->index->questions;
    const named_place *place = q != NULL ? find_key(&q->named, sizeof(named_place), named_key(addr)) : NULL;

    return place != NULL && place->site[0] != '\0' ? place->site : NULL;
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
        named_place *place = make_place(&q->named, sizeof(named_place), key);

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
