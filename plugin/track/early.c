/* early.c
 * Answers that came before their question: in the file, or by their time.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "early.h"

#include <string.h>

#include "store.h"

#define EARLY_KEPT 64
struct sse_early_answers {
    sse_early kept[EARLY_KEPT]; /* a ring */
    unsigned next;
};

sse_early *sse_keep_early(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_icmp *icmp)
{
    sse_early *o;

    if (t->index->early == NULL)
        t->index->early = g_new0(struct sse_early_answers, 1);
    o = &t->index->early->kept[t->index->early->next];
    t->index->early->next = (t->index->early->next + 1) % EARLY_KEPT;
    memset(o, 0, sizeof *o);
    o->packet = *p;
    if (tcp != NULL) {
        o->tcp = *tcp;
        /* What is valid during the call only. */
        o->tcp.payload = o->tcp.http.server = o->tcp.http.via = NULL;
    }
    if (icmp != NULL)
        o->icmp = *icmp;
    return o;
}

sse_early *sse_next_early(const sse_tracker *t, const obs_packet *p, unsigned *at)
{
    while (t->index->early != NULL && *at < EARLY_KEPT) {
        sse_early *o = &t->index->early->kept[(*at)++];

        if (o->packet.frame != 0 && o->packet.time - p->time <= SSE_EARLY_WAIT &&
            sse_may_answer(p->time, o->packet.time) && sse_addr_equal(&o->packet.dst, &p->src))
            return o;
    }
    return NULL;
}

bool sse_note_answer(sse_tracker *t, int64_t question, int64_t *answer)
{
    const int64_t apart = question - *answer;
    guint32 us;

    t->answered++;
    /* What stands further before it shows no second clock: the file's own broke. */
    if (apart <= 0 || !sse_may_answer(question, *answer))
        return false;
    us = (guint32)CLAMP(apart / 1000, 1, UINT32_MAX);
    g_array_append_val(t->early, us);
    t->early_much += us > SSE_CLOCKS_APART;
    *answer = question;
    return true;
}
