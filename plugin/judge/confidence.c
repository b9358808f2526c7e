/* confidence.c
 * How sure a verdict is, and why not more: the section "What else the client did"
 * of docs/verdict.md.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "confidence.h"

void sse_add_reason(sse_service_report *s, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    g_ptr_array_add(s->reasons, g_strdup_vprintf(format, ap));
    va_end(ap);
}

void sse_set_confidence(sse_context *c, sse_group *g, sse_service_report *s, bool failing)
{
    if (g->one_way)
        sse_add_reason(s, "no packet towards the client is in the file: only one direction was captured");
    if (g->unheard)
        sse_add_reason(s, "nothing that the client asked is in the file: what stayed without answer does not show");
    if (c->cut)
        sse_add_reason(s, "packets are cut by the snap length");
    if (c->clock_jump)
        sse_add_reason(s, "the clock of the capture jumped back");
    if (c->timestamps_unusable)
        sse_add_reason(s, "all packets carry the same time");
    if (failing && s->has_control && s->control_dns_answers == 0 && s->control_tcp_opened == 0)
        sse_add_reason(s, "nothing else of the client was answered meanwhile: a dead link cannot be excluded");
    s->confidence = s->reasons->len > 0 ? SSE_CONFIDENCE_LIMITED : SSE_CONFIDENCE_HIGH;
}
