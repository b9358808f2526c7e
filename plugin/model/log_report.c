/* log_report.c
 * Reading the part of a report that is about logs.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "log_report.h"

const sse_log_statement *sse_log_statement_at(const sse_report *r, uint32_t frame)
{
    guint low = 0, high;

    if (r->log == NULL)
        return NULL;
    high = r->log->statements->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(r->log->statements, sse_log_statement, middle).note.frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == r->log->statements->len)
        return NULL;
    const sse_log_statement *st = &g_array_index(r->log->statements, sse_log_statement, low);
    return st->note.frame == frame ? st : NULL;
}
