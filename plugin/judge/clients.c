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

#include "lower_bound.h"
#include "machines.h"
#include "outcome.h"
#include "path_tools.h"
#include "ports.h"
#include "report_memory.h"

#include <string.h>

/* So many queries seen twice make a pair of addresses one client. */
#define NAT_PAIRS       3
/* Of those that send just after an address so many are looked at. */
#define NEAR_STRETCHES  64
/* Records are fetched so many ahead of the one that is read. */
#define FETCH_AHEAD     8
#define CACHE_LINE      64

/* Counts the queries that two addresses have in common. @return a table from
 * (inner << 32 | outer) to the count, of pairs that are a NAT. */
static GHashTable *nat_pairs(const sse_context *c)
{
    GHashTable *pairs = sse_pairs_new(NULL);
    GHashTableIter iter;
    gpointer key, value;

    for (guint i = 0; c->t->has_nat_copies && i < c->t->probes->len; i++) {
        const sse_probe *p = sse_tracker_probe(c->t, i);

        if (p->nat_peer == SSE_NONE || !p->is_nat_copy)
            continue;
        gint64 pair = (gint64)((uint64_t)sse_tracker_probe(c->t, p->nat_peer)->client << 32 | p->client);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(pairs, &pair));

        g_hash_table_insert(pairs, g_memdup2(&pair, sizeof pair), GUINT_TO_POINTER(count + 1));
    }
    g_hash_table_iter_init(&iter, pairs);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (GPOINTER_TO_UINT(value) < NAT_PAIRS)
            g_hash_table_iter_remove(&iter);
    return pairs;
}

/* ---- groups ---- */

/* An address that two machines use has a client for each. */
static gint64 split_key(uint32_t address, uint8_t class)
{
    return (gint64)((uint64_t)class << 32 | address);
}

sse_group *sse_group_of(const sse_context *c, uint32_t address, uint8_t adapter)
{
    uint32_t number = c->group_of[address];

    if (number == SSE_NONE)
        return NULL;
    if (c->split != NULL && adapter != 0) {
        const gint64 key = split_key(address, sse_adapter_class(address_at(c, address), adapter));
        const uint32_t own = GPOINTER_TO_UINT(g_hash_table_lookup(c->split, &key));

        if (own != 0)
            number = own - 1;
    }
    return &g_array_index(c->groups, sse_group, number);
}

/* All lists of a client but its addresses. */
#define LISTS (4 * PORTS + 17)

static void lists_of(sse_group *g, GArray **lists[LISTS])
{
    GArray **others[] = {
        &g->diagnostics, &g->tcp_probes, &g->local_probes, &g->local_named, &g->handshakes, &g->all_handshakes, &g->lookups,
        &g->answers, &g->facts, &g->web_run.items, &g->records, &g->changes, &g->forged, &g->resets, &g->broken, &g->path_tools,
        &g->stretches,
    };
    unsigned n = 0;

    G_STATIC_ASSERT(G_N_ELEMENTS(others) + 4 * PORTS == LISTS);
    for (unsigned v = 0; v < 2; v++) {
        for (unsigned p = 0; p < PORTS; p++) {
            lists[n++] = &g->probes[v][p];
            lists[n++] = &g->dns_runs[v][p].items;
        }
    }
    memcpy(&lists[n], others, sizeof others);
}

static uint32_t new_group(sse_context *c)
{
    sse_group g = { .number = c->groups->len, .outer = SSE_NONE, .newest_change = INT64_MIN,
                    .unread_from = INT64_MAX, .unread_to = INT64_MIN, .members = g_array_ref(c->nothing) };
    GArray **lists[LISTS];

    lists_of(&g, lists);
    for (unsigned i = 0; i < LISTS; i++)
        *lists[i] = g_array_ref(c->nothing);
    g_array_append_val(c->groups, g);
    return g.number;
}

static void free_probes(sse_group *g)
{
    g_free(g->probe_copy);
    g_free(g->probe);
    g->probe_record = g->probe_copy = NULL;
    g->probe = NULL;
    g->n_probes = 0;
}

