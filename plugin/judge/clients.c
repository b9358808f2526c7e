/* clients.c
 * Which addresses are one client, and what evidence belongs to it: device ids,
 * link-layer addresses, changes of network, a NAT seen from both sides:
 * docs/verdict.md, "Terms".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "clients.h"

#include "background.h"
#include "hash.h"
#include "path_tools.h"
#include "ports.h"

#include <string.h>

/* Two addresses of one adapter are never in use this close together. */
#define USE_GAP         (30 * SSE_SECOND)
/* So many queries seen twice make a pair of addresses one client. */
#define NAT_PAIRS       3

/* GLib hashes the low half of such a key: all behind one NAT, or of one maker,
 * would fall into one place. */
static guint mixed_hash(const void *key)
{
    uint64_t value;

    memcpy(&value, key, sizeof value);
    return (guint)sse_mix(1, value);
}

/** A moment at which an address sent something of the module. */
typedef struct use {
    int64_t  time;
    uint32_t address, frame;
} use;

static int compare_use(const void *a, const void *b)
{
    const use *x = (const use *)a, *y = (const use *)b;

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

/* ---- which addresses belong together: a forest of sets ---- */

static uint32_t set_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = set_of(parent, a);
    b = set_of(parent, b);
    /* The older address stays the root: a client is named by it. */
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

static bool is_client(const sse_address *a)
{
    return (a->role & SSE_ROLE_CLIENT) != 0 && !a->answers &&
           (a->role & (SSE_ROLE_GATEWAY | SSE_ROLE_RESOLVER)) == 0;
}

static void add_use(GArray *uses, const bool *wanted, uint32_t address, int64_t time, uint32_t frame)
{
    use u = { .time = time, .address = address, .frame = frame };

    if (frame != 0 && wanted[address])
        g_array_append_val(uses, u);
}

/* The uses of some addresses, by time. Few rules ask, and of few addresses:
 * all uses would be as many as there are packets. */
static GArray *uses_of(const sse_context *c, const bool *wanted)
{
    GArray *uses = g_array_new(FALSE, FALSE, sizeof(use));

    for (guint i = 0; i < c->t->probes->len; i++) {
        const sse_probe *p = probe_at(c, i);

        if (!p->local) {
            add_use(uses, wanted, p->client, p->time, p->frame);
            if (p->attempts > 1)
                add_use(uses, wanted, p->client, p->last_time, p->last_frame);
        }
    }
    for (guint i = 0; i < c->t->handshakes->len; i++) {
        const sse_handshake *h = handshake_at(c, i);

        add_use(uses, wanted, h->client, h->time, h->frame);
        if (h->attempts > 1)
            add_use(uses, wanted, h->client, h->last_syn, h->last_frame);
    }
    for (guint i = 0; i < c->t->lookups->len; i++) {
        const sse_lookup *l = &g_array_index(c->t->lookups, sse_lookup, i);

        if (l->client != SSE_NONE)
            add_use(uses, wanted, l->client, l->time, l->frame);
    }
    g_array_sort(uses, compare_use);
    return uses;
}

static void join_by_device(const sse_context *c, uint32_t *parent)
{
    GHashTable *owner = g_hash_table_new(sse_hash_string, g_str_equal);

    for (guint i = 0; i < c->t->probes->len; i++) {
        const sse_probe *p = probe_at(c, i);
        const obs_identity *identity;
        uint32_t first;

        identity = sse_identity(c->t, p->query_identity);
        if (p->local || identity == NULL || identity->device[0] == '\0' || !is_client(address_at(c, p->client)))
            continue;
        first = GPOINTER_TO_UINT(g_hash_table_lookup(owner, identity->device));
        if (first == 0)
            g_hash_table_insert(owner, (gpointer)identity->device, GUINT_TO_POINTER(p->client + 1));
        else
            join(parent, first - 1, p->client);
    }
    g_hash_table_destroy(owner);
}

/** What one link-layer address was used for. */
typedef struct adapter {
    uint32_t users;          /**< IPv4 addresses, of clients or not */
    uint32_t last_v4;        /**< the IPv4 address that used it last */
    int64_t  last_time;
    bool     shared;         /**< two IPv4 addresses at a time: a router */
    GArray  *v4, *v6;        /**< guint32 address indices */
} adapter;

static void free_adapter(gpointer data)
{
    adapter *a = (adapter *)data;

    g_array_free(a->v4, TRUE);
    g_array_free(a->v6, TRUE);
    g_free(a);
}

/* Which adapters two IPv4 addresses used at a time: a router's. */
static void find_shared(const sse_context *c, GHashTable *adapters)
{
    bool *wanted = g_new0(bool, c->t->addresses->len), any = false;

    for (unsigned pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < c->t->addresses->len; i++) {
            const sse_address *a = address_at(c, i);

            for (guint k = 0; a->macs != NULL && a->addr.family == 4 && k < a->macs->len; k++) {
                adapter *ad = (adapter *)g_hash_table_lookup(adapters, &g_array_index(a->macs, guint64, k));

                if (ad == NULL)
                    continue;
                if (pass == 0)
                    ad->users++;
                else if (ad->users > 1)
                    wanted[i] = any = true;
            }
        }
    }
    GArray *uses = any ? uses_of(c, wanted) : NULL;

    for (guint i = 0; uses != NULL && i < uses->len; i++) {
        const use *u = &g_array_index(uses, use, i);
        const sse_address *a = address_at(c, u->address);

        for (guint k = 0; k < a->macs->len; k++) {
            adapter *ad = (adapter *)g_hash_table_lookup(adapters, &g_array_index(a->macs, guint64, k));

            if (ad == NULL)
                continue;
            if (ad->last_v4 != SSE_NONE && ad->last_v4 != u->address && u->time - ad->last_time < USE_GAP)
                ad->shared = true;
            ad->last_v4 = u->address;
            ad->last_time = u->time;
        }
    }
    if (uses != NULL)
        g_array_free(uses, TRUE);
    g_free(wanted);
}

