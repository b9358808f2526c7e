/* early.c
 * Resets and ICMP errors that came before their SYN or query in the file.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "early.h"

#include <string.h>

#include "store.h"

#define ORPHANS 16
struct sse_orphans {
    sse_orphan kept[ORPHANS]; /* a ring */
    unsigned next;
};

void sse_keep_orphan(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_icmp *icmp)
{
    sse_orphan *o;

    if (t->index->orphans == NULL)
        t->index->orphans = g_new0(struct sse_orphans, 1);
    o = &t->index->orphans->kept[t->index->orphans->next];
    t->index->orphans->next = (t->index->orphans->next + 1) % ORPHANS;
    memset(o, 0, sizeof *o);
    o->packet = *p;
    if (tcp != NULL)
        o->tcp = *tcp;
    if (icmp != NULL)
        o->icmp = *icmp;
}

sse_orphan *sse_next_orphan(const sse_tracker *t, const obs_packet *p, unsigned *at)
{
    while (t->index->orphans != NULL && *at < ORPHANS) {
        sse_orphan *o = &t->index->orphans->kept[(*at)++];

        if (o->packet.frame != 0 && o->packet.time >= p->time && o->packet.time - p->time <= ORPHAN_WAIT &&
            sse_addr_equal(&o->packet.dst, &p->src))
            return o;
    }
    return NULL;
}
