/* background.c
 * What else a client did and heard while something failed, summed up from its
 * records: the sections "No connectivity" and "What else the client did" of
 * docs/verdict.md.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "background.h"

#include "lower_bound.h"

/* What a run must show to be a dead line: see "No connectivity". */
#define SILENT_ATTEMPTS     2

/* Of more than so few records a sum is kept at every so many, the rest is added when
 * asked: a span of any length costs a few steps. */
#define FEW_RECORDS         64
#define TOTALS_STEP         4

/* A record, as it is searched in. */
typedef struct moment {
    int64_t  time;
    const sse_control *control;
    int      version;        /**< of IP */
} moment;

/* Sums over all records before one of them. Of what is read by IP version: [0] IPv4, [1] IPv6. */
typedef struct sse_control_total {
    uint32_t dns_answers, tcp_opened, silent_dns, silent_tcp[2], proxy_answered;
    uint32_t heard[2], gateway_heard; /**< records in which there was something */
} sse_control_total;

struct sse_background {
    GArray *moments;         /**< moment, by time; empty where there is nothing in any of them to be asked for */
    GArray *totals;          /**< sse_control_total, of every few of them; empty where there are few */
    sse_control_total all;   /**< of all of them: many a client did nothing else */
};

static const moment *moment_at(const sse_group *g, guint i)
{
    return &g_array_index(g->background->moments, moment, i);
}

static guint moments(const sse_group *g)
{
    return g->background->moments->len;
}

static bool moment_before(const void *group, guint index, const void *time)
{
    return moment_at((const sse_group *)group, index)->time < *(const int64_t *)time;
}

/* Index of the first record at or after a time. */
static guint first_moment(const sse_group *g, int64_t time)
{
    return sse_lower_bound(g, moments(g), moment_before, &time);
}

static int by_time(const void *a, const void *b)
{
    const moment *x = (const moment *)a, *y = (const moment *)b;

    return (x->time > y->time) - (x->time < y->time);
}

static inline void add_control(sse_control_total *sum, const sse_control *control, int version)
{
    const unsigned v = version == 6;

    sum->dns_answers += control->dns_answers;
    sum->tcp_opened += control->tcp_opened;
    sum->silent_dns += control->silent_dns;
    sum->silent_tcp[v] += control->silent_tcp;
    sum->proxy_answered += control->proxy_answered;
    sum->heard[v] += control->heard_first != SSE_NOT_HEARD;
    sum->gateway_heard += control->gateway_first != SSE_NOT_HEARD;
}

static void make_totals(sse_background *b)
{
    const guint count = b->moments->len;
    sse_control_total sum = { 0 };

    if (count <= FEW_RECORDS)
        return;
    g_array_set_size(b->totals, count / TOTALS_STEP + 1);
    for (guint i = 0; i < count; i++) {
        const moment *m = &g_array_index(b->moments, moment, i);

        if (i % TOTALS_STEP == 0)
            g_array_index(b->totals, sse_control_total, i / TOTALS_STEP) = sum;
        add_control(&sum, m->control, m->version);
    }
    if (count % TOTALS_STEP == 0)
        g_array_index(b->totals, sse_control_total, count / TOTALS_STEP) = sum;
}

sse_background *sse_background_new(void)
{
    sse_background *b = g_new(sse_background, 1);

    b->moments = g_array_new(FALSE, FALSE, sizeof(moment));
    b->totals = g_array_new(FALSE, FALSE, sizeof(sse_control_total));
    return b;
}

void sse_background_free(sse_background *b)
{
    g_array_free(b->moments, TRUE);
    g_array_free(b->totals, TRUE);
    g_free(b);
}

static int version_of(const sse_context *c, uint32_t client)
{
    return address_at(c, client)->addr.family;
}