static void join_by_adapter(const sse_context *c, uint32_t *parent)
{
    GHashTable *adapters = g_hash_table_new_full(mixed_hash, g_int64_equal, g_free, free_adapter);
    GHashTableIter iter;
    gpointer value;

    for (guint i = 0; i < c->t->addresses->len; i++) {
        const sse_address *a = address_at(c, i);

        for (guint k = 0; a->macs != NULL && is_client(a) && k < a->macs->len; k++) {
            guint64 mac = g_array_index(a->macs, guint64, k);
            adapter *ad = (adapter *)g_hash_table_lookup(adapters, &mac);

            if (ad == NULL) {
                ad = g_new0(adapter, 1);
                ad->last_v4 = SSE_NONE;
                ad->v4 = g_array_new(FALSE, FALSE, sizeof(guint32));
                ad->v6 = g_array_new(FALSE, FALSE, sizeof(guint32));
                g_hash_table_insert(adapters, g_memdup2(&mac, sizeof mac), ad);
            }
            g_array_append_val(a->addr.family == 4 ? ad->v4 : ad->v6, i);
        }
    }
    find_shared(c, adapters);
    g_hash_table_iter_init(&iter, adapters);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const adapter *ad = (const adapter *)value;

        if (ad->shared || ad->v4->len == 0)
            continue;
        for (guint i = 1; i < ad->v4->len; i++)
            join(parent, item(ad->v4, 0), item(ad->v4, i));
        for (guint i = 0; i < ad->v6->len; i++)
            join(parent, item(ad->v4, 0), item(ad->v6, i));
    }
    g_hash_table_destroy(adapters);
}

/* Counts the queries that two addresses have in common. @return a table from
 * (inner << 32 | outer) to the count, of pairs that are a NAT. */
static GHashTable *nat_pairs(const sse_context *c)
{
    GHashTable *pairs = g_hash_table_new_full(mixed_hash, g_int64_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer key, value;

    for (guint i = 0; i < c->t->probes->len; i++) {
        const sse_probe *p = probe_at(c, i);

        if (p->nat_peer == SSE_NONE || !p->is_nat_copy)
            continue;
        gint64 pair = (gint64)((uint64_t)probe_at(c, p->nat_peer)->client << 32 | p->client);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(pairs, &pair));

        g_hash_table_insert(pairs, g_memdup2(&pair, sizeof pair), GUINT_TO_POINTER(count + 1));
    }
    g_hash_table_iter_init(&iter, pairs);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (GPOINTER_TO_UINT(value) < NAT_PAIRS)
            g_hash_table_iter_remove(&iter);
    return pairs;
}