void sse_drop_records(sse_context *c, sse_group *g)
{
    GArray **lists[LISTS];

    lists_of(g, lists);
    for (unsigned i = 0; i < LISTS; i++) {
        g_array_unref(*lists[i]);
        *lists[i] = g_array_ref(c->nothing);
    }
    if (g->portals != NULL)
        g_array_free(g->portals, TRUE);
    g->portals = NULL;
    free_probes(g);
}

static bool begins_by(const void *epochs, guint index, const void *frame)
{
    return g_array_index((const GArray *)epochs, sse_epoch, index).frame <= *(const uint32_t *)frame;
}

/* Files appended to each other, what was received before what was sent: what reached the
 * client was read before the file had asked for anything. */
static void find_unread(const sse_context *c, sse_group *g, const sse_address *a)
{
    const uint32_t first_sent = sse_presences(a) > 0 ? sse_presence_at(a, 0).frame : a->first_frame;
    const guint number = sse_lower_bound(c->t->epochs, c->t->epochs->len, begins_by, &first_sent);
    const sse_epoch *sent, *received;

    if (number < 2)
        return;
    sent = sse_tracker_epoch(c->t, number - 1);
    received = sse_tracker_epoch(c->t, number - 2);
    if (!sent->stepped_back || (!a->reached_before && a->first_frame >= sent->frame))
        return;
    g->unread_from = MIN(g->unread_from, MAX(sent->start, received->start));
    g->unread_to = MAX(g->unread_to, MIN(sent->end, received->end));
}

/* The machines that use one address, each a client with its link-layer address. */
static void split_address(sse_context *c, uint32_t address)
{
    const sse_address *a = address_at(c, address);

    if (c->split == NULL)
        c->split = sse_pairs_new(NULL);
    for (guint place = 1; place <= a->adapters->len; place++) {
        const uint8_t i = (uint8_t)place;
        const gint64 key = split_key(address, i);
        uint32_t number;
        sse_group *g;

        if (sse_adapter_class(a, i) != i)
            continue;
        number = new_group(c);
        g = &g_array_index(c->groups, sse_group, number);
        g->adapter = g_array_index(a->adapters, sse_adapter, i - 1).key;
        g->is_split = true;
        add_to_own(g->members, address);
        g_hash_table_insert(c->split, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(number + 1));
        if (c->group_of[address] == SSE_NONE)
            c->group_of[address] = number;
    }
}