/* Sums over all of a client's records. */
static sse_control_total total_of(const sse_context *c, const sse_group *g)
{
    sse_control_total sum = { 0 };

    for (guint i = 0; i < g->records->len; i++) {
        const sse_control_ref r = sse_record_of(c->t, item(g->records, i));

        add_control(&sum, r.control, version_of(c, r.client));
    }
    for (uint32_t i = 0; i < g->n_probes; i++)
        if (has_control(probe_at(c, i)))
            add_control(&sum, &probe_at(c, i)->control, version_of(c, probe_at(c, i)->client));
    return sum;
}

/* Is there nothing in them that sse_sum_control() sums up? */
static bool is_empty(const sse_control_total *all)
{
    return (all->dns_answers | all->tcp_opened | all->silent_dns | all->silent_tcp[0] | all->silent_tcp[1] |
            all->proxy_answered) == 0;
}

void sse_read_background(sse_context *c, sse_group *g)
{
    sse_background *b = c->background;
    bool sorted = true;
    guint count = 0;

    g->background = b;
    b->all = total_of(c, g);
    g_array_set_size(b->moments, 0);
    g_array_set_size(b->totals, 0);
    /* What was heard is asked only where something met silence, or of the web. */
    if (is_empty(&b->all) && b->all.gateway_heard == 0 && g->all_handshakes->len + g->lookups->len == 0)
        return;
    g_array_set_size(b->moments, g->records->len + g->n_probes);
    for (guint i = 0; i < g->records->len; i++) {
        const sse_control_ref r = sse_record_of(c->t, item(g->records, i));

        g_array_index(b->moments, moment, count++) = (moment){ r.time, r.control, version_of(c, r.client) };
    }
    for (uint32_t i = 0; i < g->n_probes; i++) {
        const sse_probe *p = probe_at(c, i);

        if (has_control(p))
            g_array_index(b->moments, moment, count++) = (moment){ p->time, &p->control, version_of(c, p->client) };
    }
    g_array_set_size(b->moments, count);
    for (guint i = 1; i < count; i++)
        sorted &= moment_at(g, i - 1)->time <= moment_at(g, i)->time;
    /* Nearly always the file is in order of time. */
    if (!sorted)
        g_array_sort(b->moments, by_time);
    make_totals(b);
}

/* Sums over all records before one of them. */
static sse_control_total total_at(const sse_group *g, guint i)
{
    sse_control_total sum = g_array_index(g->background->totals, sse_control_total, i / TOTALS_STEP);

    for (guint k = i - i % TOTALS_STEP; k < i; k++)
        add_control(&sum, moment_at(g, k)->control, moment_at(g, k)->version);
    return sum;
}

static bool within(int64_t base, uint16_t first, uint16_t last, int64_t from, int64_t to)
{
    /* Times inside a record are whole milliseconds, rounded down. */
    int64_t a = base + first * SSE_MSECOND, b = base + last * SSE_MSECOND;

    return first != SSE_NOT_HEARD && b + SSE_MSECOND > from && a <= to;
}

/* Records of which all lies between two times, that is all but those near the
 * ends: none of them has to be read. @return the first, *end the one after. */
static guint whole_records(const sse_group *g, int64_t from, int64_t to, guint *end)
{
    guint first = first_moment(g, from);

    *end = g->background->totals->len > 0 ? MAX(first, first_moment(g, to - SSE_CONTROL_SPAN + 1)) : first;
    return first;
}

/* Was something of the answers that a record counts between two times? */
static bool worked_within(const moment *m, int64_t from, int64_t to)
{
    return within(m->time, m->control->worked_first, m->control->worked_last, from, to);
}

static void add_moment(sse_control_sum *sum, const moment *m, int64_t from, int64_t to, int version)
{
    if (worked_within(m, from, to)) {
        sum->dns_answers += m->control->dns_answers;
        sum->tcp_opened += m->control->tcp_opened;
    }
    if (m->time < from)
        return;
    /* DNS queries of either IP version count, connections only of its own. */
    sum->silent += m->control->silent_dns;
    if (version == 0 || version == m->version)
        sum->silent += m->control->silent_tcp;
    sum->proxy_answered |= m->control->proxy_answered;
}

