/* control.h
 * The part of a record that its client's other traffic goes into (sse_control): at
 * most 10 s from the record's time on.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_CONTROL_H
#define SSE_CONTROL_H

#include "endpoints.h"

void sse_init_control(sse_control *control);

/** The part of a record, by its number. *time gets the record's. */
static inline sse_control *sse_control_of(const sse_tracker *t, uint32_t number, int64_t *time)
{
    const uint32_t index = number / 4;

    switch ((sse_mark_of)(number % 4)) {
    case SSE_OF_PROBE:
        *time = sse_probe_at(t, index)->time;
        return &sse_probe_at(t, index)->control;
    case SSE_OF_HANDSHAKE:
        *time = sse_handshake_at(t, index)->time;
        return &sse_handshake_at(t, index)->control;
    default:
        *time = sse_lookup_at(t, index)->time;
        return &sse_lookup_at(t, index)->control;
    }
}

/** The one that a client's traffic at this time belongs to, or NULL. *base gets
 * the record's time. */
static inline sse_control *sse_control_at(const sse_tracker *t, const sse_address *a, int64_t time, int64_t *base)
{
    sse_control *control;

    if (a->newest == SSE_NONE)
        return NULL;
    control = sse_control_of(t, a->newest, base);
    return time >= *base && time - *base <= SSE_CONTROL_SPAN ? control : NULL;
}

/** The client heard of a public address; a gateway's payload reached it. */
void sse_heard_public(sse_tracker *t, sse_address *a, int64_t time);
void sse_heard_gateway(sse_tracker *t, uint32_t client, const obs_packet *p);
/** Somebody else answered the client: opened a TCP connection, or a DNS query. */
void sse_worked(sse_tracker *t, const sse_address *a, int64_t time, bool opened);

#endif