static bool is_pair(GHashTable *pairs, uint32_t inner, uint32_t outer)
{
    gint64 pair = (gint64)((uint64_t)inner << 32 | outer);

    return g_hash_table_contains(pairs, &pair);
}

/* ---- groups ---- */

static sse_group *group_of_address(sse_context *c, uint32_t address)
{
    return c->group_of[address] == SSE_NONE ? NULL : &g_array_index(c->groups, sse_group, c->group_of[address]);
}

static void new_group(sse_context *c, uint32_t root)
{
    sse_group g = { .number = c->groups->len, .tracker = c->t, .outer = SSE_NONE, .newest_change = INT64_MIN };

    for (unsigned v = 0; v < 2; v++) {
        for (unsigned p = 0; p < PORTS; p++) {
            g.probes[v][p] = g_array_ref(c->nothing);
            g.dns_runs[v][p].items = g_array_ref(c->nothing);
        }
    }
    GArray **others[] = {
        &g.members, &g.diagnostics, &g.tcp_probes, &g.local_probes, &g.local_named, &g.handshakes, &g.all_handshakes, &g.lookups,
        &g.answers, &g.facts, &g.web_run.items, &g.records, &g.changes, &g.forged, &g.resets, &g.broken, &g.path_tools, &g.stretches,
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
        *others[i] = g_array_ref(c->nothing);
    c->group_of[root] = g.number;
    g_array_append_val(c->groups, g);
}

void sse_free_groups(sse_context *c)
{
    for (guint i = 0; i < c->groups->len; i++) {
        sse_group *g = &g_array_index(c->groups, sse_group, i);

        for (unsigned v = 0; v < 2; v++) {
            for (unsigned p = 0; p < PORTS; p++) {
                g_array_unref(g->probes[v][p]);
                g_array_unref(g->dns_runs[v][p].items);
            }
        }
        GArray *others[] = {
            g->members, g->diagnostics, g->tcp_probes, g->local_probes, g->local_named, g->handshakes, g->all_handshakes, g->lookups,
            g->answers, g->facts, g->web_run.items, g->records, g->changes, g->forged, g->resets, g->broken, g->path_tools, g->stretches,
        };
        for (unsigned k = 0; k < G_N_ELEMENTS(others); k++)
            g_array_unref(others[k]);
        if (g->portals != NULL)
            g_array_free(g->portals, TRUE);
        if (g->totals != NULL)
            g_array_free(g->totals, TRUE);
    }
    g_array_unref(c->nothing);
    g_array_free(c->groups, TRUE);
}

static int by_probe_time(const void *a, const void *b, void *context)
{
    const sse_context *c = (const sse_context *)context;
    const sse_probe *x = probe_at(c, *(const guint32 *)a), *y = probe_at(c, *(const guint32 *)b);

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

static int by_handshake_time(const void *a, const void *b, void *context)
{
    const sse_context *c = (const sse_context *)context;
    const sse_handshake *x = handshake_at(c, *(const guint32 *)a), *y = handshake_at(c, *(const guint32 *)b);

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

static int by_lookup_time(const void *a, const void *b, void *context)
{
    const sse_context *c = (const sse_context *)context;
    const sse_lookup *x = &g_array_index(c->t->lookups, sse_lookup, *(const guint32 *)a);
    const sse_lookup *y = &g_array_index(c->t->lookups, sse_lookup, *(const guint32 *)b);

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

static int by_answer_time(const void *a, const void *b, void *context)
{
    const sse_context *c = (const sse_context *)context;
    const sse_connect_answer *x = &g_array_index(c->t->connects, sse_connect_answer, *(const guint32 *)a);
    const sse_connect_answer *y = &g_array_index(c->t->connects, sse_connect_answer, *(const guint32 *)b);

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

static int by_record_time(const void *a, const void *b, void *context)
{
    const sse_context *c = (const sse_context *)context;
    int64_t x = sse_record_of(c->t, *(const guint32 *)a).time, y = sse_record_of(c->t, *(const guint32 *)b).time;

    return (x > y) - (x < y);
}

/* Has the file nothing that this address sent, only what it got? */
static bool is_unheard(const sse_address *a)
{
    return a->packets_initial_ttl + a->packets_other_ttl == 0 && !a->sent_others && a->direct == NULL && a->quic_count == 0;
}

/* A reply without its query counts where the query may be in the direction that
 * is missing, or before the file's start; else nobody asked for it. */
static bool reply_alone_counts(const sse_context *c, const sse_probe *p)
{
    return p->reply_time - c->t->first_time <= c->t->config.probe_timeout || is_unheard(address_at(c, p->client));
}

static void collect_probes(sse_context *c, GHashTable *pairs)
{
    for (guint i = 0; i < c->t->probes->len; i++) {
        const sse_probe *p = probe_at(c, i);
        sse_group *g = group_of_address(c, p->client);
        const guint32 number = sse_record_number(SSE_OF_PROBE, i);
        unsigned v = address_at(c, p->client)->addr.family == 6;

        if (g == NULL)
            continue;
        if (p->local) {
            c->probe_counts[i] = 1;
            add_to_own(g->local_probes, i);
            continue;
        }
        if (p->transport == SSE_UDP)
            add_to_own(g->records, number);
        if (sse_probe_is_path_tool(c->t, i)) {
            add_to_own(g->path_tools, p->frame);
            continue;
        }
        if (p->frame == 0 && p->transport == SSE_UDP && !reply_alone_counts(c, p)) {
            /* Its query may have a magic that nobody announced. */
            if (p->name != OBS_NAME_DNSCRYPT)
                add_to_own(g->forged, p->reply_frame);
            continue;
        }
        if (p->is_nat_copy && is_pair(pairs, probe_at(c, p->nat_peer)->client, p->client)) {
            const sse_probe *inner = probe_at(c, p->nat_peer);
            sse_group *inner_group = group_of_address(c, inner->client);

            if (inner_group != NULL) {
                inner_group->nat_pairs++;
                inner_group->nat_lost_inside += inner->reply == SSE_REPLY_NONE && p->reply != SSE_REPLY_NONE;
                inner_group->outer = p->client;
            }
            continue;
        }
        if (!sse_is_selected(c->selection, SSE_OF_PROBE, i))
            continue;
        c->probe_counts[i] = 1;
        if (p->transport == SSE_TCP)
            add_to_own(g->tcp_probes, i);
        else if (!sse_is_resolver_port(p->port))
            add_to_own(g->diagnostics, i);
        else
            add_to_own(g->probes[v][p->port == 443 ? PORT_443 : PORT_53], i);
    }
}

/* What an answer taught that nobody asked for stands for its receiver at most. */
static bool gateway_stands(const sse_context *c, const sse_group *g, const sse_handshake *h)
{
    uint32_t only;

    return sse_gateway_stands(c->t, h->gateway, &only) && (only == SSE_NONE || c->group_of[only] == g->number);
}

static void collect_handshakes(sse_context *c, GHashTable *pairs)
{
    for (guint i = 0; i < c->t->handshakes->len; i++) {
        const sse_handshake *h = handshake_at(c, i);
        sse_group *g = group_of_address(c, h->client);
        const guint32 number = sse_record_number(SSE_OF_HANDSHAKE, i);

        if (g == NULL)
            continue;
        add_to_own(g->records, number);
        if (!gateway_stands(c, g, h))
            continue;
        if (h->is_nat_copy && is_pair(pairs, handshake_at(c, h->nat_peer)->client, h->client))
            continue;
        if (!sse_is_selected(c->selection, SSE_OF_HANDSHAKE, i))
            continue;
        if (sse_handshake_is_path_tool(c->t, i)) {
            add_to_own(g->path_tools, h->frame);
            continue;
        }
        c->swg_counts[i] = 1;
        add_to_own(g->all_handshakes, i);
    }
    for (guint i = 0; i < c->t->connects->len; i++) {
        const sse_connect_answer *a = &g_array_index(c->t->connects, sse_connect_answer, i);
        sse_group *g = group_of_address(c, handshake_at(c, a->handshake)->client);

        if (g != NULL && gateway_stands(c, g, handshake_at(c, a->handshake)) &&
            sse_is_selected(c->selection, SSE_OF_HANDSHAKE, a->handshake))
            add_to_own(g->answers, i);
    }
    for (guint i = 0; i < c->t->lookups->len; i++) {
        const sse_lookup *l = &g_array_index(c->t->lookups, sse_lookup, i);
        sse_group *g = l->client != SSE_NONE ? group_of_address(c, l->client) : NULL;

        if (g == NULL)
            continue;
        const guint32 number = sse_record_number(SSE_OF_LOOKUP, i);

        add_to_own(g->records, number);
        if (sse_lookup_stands(c->t, l))
            add_to_own(g->lookups, i);
    }
    for (guint i = 0; i < c->t->facts->len; i++) {
        const sse_fact *f = &g_array_index(c->t->facts, sse_fact, i);
        sse_group *g = f->client != SSE_NONE ? group_of_address(c, f->client) : NULL;

        if (g != NULL)
            add_to_own(g->facts, i);
    }
}

/* Handshakes to 443 decide, those to 80 only where there is none to 443. */
static void choose_handshakes(const sse_context *c, sse_group *g)
{
    bool any_443 = false, any_80 = false;

    for (guint i = 0; i < g->all_handshakes->len; i++) {
        if (handshake_at(c, item(g->all_handshakes, i))->port == 443)
            any_443 = true;
        else
            any_80 = true;
    }
    if (!any_443 || !any_80) {
        g_array_unref(g->handshakes);
        g->handshakes = g_array_ref(g->all_handshakes);
        return;
    }
    for (guint i = 0; i < g->all_handshakes->len; i++) {
        guint32 index = item(g->all_handshakes, i);

        if (handshake_at(c, index)->port == 443)
            add_to_own(g->handshakes, index);
    }
}

/** A use among those of its client, and the address's uses next to it. */
typedef struct own_use {
    use   use;
    guint before;            /**< index + 1, 0 without */
    guint after;             /**< index, 0 without: it is never the first */
} own_use;

/* Where the client went from one IPv4 address to another for good: the old one
 * is silent for a while after, the new one was for a while before. */
static void find_network_changes(sse_context *c)
{
    bool *wanted = g_new0(bool, c->t->addresses->len), any = false;

    for (guint i = 0; i < c->t->addresses->len; i++) {
        const sse_group *g = group_of_address(c, i);

        wanted[i] = g != NULL && g->members->len > 1 && i != g->outer && address_at(c, i)->addr.family == 4;
        any |= wanted[i];
    }
    if (!any) {
        g_free(wanted);
        return;
    }
    GArray *uses = uses_of(c, wanted);
    GArray **of_group = g_new0(GArray *, c->groups->len);
    /* Where in its client's uses an address was used last, index + 1. */
    guint *latest = g_new0(guint, c->t->addresses->len);

    for (guint i = 0; i < uses->len; i++) {
        const use *u = &g_array_index(uses, use, i);
        sse_group *g = group_of_address(c, u->address);

        if (of_group[g->number] == NULL)
            of_group[g->number] = g_array_new(FALSE, FALSE, sizeof(own_use));
        GArray *mine = of_group[g->number];
        own_use own = { .use = *u, .before = latest[u->address] };

        if (own.before != 0)
            g_array_index(mine, own_use, own.before - 1).after = mine->len;
        latest[u->address] = mine->len + 1;
        g_array_append_val(mine, own);
    }
    for (guint n = 0; n < c->groups->len; n++) {
        GArray *mine = of_group[n];
        sse_group *g = &g_array_index(c->groups, sse_group, n);

        for (guint i = 1; mine != NULL && i < mine->len; i++) {
            const own_use *last = &g_array_index(mine, own_use, i - 1), *first = &g_array_index(mine, own_use, i);
            const use *old = &last->use, *now = &first->use;

            if (old->address == now->address ||
                (last->after != 0 && g_array_index(mine, own_use, last->after).use.time - now->time <= USE_GAP) ||
                (first->before != 0 &&
                 old->time - g_array_index(mine, own_use, first->before - 1).use.time <= USE_GAP))
                continue;
            sse_change change = {
                .frame = now->frame, .time = now->time, .service = SSE_SERVICE_NETWORK,
                .from_addr = address_at(c, old->address)->addr, .to_addr = address_at(c, now->address)->addr,
            };
            add_to_own(g->changes, change);
            g->newest_change = now->time;
        }
        if (mine != NULL)
            g_array_free(mine, TRUE);
    }
    g_free(of_group);
    g_free(latest);
    g_array_free(uses, TRUE);
    g_free(wanted);
}

void sse_collect_groups(sse_context *c)
{
    guint count = c->t->addresses->len;
    uint32_t *parent = g_new(uint32_t, count), *inners = g_new0(uint32_t, count);
    GHashTable *pairs = nat_pairs(c);
    GHashTableIter iter;
    gpointer key;

    for (guint i = 0; i < count; i++)
        parent[i] = i;
    join_by_device(c, parent);
    join_by_adapter(c, parent);
    g_hash_table_iter_init(&iter, pairs);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        inners[(uint32_t)*(gint64 *)key]++;
    g_hash_table_iter_init(&iter, pairs);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        uint64_t pair = (uint64_t)*(gint64 *)key;
        uint32_t inner = (uint32_t)(pair >> 32), outer = (uint32_t)pair;

        /* Several hosts behind one NAT: its outer address is nobody's own. */
        if (inners[outer] == 1 && is_client(address_at(c, inner)) && is_client(address_at(c, outer)))
            join(parent, inner, outer);
    }
    g_free(inners);

    c->groups = g_array_new(FALSE, TRUE, sizeof(sse_group));
    c->nothing = g_array_new(FALSE, FALSE, 1);
    c->group_of = g_new(uint32_t, count);
    c->probe_counts = g_new0(uint8_t, c->t->probes->len + 1);
    c->swg_counts = g_new0(uint8_t, c->t->handshakes->len + 1);
    for (guint i = 0; i < count; i++)
        c->group_of[i] = SSE_NONE;
    for (guint i = 0; i < count; i++) {
        uint32_t root = set_of(parent, i);

        if (!is_client(address_at(c, i)))
            continue;
        if (c->group_of[root] == SSE_NONE)
            new_group(c, root);
        c->group_of[i] = c->group_of[root];
        add_to_own(group_of_address(c, i)->members, i);
    }
    collect_probes(c, pairs);
    collect_handshakes(c, pairs);
    find_network_changes(c);
    for (guint n = 0; n < c->groups->len; n++) {
        sse_group *g = &g_array_index(c->groups, sse_group, n);
        uint32_t own = 0, other = 0;

        for (unsigned v = 0; v < 2; v++)
            for (unsigned p = 0; p < PORTS; p++)
                g_array_sort_with_data(g->probes[v][p], by_probe_time, c);
        g_array_sort_with_data(g->local_probes, by_probe_time, c);
        g_array_sort_with_data(g->all_handshakes, by_handshake_time, c);
        g_array_sort_with_data(g->lookups, by_lookup_time, c);
        g_array_sort_with_data(g->answers, by_answer_time, c);
        g_array_sort_with_data(g->records, by_record_time, c);
        sse_total_control(g);
        choose_handshakes(c, g);
        g->one_way = true;
        for (guint i = 0; i < g->members->len; i++) {
            const sse_address *a = address_at(c, item(g->members, i));

            if (item(g->members, i) == g->outer)
                continue;
            g->one_way &= a->towards == 0 && !(is_unheard(a) && a->unasked_packets > 0);
            own += a->packets_initial_ttl;
            other += a->packets_other_ttl;
        }
        /* Answers may have come before the address was known as a client. */
        for (guint i = 0; i < g->local_probes->len; i++)
            g->one_way &= probe_at(c, item(g->local_probes, i))->reply_frame == 0;
        for (guint i = 0; i < g->lookups->len; i++)
            g->one_way &= !g_array_index(c->t->lookups, sse_lookup, item(g->lookups, i)).answered;
        g->at_client = own >= other && own > 0;
        g->unheard = own + other == 0;
    }
    g_hash_table_destroy(pairs);
    g_free(parent);
}
