/* log_report.c
 * Reading the part of a report that is about logs.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "log_report.h"

#include "lower_bound.h"

static bool is_before_frame(const void *sorted, guint index, const void *key)
{
    return g_array_index((const GArray *)sorted, sse_log_statement, index).note.frame < *(const uint32_t *)key;
}

const sse_log_statement *sse_log_statement_at(const sse_report *r, uint32_t frame)
{
    const sse_log_statement *st;
    guint at;

    if (r->log == NULL)
        return NULL;
    at = sse_lower_bound(r->log->statements, r->log->statements->len, is_before_frame, &frame);
    if (at == r->log->statements->len)
        return NULL;
    st = &g_array_index(r->log->statements, sse_log_statement, at);
    return st->note.frame == frame ? st : NULL;
}
