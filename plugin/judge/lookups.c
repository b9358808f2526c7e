/* lookups.c
 * Lookups of gateways' names: docs/verdict.md, "Web protection", rule 4.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "lookups.h"

#include "lower_bound.h"
#include "rcodes.h"
#include "tunnels.h"

#define LOOKUP_WAIT     (5 * SSE_SECOND)
/* A good answer clears the failures of its name so long before and after the first. */
#define GOOD_BEFORE     (10 * SSE_SECOND)
#define GOOD_AFTER      (30 * SSE_SECOND)
/* A handshake that is served so soon after shows that the name did not matter. */
#define SERVED_AFTER    (10 * SSE_SECOND)
/* A gateway known by another name serves at that time. */
#define OTHER_SERVES    (60 * SSE_SECOND)

static const sse_lookup *lookup_at(const sse_context *c, uint32_t index)
{
    return sse_tracker_lookup(c->t, index);
}

static uint32_t index_of(const sse_context *c, const sse_lookup *l)
{
    return (uint32_t)(l - (const sse_lookup *)(const void *)c->t->lookups->data);
}

sse_lookup_result sse_lookup_result_of(const sse_context *c, const sse_lookup *l)
{
    if (!l->answered)
        return sse_tracker_epoch(c->t, l->epoch)->end > l->time + LOOKUP_WAIT ? SSE_LOOKUP_UNANSWERED : SSE_LOOKUP_WAITING;
    if (l->taught)
        return SSE_LOOKUP_GOOD;
    /* A name without IPv6 addresses or service bindings is no fault; what the
     * snap length cut or did not fit says nothing, nor does another name to ask. */
    if (l->rcode == 0 && !l->any_address && (l->incomplete || l->only_alias || l->qtype != SSE_DNS_TYPE_A))
        return SSE_LOOKUP_NOTHING;
    return SSE_LOOKUP_BAD;
}

static bool has_failed(const sse_context *c, const sse_lookup *l)
{
    const sse_lookup_result result = sse_lookup_result_of(c, l);

    return result == SSE_LOOKUP_BAD || result == SSE_LOOKUP_UNANSWERED;
}

static bool is_misdirected(const sse_lookup *l)
{
    return l->answered && l->rcode == 0 && l->any_address && !l->taught;
}

bool sse_lookup_counts(const sse_context *c, const sse_lookup *l)
{
    return c->lookup_says[index_of(c, l)] == SSE_SAYS_FAILED;
}

/* ---- which of them count ---- */

/** Times of one name: of good answers, of lookups that failed, of handshakes with
 * its gateways that failed; each in order. */
typedef struct name_times {
    GArray *good, *bad, *failed; /**< gint64 */
    int64_t newest_bad;      /**< of the run of failures that goes on */
    int64_t run;             /**< its first; INT64_MIN without */
} name_times;

/** A handshake that was served. */
typedef struct served {
    int64_t  time;
    uint32_t name;           /**< its gateway's, SSE_NONE if not known */
    guint    before, after;  /**< the nearest whose name is known and another, + 1; 0 without */
} served;

static void free_times(gpointer data)
{
    name_times *n = (name_times *)data;

    g_array_free(n->good, TRUE);
    g_array_free(n->bad, TRUE);
    g_array_free(n->failed, TRUE);
    g_free(n);
}

static name_times *times_of(GHashTable *names, uint32_t name, bool make)
{
    name_times *n = (name_times *)g_hash_table_lookup(names, GUINT_TO_POINTER(name + 1));

    if (n == NULL && make) {
        n = g_new0(name_times, 1);
        n->good = g_array_new(FALSE, FALSE, sizeof(gint64));
        n->bad = g_array_new(FALSE, FALSE, sizeof(gint64));
        n->failed = g_array_new(FALSE, FALSE, sizeof(gint64));
        n->run = INT64_MIN;
        g_hash_table_insert(names, GUINT_TO_POINTER(name + 1), n);
    }
    return n;
}

static int by_time(const void *a, const void *b)
{
    const gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

    return (x > y) - (x < y);
}

static bool is_before_time(const void *sorted, guint index, const void *key)
{
    return g_array_index((const GArray *)sorted, gint64, index) < *(const gint64 *)key;
}

static bool any_between(const GArray *times, gint64 from, gint64 to)
{
    const guint first = sse_lower_bound(times, times->len, is_before_time, &from);

    return first < times->len && g_array_index(times, gint64, first) <= to;
}

static bool is_served_before(const void *sorted, guint index, const void *key)
{
    return g_array_index((const GArray *)sorted, served, index).time < *(const gint64 *)key;
}

