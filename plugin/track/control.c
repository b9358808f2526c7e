/* control.c
 * The part of a record that its client's other traffic goes into.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "control.h"

#include <string.h>

void sse_init_control(sse_control *control)
{
    memset(control, 0, sizeof *control);
    control->heard_first = control->heard_last = SSE_NOT_HEARD;
    control->gateway_first = control->gateway_last = SSE_NOT_HEARD;
    control->worked_first = control->worked_last = SSE_NOT_HEARD;
}

void sse_worked(sse_tracker *t, const sse_address *a, int64_t time, bool opened)
{
    int64_t base;
    sse_control *control = sse_control_at(t, a, time, &base);
    uint16_t *count, ms;

    if (control == NULL)
        return;
    count = opened ? &control->tcp_opened : &control->dns_answers;
    ms = (uint16_t)((time - base) / SSE_MSECOND);
    if (*count < UINT16_MAX)
        (*count)++;
    if (control->worked_first == SSE_NOT_HEARD)
        control->worked_first = ms;
    control->worked_last = ms;
}

static void heard(uint16_t *first, uint16_t *last, int64_t after)
{
    const uint16_t ms = (uint16_t)(after / SSE_MSECOND);

    if (*first == SSE_NOT_HEARD)
        *first = ms;
    *last = ms;
}

void sse_heard_public(sse_tracker *t, sse_address *a, int64_t time)
{
    int64_t base;
    sse_control *control = sse_control_at(t, a, time, &base);

    a->heard_public = MAX(a->heard_public, time);
    if (control != NULL)
        heard(&control->heard_first, &control->heard_last, time - base);
}

void sse_heard_gateway(sse_tracker *t, uint32_t client, const obs_packet *p)
{
    int64_t base;
    sse_control *control = sse_control_at(t, sse_address_at(t, client), p->time, &base);

    if (control != NULL)
        heard(&control->gateway_first, &control->gateway_last, p->time - base);
}