void sse_free_groups(sse_context *c)
{
    for (guint i = 0; i < c->groups->len; i++) {
        sse_group *g = &g_array_index(c->groups, sse_group, i);
        GArray **lists[LISTS];

        lists_of(g, lists);
        for (unsigned k = 0; k < LISTS; k++)
            g_array_unref(*lists[k]);
        g_array_unref(g->members);
        if (g->portals != NULL)
            g_array_free(g->portals, TRUE);
        free_probes(g);
    }
    if (c->split != NULL)
        g_hash_table_destroy(c->split);
    g_array_unref(c->shared_devices);
    g_array_unref(c->nothing);
    g_free(c->probes_of);
    g_free(c->first_probe_of);
    g_free(c->probe_list);
    g_array_free(c->late_frames, TRUE);
    g_array_free(c->local_frames, TRUE);
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

/* Nearly always the file is in order of time. */
static void sort_by_time(GArray *array, GCompareDataFunc compare, sse_context *c)
{
    for (guint i = 1; i < array->len; i++) {
        if (compare(&item(array, i - 1), &item(array, i), c) > 0) {
            g_array_sort_with_data(array, compare, c);
            return;
        }
    }
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

/* A row of the tables is made of it. */
static void show_record(sse_record_set *set, uint32_t record)
{
    set->bits[record / 8] |= (uint8_t)(1u << record % 8);
    set->count++;
}

/* A client's lists of probes: those to resolvers by IP version and port, then these. */
enum { LIST_TCP = 2 * PORTS, LIST_DIAGNOSTICS, LIST_LOCAL, LIST_NONE, PROBE_LISTS };

/* Finds out to which list of its client a probe belongs.
 * @return the client; NULL: it is nobody's */
static sse_group *place_probe(sse_context *c, GHashTable *pairs, uint32_t i)
{
    const sse_probe *p = sse_tracker_probe(c->t, i);
    sse_group *g = sse_group_of(c, p->client, p->adapter);
    uint8_t *list = &c->probe_list[i];

    *list = LIST_NONE;
    if (p->local) {
        const guint32 frame = p->frame != 0 ? p->frame : p->reply_frame;

        g_array_append_val(c->local_frames, frame);
        if (g == NULL)
            return NULL;
        g->local_answered |= p->reply_frame != 0;
        *list = LIST_LOCAL;
        return g;
    }
    if (g == NULL)
        return NULL;
    if (sse_probe_is_path_tool(c->t, i)) {
        add_to_own(g->path_tools, p->frame);
        return g;
    }
    if (p->frame == 0 && p->transport == SSE_UDP && !reply_alone_counts(c, p)) {
        /* Its query may have a magic that nobody announced. */
        if (p->name != OBS_NAME_DNSCRYPT)
            add_to_own(g->forged, p->reply_frame);
        return g;
    }
    if (p->is_nat_copy && sse_is_pair(pairs, sse_tracker_probe(c->t, p->nat_peer)->client, p->client)) {
        const sse_probe *inner = sse_tracker_probe(c->t, p->nat_peer);
        sse_group *inner_group = sse_group_of(c, inner->client, inner->adapter);

        if (inner_group != NULL) {
            inner_group->nat_pairs++;
            inner_group->nat_lost_inside += inner->reply == SSE_REPLY_NONE && p->reply != SSE_REPLY_NONE;
            inner_group->outer = p->client;
        }
        return g;
    }
    if (!sse_is_selected(c->selection, SSE_OF_PROBE, i))
        return g;
    g->has_probes = true;
    g->has_traffic |= sse_is_traffic(p);
    if (!sse_is_traffic(p))
        show_record(&c->report->probes, i);
    if (p->frame == 0)
        g_array_append_val(c->late_frames, p->reply_frame);
    if (p->transport == SSE_TCP)
        *list = LIST_TCP;
    else if (!sse_is_resolver_port(p->port))
        *list = LIST_DIAGNOSTICS;
    else
        *list = (uint8_t)((address_at(c, p->client)->addr.family == 6) * PORTS + (p->port == 443 ? PORT_443 : PORT_53));
    return g;
}

/* Sorts the file's probes by client: where millions of them are of many clients, each
 * one's lists are made when it is judged. */
static void collect_probes(sse_context *c, GHashTable *pairs)
{
    const guint probes = c->t->probes->len, clients = c->groups->len;
    uint32_t *client = c->probe_row, *next = g_new0(uint32_t, clients + 2);

    /* The rows are made later: until then their place is for the clients' numbers.
     * next[k + 2] counts, next[k + 1] then is where the next one of client k has its place,
     * and in the end where those of client k + 1 begin. */
    for (guint i = 0; i < probes; i++) {
        const sse_group *g = place_probe(c, pairs, i);

        client[i] = g != NULL ? g->number : SSE_NONE;
        if (g != NULL)
            next[g->number + 2]++;
    }
    for (guint k = 2; k < clients + 2; k++)
        next[k] += next[k - 1];
    c->probes_of = g_new(uint32_t, next[clients + 1] + 1);
    for (guint i = 0; i < probes; i++)
        if (client[i] != SSE_NONE)
            c->probes_of[next[client[i] + 1]++] = i;
    c->first_probe_of = next;
}

void sse_use_probes(sse_context *c, const sse_group *g)
{
    c->probe_record = g->probe_record;
    c->probe = g->probe;
}

/* Has a record brought into the processor's cache: with many clients each one's lies in
 * memory that was not read lately. */
static inline void fetch(const sse_context *c, uint32_t record)
{
#ifdef __GNUC__
    const char *at = (const char *)sse_tracker_probe(c->t, record);

    for (size_t line = 0; line < sizeof(sse_probe); line += CACHE_LINE)
        __builtin_prefetch(at + line);
    __builtin_prefetch(&c->probe_list[record]);
#else
    (void)c;
    (void)record;
#endif
}

/* Puts a client's probes side by side, and finds out what became of each. */
static void read_probes(const sse_context *c, sse_group *g, const uint32_t *all)
{
    const uint32_t count = g->n_probes;

    g->probe = g_new(sse_judged_probe, count);
    if (count == 0)
        return;
    g->probe_record = sse_tracker_probe(c->t, all[0]);
    if (all[count - 1] - all[0] + 1 != count) {
        g->probe_record = g->probe_copy = g_new(sse_probe, count);
        for (uint32_t i = 0; i < count; i++) {
            if (i + FETCH_AHEAD < count)
                fetch(c, all[i + FETCH_AHEAD]);
            g->probe_copy[i] = *sse_tracker_probe(c->t, all[i]);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        /* Where the client itself said "port unreachable" its neighbours in the file are asked. */
        const sse_probe *p = g->probe_record[i].rejected ? sse_tracker_probe(c->t, all[i]) : &g->probe_record[i];

        g->probe[i] = (sse_judged_probe){ .outcome = (uint8_t)sse_probe_outcome_of(c->t, p, NULL) };
    }
}

/* Makes a client's lists of probes. */
static void list_probes(sse_context *c, sse_group *g)
{
    const uint32_t *all = &c->probes_of[c->first_probe_of[g->number]];
    GArray **lists[PROBE_LISTS] = { [LIST_TCP] = &g->tcp_probes, [LIST_DIAGNOSTICS] = &g->diagnostics, [LIST_LOCAL] = &g->local_probes };
    guint lengths[PROBE_LISTS] = { 0 };

    g->n_probes = c->first_probe_of[g->number + 1] - c->first_probe_of[g->number];
    read_probes(c, g, all);
    sse_use_probes(c, g);
    for (unsigned k = 0; k < LIST_TCP; k++)
        lists[k] = &g->probes[k / PORTS][k % PORTS];
    for (uint32_t i = 0; i < g->n_probes; i++)
        lengths[c->probe_list[all[i]]]++;
    for (unsigned k = 0; k < LIST_NONE; k++)
        if (lengths[k] > 0)
            g_array_set_size(sse_own_array(lists[k], sizeof(guint32)), lengths[k]);
    memset(lengths, 0, sizeof lengths);
    for (uint32_t i = 0; i < g->n_probes; i++) {
        const unsigned k = c->probe_list[all[i]];

        if (k != LIST_NONE)
            item(*lists[k], lengths[k]++) = i;
    }
}

/* What an answer taught that nobody asked for stands for its receiver at most. */
static bool gateway_stands(const sse_context *c, const sse_group *g, const sse_handshake *h)
{
    uint32_t only;

    return sse_gateway_stands(c->t, h->gateway, &only) && (only == SSE_NONE || c->group_of[only] == g->number || (g->is_split && only == h->client));
}

/* Is it what a NAT made of a handshake that is in the file too? What it says, and what is
 * said on its connection, counts once. */
static bool is_counted_inside(const sse_context *c, GHashTable *pairs, const sse_handshake *h)
{
    return h->is_nat_copy && sse_is_pair(pairs, handshake_at(c, h->nat_peer)->client, h->client);
}

/* What came from a gateway's address without a SYN: of an opening that is not in the
 * file the client shows that it is its own, where the file has anything of it. */
static bool nobody_asked(const sse_context *c, const sse_handshake *h)
{
    return h->frame == 0 && !h->client_sends && !is_unheard(address_at(c, h->client));
}

static void collect_handshakes(sse_context *c, GHashTable *pairs)
{
    for (guint i = 0; i < c->t->handshakes->len; i++) {
        const sse_handshake *h = handshake_at(c, i);
        sse_group *g = sse_group_of(c, h->client, h->adapter);
        const guint32 number = sse_record_number(SSE_OF_HANDSHAKE, i);

        if (g == NULL)
            continue;
        add_to_own(g->records, number);
        if (!gateway_stands(c, g, h) || nobody_asked(c, h))
            continue;
        if (is_counted_inside(c, pairs, h))
            continue;
        if (!sse_is_selected(c->selection, SSE_OF_HANDSHAKE, i))
            continue;
        if (sse_handshake_is_path_tool(c->t, i)) {
            add_to_own(g->path_tools, h->frame);
            continue;
        }
        c->swg_counts[i] = 1;
        show_record(&c->report->handshakes, i);
        add_to_own(g->all_handshakes, i);
    }
    for (guint i = 0; i < c->t->connects->len; i++) {
        const sse_connect_answer *a = &g_array_index(c->t->connects, sse_connect_answer, i);
        const sse_handshake *h = handshake_at(c, a->handshake);
        sse_group *g = sse_group_of(c, h->client, h->adapter);

        if (g != NULL && gateway_stands(c, g, h) && !is_counted_inside(c, pairs, h) && !nobody_asked(c, h) &&
            sse_is_selected(c->selection, SSE_OF_HANDSHAKE, a->handshake))
            add_to_own(g->answers, i);
    }
    for (guint i = 0; i < c->t->lookups->len; i++) {
        const sse_lookup *l = &g_array_index(c->t->lookups, sse_lookup, i);
        sse_group *g = l->client != SSE_NONE ? sse_group_of(c, l->client, l->adapter) : NULL;

        if (g == NULL)
            continue;
        const guint32 number = sse_record_number(SSE_OF_LOOKUP, i);

        add_to_own(g->records, number);
        if (sse_lookup_stands(c->t, l))
            add_to_own(g->lookups, i);
    }
    for (guint i = 0; i < c->t->facts->len; i++) {
        const sse_fact *f = &g_array_index(c->t->facts, sse_fact, i);
        sse_group *g = f->client != SSE_NONE ? sse_group_of(c, f->client, 0) : NULL;

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

/** A stretch of time in which an address of a client sent, and its network: of IPv4 the
 * address, of IPv6 the first 64 bits. */
typedef struct stay {
    int64_t  start, end;
    uint32_t address, frame;
    uint32_t network;        /**< index among the client's */
} stay;

/** A network of a client. */
typedef struct network {
    int64_t  first, last;    /**< when something was sent there first, and last */
    bool     received;       /**< something came there */
} network;

static int compare_stays(const void *a, const void *b)
{
    const stay *x = (const stay *)a, *y = (const stay *)b;

    return x->start != y->start ? (x->start < y->start ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

/* Where a client was, by time. family: of these addresses alone */
static GArray *stays_of(const sse_context *c, const sse_group *g, uint8_t family, GArray *networks)
{
    GHashTable *prefixes = sse_pairs_new(NULL);
    GArray *stays = g_array_new(FALSE, FALSE, sizeof(stay));

    for (guint i = 0; i < g->members->len; i++) {
        const uint32_t address = item(g->members, i);
        const sse_address *a = address_at(c, address);
        gint64 prefix = address;
        guint number;

        if (address == g->outer || a->addr.family != family || sse_presences(a) == 0)
            continue;
        if (family == 6)
            memcpy(&prefix, a->addr.bytes, sizeof prefix);
        number = GPOINTER_TO_UINT(g_hash_table_lookup(prefixes, &prefix));
        if (number == 0) {
            const network fresh = { .first = INT64_MAX, .last = INT64_MIN };

            g_array_append_val(networks, fresh);
            number = networks->len;
            g_hash_table_insert(prefixes, g_memdup2(&prefix, sizeof prefix), GUINT_TO_POINTER(number));
        }
        for (guint k = 0; k < sse_presences(a); k++) {
            const sse_presence p = sse_presence_at(a, k);
            const stay s = { .start = p.start, .end = p.end, .address = address, .frame = p.frame, .network = number - 1 };
            network *n = &g_array_index(networks, network, number - 1);

            n->first = MIN(n->first, p.start);
            n->last = MAX(n->last, p.end);
            n->received |= a->towards > 0;
            g_array_append_val(stays, s);
        }
    }
    g_hash_table_destroy(prefixes);
    g_array_sort(stays, compare_stays);
    return stays;
}

/* Is one of the client's older networks used again within the pause that makes a stay? */
static bool comes_back(const GArray *stays, const GArray *networks, guint i)
{
    const stay *s = &g_array_index(stays, stay, i);

    for (guint k = i + 1; k < stays->len && g_array_index(stays, stay, k).start < s->start + SSE_PAUSE; k++) {
        const stay *next = &g_array_index(stays, stay, k);

        if (k - i > NEAR_STRETCHES ||
            (next->network != s->network && g_array_index(networks, network, next->network).first < s->start))
            return true;
    }
    return false;
}

/* Has the client gone from the network where it was before to that of a stay for good?
 * The old one may be heard for a moment yet where it is silent from then on. */
static bool has_moved(const sse_context *c, const GArray *stays, const GArray *networks, guint i, const stay *before)
{
    const stay *s = &g_array_index(stays, stay, i);
    const network *old = &g_array_index(networks, network, before->network);
    const bool in_use = before->end > s->start;

    if (in_use && (before->end > s->start + SSE_PAUSE || old->last > before->end ||
                   c->t->last_time - before->end < SSE_PAUSE))
        return false;
    return !comes_back(stays, networks, i) &&
           (g_array_index(networks, network, s->network).received || !old->received);
}

static void add_change(const sse_context *c, sse_group *g, const stay *from, const stay *to)
{
    const sse_change change = {
        .frame = to->frame, .time = to->start, .service = SSE_SERVICE_NETWORK,
        .networks = (const sse_addr *)(const void *)sse_shared_addresses(c->report, &address_at(c, from->address)->addr,
                                                                         &address_at(c, to->address)->addr)->data,
    };

    add_to_own(g->changes, change);
}

static void changes_of_family(const sse_context *c, sse_group *g, const GArray *stays, const GArray *networks)
{
    /* Of the stays so far that which lasts longest, and the same of all other networks. */
    const stay *latest = NULL, *other = NULL;

    for (guint i = 0; i < stays->len; i++) {
        const stay *s = &g_array_index(stays, stay, i);

        if (latest != NULL && latest->network != s->network && has_moved(c, stays, networks, i, latest) &&
            (other == NULL || other->network == s->network || other->end <= s->start))
            add_change(c, g, latest, s);
        if (latest == NULL || s->end >= latest->end) {
            if (latest != NULL && latest->network != s->network)
                other = latest;
            latest = s;
        } else if (s->network != latest->network && (other == NULL || s->end > other->end)) {
            other = s;
        }
    }
}

/* From a network of one IP version alone to one of the other alone. */
static void change_of_version(const sse_context *c, sse_group *g, const GArray *old, const GArray *stays,
                              const GArray *networks)
{
    const stay *last = NULL;

    for (guint i = 0; i < old->len; i++) {
        const stay *s = &g_array_index(old, stay, i);

        if (last == NULL || s->end > last->end)
            last = s;
    }
    /* A host that has both may not use one of them for a while. */
    if (last == NULL || stays->len == 0 || g_array_index(stays, stay, 0).start <= last->end ||
        c->t->last_time - last->end < SSE_ASLEEP ||
        !g_array_index(networks, network, g_array_index(stays, stay, 0).network).received)
        return;
    add_change(c, g, last, &g_array_index(stays, stay, 0));
}

static int compare_changes(const void *a, const void *b)
{
    const sse_change *x = (const sse_change *)a, *y = (const sse_change *)b;

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

/* Where a client went from one network to another. Both IP versions go together: what
 * follows so soon is the same change. */
static void find_network_changes(sse_context *c)
{
    for (guint n = 0; n < c->groups->len; n++) {
        sse_group *g = &g_array_index(c->groups, sse_group, n);
        GArray *networks[2], *stays[2];
        guint kept = 0;

        if (g->members->len < 2)
            continue;
        for (unsigned v = 0; v < 2; v++) {
            networks[v] = g_array_new(FALSE, FALSE, sizeof(network));
            stays[v] = stays_of(c, g, v == 0 ? 4 : 6, networks[v]);
            changes_of_family(c, g, stays[v], networks[v]);
        }
        for (unsigned v = 0; v < 2; v++)
            change_of_version(c, g, stays[1 - v], stays[v], networks[v]);
        for (unsigned v = 0; v < 2; v++) {
            g_array_free(networks[v], TRUE);
            g_array_free(stays[v], TRUE);
        }
        g_array_sort(g->changes, compare_changes);
        for (guint i = 0; i < g->changes->len; i++) {
            const sse_change change = g_array_index(g->changes, sse_change, i);

            if (kept > 0 && change.time - g_array_index(g->changes, sse_change, kept - 1).time < SSE_PAUSE &&
                change.networks[1].family != g_array_index(g->changes, sse_change, kept - 1).networks[1].family)
                continue;
            g_array_index(g->changes, sse_change, kept++) = change;
        }
        if (kept > 0) {
            g_array_set_size(g->changes, kept);
            g->newest_change = g_array_index(g->changes, sse_change, kept - 1).time;
        }
    }
}

void sse_list_records(sse_context *c, sse_group *g)
{
    list_probes(c, g);
    for (unsigned v = 0; v < 2; v++)
        for (unsigned p = 0; p < PORTS; p++)
            sort_by_time(g->probes[v][p], by_probe_time, c);
    sort_by_time(g->local_probes, by_probe_time, c);
    sort_by_time(g->all_handshakes, by_handshake_time, c);
    sort_by_time(g->lookups, by_lookup_time, c);
    sort_by_time(g->answers, by_answer_time, c);
    choose_handshakes(c, g);
}

void sse_collect_groups(sse_context *c)
{
    guint count = c->t->addresses->len;
    uint32_t *inners = g_new0(uint32_t, count);
    GHashTable *pairs = nat_pairs(c);
    GHashTableIter iter;
    gpointer key;
    sse_machines m;

    sse_find_machines(c->t, pairs, &m);
    g_hash_table_iter_init(&iter, pairs);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        inners[(uint32_t)*(gint64 *)key]++;
    g_hash_table_iter_init(&iter, pairs);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        uint64_t pair = (uint64_t)*(gint64 *)key;
        uint32_t inner = (uint32_t)(pair >> 32), outer = (uint32_t)pair;

        /* Several hosts behind one NAT: its outer address is nobody's own. */
        if (inners[outer] == 1 && sse_is_final_client(address_at(c, inner)) && sse_is_final_client(address_at(c, outer)))
            sse_join_machines(&m, inner, outer);
    }
    g_free(inners);

    c->groups = g_array_new(FALSE, TRUE, sizeof(sse_group));
    c->nothing = g_array_new(FALSE, FALSE, 1);
    c->group_of = g_new(uint32_t, count);
    c->probe_list = g_new(uint8_t, c->t->probes->len + 1);
    c->probe_row = g_new(uint32_t, c->t->probes->len + 1);
    c->swg_counts = g_new0(uint8_t, c->t->handshakes->len + 1);
    c->late_frames = g_array_new(FALSE, FALSE, sizeof(guint32));
    c->local_frames = g_array_new(FALSE, FALSE, sizeof(guint32));
    sse_record_set_size(&c->report->probes, c->t->probes->len);
    sse_record_set_size(&c->report->handshakes, c->t->handshakes->len);
    for (guint i = 0; i < count; i++)
        c->group_of[i] = SSE_NONE;
    for (guint i = 0; i < count; i++) {
        const uint32_t root = sse_machine_of(&m, i);
        sse_group *g;

        if (!sse_is_final_client(address_at(c, i)))
            continue;
        if (m.use[i] == SSE_ADDRESS_OF_TWO) {
            split_address(c, i);
            continue;
        }
        if (c->group_of[root] == SSE_NONE)
            c->group_of[root] = new_group(c);
        c->group_of[i] = c->group_of[root];
        g = sse_group_of(c, i, 0);
        add_to_own(g->members, i);
        g->is_site |= m.use[i] == SSE_ADDRESS_OF_A_SITE;
        if (m.shared[i] != 0)
            g->shared_device = m.shared[i];
    }
    c->shared_devices = g_array_ref(m.shared_devices);
    collect_probes(c, pairs);
    collect_handshakes(c, pairs);
    find_network_changes(c);
    for (guint n = 0; n < c->groups->len; n++) {
        sse_group *g = &g_array_index(c->groups, sse_group, n);
        uint32_t own = 0, other = 0;

        g->one_way = true;
        for (guint i = 0; i < g->members->len; i++) {
            const sse_address *a = address_at(c, item(g->members, i));

            if (item(g->members, i) == g->outer)
                continue;
            g->one_way &= a->towards == 0;
            find_unread(c, g, a);
            own += a->packets_initial_ttl;
            other += a->packets_other_ttl;
        }
        /* Answers may have come before the address was known as a client. */
        g->one_way &= !g->local_answered;
        for (guint i = 0; i < g->lookups->len; i++)
            g->one_way &= !g_array_index(c->t->lookups, sse_lookup, item(g->lookups, i)).answered;
        g->at_client = own >= other && own > 0;
        g->unheard = own + other == 0;
    }
    g_hash_table_destroy(pairs);
    sse_machines_clear(&m);
}
