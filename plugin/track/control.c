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

void sse_heard(sse_tracker *t, uint32_t client, const obs_packet *p, bool gateway_payload)
{
    sse_address *a = sse_address_at(t, client);
    sse_control *control;
    int64_t base;

    if (!gateway_payload) {
        a->towards++;
        if (a->many_adapters)
            sse_note_receiver(a, p);
        if (!sse_tracker_is_public(t, &p->src))
            return;
        if (p->dst.family == 6)
            a->heard_public = MAX(a->heard_public, p->time);
    }
    control = sse_control_at(t, a, p->time, &base);
    if (control == NULL)
        return;
    uint16_t ms = (uint16_t)((p->time - base) / SSE_MSECOND);
    if (gateway_payload) {
        if (control->gateway_first == SSE_NOT_HEARD)
            control->gateway_first = ms;
        control->gateway_last = ms;
    } else {
        if (control->heard_first == SSE_NOT_HEARD)
            control->heard_first = ms;
        control->heard_last = ms;
    }
}
