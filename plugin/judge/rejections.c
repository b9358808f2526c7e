/* rejections.c
 * Answers of OpenDNS that the client itself rejects: docs/verdict.md, "Outcomes".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rejections.h"

#include "ports.h"

/* Probes to one port so close together are one burst. */
#define BURST           (3 * SSE_SECOND)
/* A burst of fewer is a single socket, which may be closed after its first reply. */
#define BURST_LEAST     2
/* The module's cycle while nothing answers. */
#define CYCLE           (16 * SSE_SECOND)
/* So many records of the file are looked at each way: other clients' lie between. */
#define NEIGHBOURS      256

static bool is_of_module(const sse_probe *p)
{
    return p->frame != 0 && !p->local && p->transport == SSE_UDP && !sse_is_traffic(p);
}

static bool is_answered(const sse_tracker *t, const sse_probe *p)
{
    return p->reply == SSE_REPLY_OPENDNS && p->reply_time - p->time <= t->config.probe_timeout;
}

/* *near gets the nearest rejected probe to that port outside of the burst. */
static bool is_burst_rejected(const sse_tracker *t, const sse_probe *p, const sse_probe **near)
{
    const sse_probe *all = &g_array_index(t->probes, sse_probe, 0);
    const guint at = (guint)(p - all);
    const guint end = MIN(t->probes->len, at + NEIGHBOURS + 1);
    unsigned burst = 0;
    bool goes_on = p->port == SSE_PORT_PLAIN_DNS;

    for (guint i = at > NEIGHBOURS ? at - NEIGHBOURS : 0; i < end; i++) {
        const sse_probe *q = &all[i];

        if (q->client != p->client || !is_of_module(q))
            continue;
        if (q->port == p->port && ABS(q->time - p->time) <= BURST) {
            burst++;
            if (is_answered(t, q) && !q->rejected)
                return false;
        } else if (q->port == p->port && q->rejected && ABS(q->time - p->time) <= CYCLE &&
                   (*near == NULL || ABS(q->time - p->time) < ABS((*near)->time - p->time))) {
            *near = q;
        }
        if (q->port == SSE_PORT_PLAIN_DNS && q->time > p->time && q->time - p->time <= SSE_REJECTION_KNOWN)
            goes_on = true;
    }
    return burst >= BURST_LEAST && goes_on;
}

bool sse_probe_is_rejected(const sse_tracker *t, const sse_probe *p)
{
    const sse_probe *near = NULL, *ignored = NULL;

    if (!p->rejected || !is_of_module(p) || !is_answered(t, p))
        return false;
    if (is_burst_rejected(t, p, &near))
        return true;
    /* A single probe of the same cycle, as that for the certificate, is what its
     * burst is. */
    return near != NULL && is_answered(t, near) && is_burst_rejected(t, near, &ignored);
}
