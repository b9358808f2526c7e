/* confidence.c
 * How sure a verdict is, and why not more: the section "What else the client did"
 * of docs/verdict.md.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "confidence.h"

void sse_add_reason(sse_service_report *s, sse_reason_code code, uint32_t number)
{
    sse_reason reason = { .code = code, .number = { number } };

    g_array_append_val(s->reasons, reason);
}

void sse_set_confidence(sse_context *c, sse_group *g, sse_service_report *s, bool failing)
{
    if (g->one_way)
        sse_add_reason(s, SSE_REASON_ONE_WAY, 0);
    if (g->unheard)
        sse_add_reason(s, SSE_REASON_NO_QUERIES_SEEN, 0);
    if (c->cut)
        sse_add_reason(s, SSE_REASON_CUT, 0);
    if (c->clock_jump)
        sse_add_reason(s, SSE_REASON_CLOCK_JUMP, 0);
    if (c->timestamps_unusable)
        sse_add_reason(s, SSE_REASON_EQUAL_TIMES, 0);
    if (failing && s->has_control && s->control_dns_answers == 0 && s->control_tcp_opened == 0)
        sse_add_reason(s, SSE_REASON_NO_CONTROL, 0);
    s->confidence = s->reasons->len > 0 ? SSE_CONFIDENCE_LIMITED : SSE_CONFIDENCE_HIGH;
}
