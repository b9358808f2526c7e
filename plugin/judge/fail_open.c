/* fail_open.c
 * What went out directly while web protection was down: docs/verdict.md, "Web
 * protection".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fail_open.h"

#include "lower_bound.h"

/** From this time on the web's state is that of its change number so-and-so. */
typedef struct up_step {
    int64_t  time;
    guint    change;
    bool     up;
} up_step;

static int by_step_time(const void *a, const void *b)
{
    const up_step *x = (const up_step *)a, *y = (const up_step *)b;

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->change > y->change) - (x->change < y->change);
}

/* The timeline as was_up() reads it. A change that entered later stands, also
 * where its time is an earlier one: an outage begins with its first failure. */
static GArray *up_steps(const sse_group *g)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(up_step));

    for (guint i = 0; i < g->report->timeline->len; i++) {
        const sse_change *change = &g_array_index(g->report->timeline, sse_change, i);
        up_step step = { .time = change->time, .change = i, .up = change->to == SSE_PROTECTED };

        if (change->service == SSE_SERVICE_WEB)
            g_array_append_val(steps, step);
    }
    g_array_sort(steps, by_step_time);
    for (guint i = 1; i < steps->len; i++) {
        const up_step *before = &g_array_index(steps, up_step, i - 1);
        up_step *step = &g_array_index(steps, up_step, i);

        if (before->change > step->change) {
            step->change = before->change;
            step->up = before->up;
        }
    }
    return steps;
}

static bool step_not_behind(const void *steps, guint index, const void *time)
{
    return g_array_index((const GArray *)steps, up_step, index).time <= *(const int64_t *)time;
}

/* Was web protection up at this time, as the timeline has it? */
static bool was_up(const GArray *steps, int64_t time)
{
    const guint behind = sse_lower_bound(steps, steps->len, step_not_behind, &time);

    return behind > 0 && g_array_index(steps, up_step, behind - 1).up;
}

/* What was reached directly while protection was up: a bypass list's, as it seems. */
static GHashTable *bypassed_addresses(const sse_context *c, const sse_group *g, const GArray *steps, int64_t until)
{
    GHashTable *bypassed = g_hash_table_new(sse_addr_hash, sse_addr_hash_equal);

    for (guint m = 0; m < g->members->len; m++) {
        const sse_address *a = address_at(c, item(g->members, m));
        GHashTableIter iter;
        gpointer key;

        if (a->bypassed != NULL) {
            g_hash_table_iter_init(&iter, a->bypassed);
            while (g_hash_table_iter_next(&iter, &key, NULL))
                g_hash_table_add(bypassed, key);
        }
        for (guint i = 0; a->direct != NULL && i < a->direct->len; i++) {
            sse_direct *d = &g_array_index(a->direct, sse_direct, i);

            if (d->opened && d->time <= until && was_up(steps, d->time))
                g_hash_table_add(bypassed, &d->address);
        }
    }
    return bypassed;
}

static int by_direct_time(const void *a, const void *b)
{
    const sse_direct *x = *(sse_direct *const *)a, *y = *(sse_direct *const *)b;

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

/* All that went out directly and is none of the bypassed, by time. until: later on
 * nothing counts as bypassed */
static GPtrArray *direct_connections(const sse_context *c, const sse_group *g, int64_t until)
{
    GPtrArray *connections = g_ptr_array_new();
    GArray *steps = up_steps(g);
    GHashTable *bypassed = bypassed_addresses(c, g, steps, until);

    for (guint m = 0; m < g->members->len; m++) {
        const sse_address *a = address_at(c, item(g->members, m));

        for (guint i = 0; a->direct != NULL && i < a->direct->len; i++) {
            sse_direct *d = &g_array_index(a->direct, sse_direct, i);

            /* What was taught to be a gateway later on is none of these. */
            if (d->opened && !d->test && !g_hash_table_contains(bypassed, &d->address) &&
                (sse_tracker_role(c->t, &d->address) & SSE_ROLE_GATEWAY) == 0)
                g_ptr_array_add(connections, d);
        }
    }
    g_ptr_array_sort(connections, by_direct_time);
    g_hash_table_destroy(bypassed);
    g_array_free(steps, TRUE);
    return connections;
}

static bool is_before(const void *sorted, guint index, const void *key)
{
    return ((const sse_direct *)g_ptr_array_index((const GPtrArray *)sorted, index))->time < *(const int64_t *)key;
}

static void count_connections(sse_context *c, const GPtrArray *connections, sse_outage *o)
{
    const int64_t until = o->ended_by != SSE_ENDED_NONE ? o->until_time : INT64_MAX;
    const guint first = sse_lower_bound(connections, connections->len, is_before, &o->since.time);

    o->has_fail_open = true;
    for (guint i = first; i < connections->len; i++) {
        const sse_direct *d = (const sse_direct *)g_ptr_array_index(connections, i);

        if (d->time >= until)
            break;
        if (o->fail_open++ == 0 || d->frame < o->fail_open_first)
            o->fail_open_first = d->frame;
        o->fail_open_last = MAX(o->fail_open_last, d->frame);
        g_array_append_val(c->report->fail_open, d->frame);
    }
}

void sse_find_fail_open(sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    GPtrArray *connections = NULL;

    for (guint i = 0; i < r->outages->len; i++) {
        sse_outage *o = &g_array_index(r->outages, sse_outage, i);

        if (o->service != SSE_SERVICE_WEB || o->verdict != SSE_CLOUD_SERVICE_UNAVAILABLE)
            continue;
        if (connections == NULL)
            connections = direct_connections(c, g, INT64_MAX);
        count_connections(c, connections, o);
        if (o->ended_by == SSE_ENDED_NONE) {
            r->has_fail_open = true;
            r->fail_open = o->fail_open;
            r->fail_open_first = o->fail_open_first;
            r->fail_open_last = o->fail_open_last;
        }
    }
    if (connections != NULL)
        g_ptr_array_free(connections, TRUE);
}

uint32_t sse_direct_since(const sse_context *c, const sse_group *g, int64_t since, sse_frames *frames)
{
    GPtrArray *connections = direct_connections(c, g, since);
    uint32_t count = 0;

    for (guint i = sse_lower_bound(connections, connections->len, is_before, &since); i < connections->len; i++) {
        sse_frames_add(frames, ((const sse_direct *)g_ptr_array_index(connections, i))->frame);
        count++;
    }
    g_ptr_array_free(connections, TRUE);
    return count;
}
