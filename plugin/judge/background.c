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

/* So many records are read one by one faster than summed up. */
#define FEW_RECORDS         64
/* Of more, a sum is kept at every so many: the rest is added when asked. */
#define TOTALS_STEP         16

/* Sums over all records before one of them, so that a span of any length
 * costs two look-ups and a few steps. Of what is read by IP version: [0] IPv4, [1] IPv6. */
typedef struct sse_control_total {
    uint32_t dns_answers, tcp_opened, silent_dns, silent_tcp[2], proxy_answered;
    uint32_t heard[2], gateway_heard; /**< records in which there was something */
} sse_control_total;

/* The IP version of a record. */
static int version_of(const sse_group *g, const sse_control_ref *r)
{
    return sse_tracker_address(g->tracker, r->client)->addr.family;
}

static bool record_before(const void *group, guint index, const void *time)
{
    return sse_record_at((const sse_group *)group, index).time < *(const int64_t *)time;
}

/* Index of the first record at or after a time. */
static guint first_record(const sse_group *g, int64_t time)
{
    return sse_lower_bound(g, g->records->len, record_before, &time);
}

static void add_control(sse_control_total *sum, const sse_group *g, guint i)
{
    const sse_control_ref r = sse_record_at(g, i);
    unsigned v = version_of(g, &r) == 6;

    sum->dns_answers += r.control->dns_answers;
    sum->tcp_opened += r.control->tcp_opened;
    sum->silent_dns += r.control->silent_dns;
    sum->silent_tcp[v] += r.control->silent_tcp;
    sum->proxy_answered += r.control->proxy_answered;
    sum->heard[v] += r.control->heard_first != SSE_NOT_HEARD;
    sum->gateway_heard += r.control->gateway_first != SSE_NOT_HEARD;
}

void sse_total_control(sse_group *g)
{
    sse_control_total sum = { 0 };

    if (g->records->len <= FEW_RECORDS)
        return;
    g->totals = g_array_sized_new(FALSE, FALSE, sizeof(sse_control_total), g->records->len / TOTALS_STEP + 1);
    for (guint i = 0; i < g->records->len; i++) {
        if (i % TOTALS_STEP == 0)
            g_array_append_val(g->totals, sum);
        add_control(&sum, g, i);
    }
    if (g->records->len % TOTALS_STEP == 0)
        g_array_append_val(g->totals, sum);
}

/* Sums over all records before one of them. */
static sse_control_total total_at(const sse_group *g, guint i)
{
    sse_control_total sum = g_array_index(g->totals, sse_control_total, i / TOTALS_STEP);

    for (guint k = i - i % TOTALS_STEP; k < i; k++)
        add_control(&sum, g, k);
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
    guint first = first_record(g, from);

    *end = g->totals != NULL ? MAX(first, first_record(g, to - SSE_CONTROL_SPAN + 1)) : first;
    return first;
}

/* Was something of the answers that a record counts between two times? */
static bool worked_within(const sse_control_ref *r, int64_t from, int64_t to)
{
    return within(r->time, r->control->worked_first, r->control->worked_last, from, to);
}

static void add_record(sse_control_sum *sum, const sse_group *g, const sse_control_ref *r, int64_t from, int64_t to, int version)
{
    if (worked_within(r, from, to)) {
        sum->dns_answers += r->control->dns_answers;
        sum->tcp_opened += r->control->tcp_opened;
    }
    if (r->time < from)
        return;
    /* DNS queries of either IP version count, connections only of its own. */
    sum->silent += r->control->silent_dns;
    if (version == 0 || version == version_of(g, r))
        sum->silent += r->control->silent_tcp;
    sum->proxy_answered |= r->control->proxy_answered;
}

sse_control_sum sse_sum_control(const sse_group *g, int64_t from, int64_t to, int version)
{
    sse_control_sum sum = { 0 };
    guint end, whole = whole_records(g, from, to, &end);

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
    for (guint i = first_record(g, from - SSE_CONTROL_SPAN); i < g->records->len; i++) {
        sse_control_ref r;

        if (i == whole)
            i = end;
        if (i == g->records->len)
            break;
        r = sse_record_at(g, i);
        if (r.time > to)
            break;
        add_record(&sum, g, &r, from, to, version);
    }
    return sum;
}

bool sse_heard_between(const sse_group *g, int64_t from, int64_t to, int version)
{
    guint end, whole = whole_records(g, from, to, &end);

    if (end > whole && total_at(g, whole).heard[version == 6] != total_at(g, end).heard[version == 6])
        return true;
    for (guint i = first_record(g, from - SSE_CONTROL_SPAN); i < g->records->len; i++) {
        sse_control_ref r;

        if (i == whole)
            i = end;
        if (i == g->records->len)
            break;
        r = sse_record_at(g, i);
        if (r.time > to)
            break;
        if (version_of(g, &r) == version && within(r.time, r.control->heard_first, r.control->heard_last, from, to))
            return true;
    }
    return false;
}

bool sse_gateway_heard_between(const sse_group *g, int64_t from, int64_t to)
{
    guint end, whole = whole_records(g, from, to, &end);

    if (end > whole && total_at(g, whole).gateway_heard != total_at(g, end).gateway_heard)
        return true;
    for (guint i = first_record(g, from - SSE_CONTROL_SPAN); i < g->records->len; i++) {
        sse_control_ref r;

        if (i == whole)
            i = end;
        if (i == g->records->len)
            break;
        r = sse_record_at(g, i);
        if (r.time > to)
            break;
        if (within(r.time, r.control->gateway_first, r.control->gateway_last, from, to))
            return true;
    }
    return false;
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