/* What was served, by time; and of each name when its gateways failed. */
static GArray *served_handshakes(const sse_context *c, const sse_group *g, GHashTable *names)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(served));

    for (guint i = 0; i < g->handshakes->len; i++) {
        const uint32_t index = item(g->handshakes, i);
        const sse_handshake *h = handshake_at(c, index);
        const uint32_t name = address_at(c, h->gateway)->name;
        const sse_swg_outcome outcome = (sse_swg_outcome)c->swg_outcome[index];

        if (sse_is_served(c, index)) {
            const served one = { .time = h->time, .name = name };

            g_array_append_val(all, one);
        } else if (sse_swg_failed(outcome) && name != SSE_NONE) {
            const gint64 time = h->time;

            g_array_append_val(times_of(names, name, true)->failed, time);
        }
    }
    for (guint i = 0, known = 0; i < all->len; i++) {
        served *s = &g_array_index(all, served, i);

        /* known: the newest before it whose name is known, + 1 */
        if (known != 0)
            s->before = g_array_index(all, served, known - 1).name != s->name ? known
                                                                              : g_array_index(all, served, known - 1).before;
        if (s->name != SSE_NONE)
            known = i + 1;
    }
    for (guint i = all->len, known = 0; i > 0; i--) {
        served *s = &g_array_index(all, served, i - 1);

        if (known != 0)
            s->after = g_array_index(all, served, known - 1).name != s->name ? known
                                                                             : g_array_index(all, served, known - 1).after;
        if (s->name != SSE_NONE)
            known = i;
    }
    return all;
}

/* The nearest from a place on, one of the two ways, that is known by another name. */
static const served *other_name(const GArray *all, guint at, bool after, uint32_t name)
{
    const served *s = at < all->len ? &g_array_index(all, served, at) : NULL;

    for (unsigned steps = 0; s != NULL && steps < 3; steps++) {
        const guint next = after ? s->after : s->before;

        if (s->name != SSE_NONE && s->name != name)
            return s;
        s = next != 0 ? &g_array_index(all, served, next - 1) : NULL;
    }
    return NULL;
}

/* Is the gateway served by another name, so that this one did not matter? */
static bool other_name_serves(GHashTable *names, const GArray *all, const sse_lookup *l)
{
    const guint next = sse_lower_bound(all, all->len, is_served_before, &l->time);
    const served *after = other_name(all, next, true, l->name), *before;
    const name_times *other;

    if (after != NULL && after->time - l->time <= OTHER_SERVES)
        return true;
    before = next > 0 ? other_name(all, next - 1, false, l->name) : NULL;
    if (before == NULL)
        return false;
    /* Where both names fail neither excuses the other. */
    other = times_of(names, before->name, false);
    if (other == NULL)
        return true;
    if (any_between(other->bad, before->time, l->time + OTHER_SERVES))
        return false;
    return l->time - before->time <= OTHER_SERVES || !any_between(other->failed, before->time, l->time);
}

/* Are there failures later than so long after a run's first, and before a good answer? */
static bool goes_on(const name_times *n)
{
    const gint64 after = n->run + GOOD_AFTER + 1;
    const guint good = sse_lower_bound(n->good, n->good->len, is_before_time, &n->run);

    return any_between(n->bad, after, good < n->good->len ? g_array_index(n->good, gint64, good) : INT64_MAX);
}

/* "One good answer to this client for that name, from any server, at most 10 s
 * before the first failure or 30 s after it": of the failures since the good
 * answer before. The answer before says nothing of what fails on and on: a name
 * that is asked for every few seconds always has one. */
static bool is_cleared(name_times *n, const sse_lookup *l)
{
    if (n->run == INT64_MIN || any_between(n->good, n->newest_bad, l->time))
        n->run = l->time;
    n->newest_bad = l->time;
    return any_between(n->good, n->run, n->run + GOOD_AFTER) ||
           (any_between(n->good, n->run - GOOD_BEFORE, n->run) && !goes_on(n));
}

static bool is_served_after(const GArray *all, const sse_lookup *l)
{
    const guint next = sse_lower_bound(all, all->len, is_served_before, &l->time);

    return next < all->len && g_array_index(all, served, next).time - l->time <= SERVED_AFTER;
}

void sse_judge_lookups(sse_context *c, const sse_group *g)
{
    GHashTable *names;
    GArray *all;
    bool any = false;

    for (guint i = 0; i < g->lookups->len && !any; i++)
        any = has_failed(c, lookup_at(c, item(g->lookups, i)));
    if (!any)
        return;
    names = g_hash_table_new_full(NULL, NULL, NULL, free_times);
    all = served_handshakes(c, g, names);
    for (guint i = 0; i < g->lookups->len; i++) {
        const sse_lookup *l = lookup_at(c, item(g->lookups, i));
        name_times *n = times_of(names, l->name, true);
        const gint64 good = l->answer_time, bad = l->time;

        if (sse_lookup_result_of(c, l) == SSE_LOOKUP_GOOD)
            g_array_append_val(n->good, good);
        else if (has_failed(c, l))
            g_array_append_val(n->bad, bad);
    }
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        g_array_sort(((name_times *)value)->good, by_time);
        g_array_sort(((name_times *)value)->bad, by_time);
    }
    for (guint i = 0; i < g->lookups->len; i++) {
        const uint32_t index = item(g->lookups, i);
        const sse_lookup *l = lookup_at(c, index);

        if (!has_failed(c, l))
            continue;
        if (is_cleared(times_of(names, l->name, true), l))
            continue;
        if (other_name_serves(names, all, l))
            c->lookup_says[index] = SSE_SAYS_OTHER_NAME;
        else if (!is_served_after(all, l))
            c->lookup_says[index] = SSE_SAYS_FAILED;
    }
    g_array_free(all, TRUE);
    g_hash_table_destroy(names);
}

