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

void sse_log_report_free(sse_log_report *log)
{
    if (log == NULL)
        return;
    g_array_free(log->statements, TRUE);
    g_array_free(log->advice, TRUE);
    g_free(log);
}

const char *sse_log_result_code(sse_log_result r)
{
    static const char *const codes[SSE_LOG_RESULTS] = {
        [SSE_LOG_NOT_COMPARED] = "not-compared", [SSE_LOG_AGREES] = "agrees", [SSE_LOG_DIFFERS] = "differs",
        [SSE_LOG_NOT_SEEN] = "not-seen",
    };
    return (unsigned)r < SSE_LOG_RESULTS ? codes[r] : "unknown";
}

const char *sse_log_event_code(unsigned event)
{
    static const char *const codes[OBS_LOG_EVENTS] = {
        [OBS_LOG_TEXT] = "text",             [OBS_LOG_CHECKING] = "checking",
        [OBS_LOG_PROBING] = "probing",       [OBS_LOG_REJECTED] = "rejected",
        [OBS_LOG_HANDSHAKE_FAILED] = "handshake-failed", [OBS_LOG_RESOLVED] = "resolved",
        [OBS_LOG_CONNECTING] = "connecting", [OBS_LOG_LOOKUP] = "lookup",
        [OBS_LOG_MODES] = "modes",           [OBS_LOG_REDIRECTED] = "redirected",
        [OBS_LOG_STATE] = "protection-state",
    };
    return event < OBS_LOG_EVENTS ? codes[event] : "unknown";
}