sse_control_sum sse_sum_control(const sse_group *g, int64_t from, int64_t to, int version)
{
    const sse_control_total *all = &g->background->all;
    sse_control_sum sum = { 0 };
    guint end, whole;

    if (is_empty(all))
        return sum;
    whole = whole_records(g, from, to, &end);
    if (end > whole) {
        sse_control_total a = total_at(g, whole), b = total_at(g, end);

        sum.dns_answers = b.dns_answers - a.dns_answers;
        sum.tcp_opened = b.tcp_opened - a.tcp_opened;
        sum.silent = b.silent_dns - a.silent_dns;
        for (unsigned v = 0; v < 2; v++)
            if (version == 0 || version == (v == 0 ? 4 : 6))
                sum.silent += b.silent_tcp[v] - a.silent_tcp[v];
        sum.proxy_answered = b.proxy_answered != a.proxy_answered;
    }
    for (guint i = first_moment(g, from - SSE_CONTROL_SPAN); i < moments(g); i++) {
        const moment *m;

        if (i == whole)
            i = end;
        if (i == moments(g))
            break;
        m = moment_at(g, i);
        if (m->time > to)
            break;
        add_moment(&sum, m, from, to, version);
    }
    return sum;
}

bool sse_heard_between(const sse_group *g, int64_t from, int64_t to, int version)
{
    guint end, whole = whole_records(g, from, to, &end);

    if (end > whole && total_at(g, whole).heard[version == 6] != total_at(g, end).heard[version == 6])
        return true;
    for (guint i = first_moment(g, from - SSE_CONTROL_SPAN); i < moments(g); i++) {
        const moment *m;

        if (i == whole)
            i = end;
        if (i == moments(g))
            break;
        m = moment_at(g, i);
        if (m->time > to)
            break;
        if (m->version == version && within(m->time, m->control->heard_first, m->control->heard_last, from, to))
            return true;
    }
    return false;
}

bool sse_gateway_heard_between(const sse_group *g, int64_t from, int64_t to)
{
    guint end, whole;

    if (g->background->all.gateway_heard == 0)
        return false;
    whole = whole_records(g, from, to, &end);
    if (end > whole && total_at(g, whole).gateway_heard != total_at(g, end).gateway_heard)
        return true;
    for (guint i = first_moment(g, from - SSE_CONTROL_SPAN); i < moments(g); i++) {
        const moment *m;

        if (i == whole)
            i = end;
        if (i == moments(g))
            break;
        m = moment_at(g, i);
        if (m->time > to)
            break;
        if (within(m->time, m->control->gateway_first, m->control->gateway_last, from, to))
            return true;
    }
    return false;
}

bool sse_others_opened(const sse_group *g)
{
    return g->background->all.tcp_opened > 0;
}

bool sse_may_lack_connectivity(const sse_group *g)
{
    const sse_control_total *all = &g->background->all;

    return (uint64_t)all->silent_dns + all->silent_tcp[0] + all->silent_tcp[1] >= SILENT_ATTEMPTS;
}

bool sse_no_connectivity(const sse_group *g, int64_t first, int64_t newest, int64_t until, int version)
{
    sse_control_sum sum = sse_sum_control(g, first, sse_window_end(newest, RUN_WINDOW, until), version);

    if (sum.silent < SILENT_ATTEMPTS || sum.proxy_answered)
        return false;
    /* Not all that reached it is known there: any answer will do. */
    if (first >= g->unread_from && newest <= g->unread_to && sum.dns_answers + sum.tcp_opened > 0)
        return false;
    return !sse_heard_between(g, first + (newest - first) / 2, sse_window_end(newest, SSE_HEARD_AFTER, until), version);
}