/* ---- the run ---- */

/** Of one name, since the newest good answer for it. */
typedef struct name_run {
    uint64_t unanswered;     /**< queries */
    guint    bad, alive, misdirected;
    guint    gone;           /**< items before this place are taken out */
} name_run;

static name_run *run_of(const sse_unresolved *u, uint32_t name)
{
    return (name_run *)g_hash_table_lookup(u->names, GUINT_TO_POINTER(name + 1));
}

static bool does_not_resolve(const name_run *n)
{
    return n->bad > 0 || n->unanswered >= 2;
}

void sse_unresolved_init(sse_unresolved *u)
{
    *u = (sse_unresolved){ .items = g_array_new(FALSE, FALSE, sizeof(guint32)),
                           .names = g_hash_table_new_full(NULL, NULL, NULL, g_free) };
}

void sse_unresolved_free(sse_unresolved *u)
{
    g_array_free(u->items, TRUE);
    g_hash_table_destroy(u->names);
}

void sse_unresolved_clear(sse_unresolved *u)
{
    if (u->items->len == 0)
        return;
    g_array_set_size(u->items, 0);
    g_hash_table_remove_all(u->names);
    u->head = u->since = u->alive = u->misdirected = u->unresolved = 0;
}

bool sse_unresolved_holds(const sse_context *c, const sse_unresolved *u, guint at)
{
    return at >= run_of(u, lookup_at(c, item(u->items, at))->name)->gone;
}

void sse_unresolved_proved(sse_unresolved *u)
{
    u->since = u->items->len;
}

void sse_unresolved_add(const sse_context *c, const sse_group *g, sse_unresolved *u, uint32_t lookup)
{
    const sse_lookup *l = lookup_at(c, lookup);
    name_run *n = run_of(u, l->name);
    bool before;

    if (n == NULL) {
        n = g_new0(name_run, 1);
        g_hash_table_insert(u->names, GUINT_TO_POINTER(l->name + 1), n);
    }
    before = does_not_resolve(n);
    /* Places at the end may have been given up meanwhile. */
    if (n->alive == 0)
        n->gone = u->items->len;
    g_array_append_val(u->items, lookup);
    u->alive++;
    n->alive++;
    if (sse_lookup_result_of(c, l) == SSE_LOOKUP_BAD)
        n->bad++;
    /* In a capture of one direction only the client can show that it got no
     * answer: it asks the same again. */
    else if (!g->one_way || l->queries >= 2)
        n->unanswered += l->queries;
    if (is_misdirected(l)) {
        n->misdirected++;
        u->misdirected++;
    }
    u->unresolved += !before && does_not_resolve(n);
}

void sse_unresolved_good(const sse_context *c, sse_unresolved *u, uint32_t name)
{
    name_run *n = run_of(u, name);

    if (n == NULL || n->alive == 0)
        return;
    u->unresolved -= does_not_resolve(n);
    u->alive -= n->alive;
    u->misdirected -= n->misdirected;
    *n = (name_run){ .gone = u->items->len };
    while (u->items->len > u->head && !sse_unresolved_holds(c, u, u->items->len - 1))
        g_array_set_size(u->items, u->items->len - 1);
    while (u->head < u->items->len && !sse_unresolved_holds(c, u, u->head))
        u->head++;
    u->since = CLAMP(u->since, u->head, u->items->len);
    while (u->since < u->items->len && !sse_unresolved_holds(c, u, u->since))
        u->since++;
    n->gone = u->items->len;
}

bool sse_unresolved_only(const sse_unresolved *u, uint32_t name)
{
    const name_run *n = run_of(u, name);

    return u->unresolved == (n != NULL && does_not_resolve(n));
}

const sse_lookup *sse_unresolved_first(const sse_context *c, const sse_unresolved *u)
{
    return lookup_at(c, item(u->items, u->since));
}

const sse_lookup *sse_unresolved_newest(const sse_context *c, const sse_unresolved *u)
{
    return lookup_at(c, item(u->items, u->items->len - 1));
}

const sse_lookup *sse_unresolved_misdirected(const sse_context *c, const sse_unresolved *u)
{
    for (guint i = u->since; i < u->items->len && u->misdirected > 0; i++)
        if (sse_unresolved_holds(c, u, i) && is_misdirected(lookup_at(c, item(u->items, i))))
            return lookup_at(c, item(u->items, i));
    return NULL;
}
