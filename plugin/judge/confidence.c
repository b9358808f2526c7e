/* confidence.c
 * How sure a verdict is, and why not more: the section "What else the client did"
 * of docs/verdict.md.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "confidence.h"

#include <string.h>

void sse_add_reason(GArray *reasons, sse_reason_code code, uint32_t number)
{
    sse_reason reason;

    /* Lists are shared where their bytes are the same. */
    memset(&reason, 0, sizeof reason);
    reason.code = code;
    reason.number[0] = number;
    g_array_append_val(reasons, reason);
}

sse_confidence sse_find_confidence(const sse_context *c, const sse_group *g, GArray *reasons)
{
    if (g->one_way)
        sse_add_reason(reasons, SSE_REASON_ONE_WAY, 0);
    if (g->unheard)
        sse_add_reason(reasons, SSE_REASON_NO_QUERIES_SEEN, 0);
    if (c->cut)
        sse_add_reason(reasons, SSE_REASON_CUT, 0);
    if (c->clock_jump)
        sse_add_reason(reasons, SSE_REASON_CLOCK_JUMP, 0);
    if (g->is_site)
        sse_add_reason(reasons, SSE_REASON_SITE, 0);
    if (c->timestamps_unusable)
        sse_add_reason(reasons, SSE_REASON_EQUAL_TIMES, 0);
    return reasons->len > 0 ? SSE_CONFIDENCE_LIMITED : SSE_CONFIDENCE_HIGH;
}
