/* answer.c
 * Which packet answered a probe or a handshake, and after how long.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "answer.h"

/* How far from a mark its partner is looked for: a SYN and its answer are rarely
 * further apart than this many packets of the module, and a sender must not make
 * each packet cost all others. */
#define PARTNER_SEARCH 1024

#define NOT_KNOWN (-1)

sse_answer sse_probe_answer(const sse_tracker *t, const sse_probe *q)
{
    if (q->reply != SSE_REPLY_NONE)
        return (sse_answer){ q->reply_frame, q->frame != 0 ? MAX(q->reply_time - q->time, 0) : NOT_KNOWN };
    if (q->reset_frame != 0)
        return (sse_answer){ q->reset_frame, NOT_KNOWN };
    if (q->icmp != SSE_NONE) {
        const sse_icmp *icmp = &g_array_index(t->icmps, sse_icmp, q->icmp);

        return (sse_answer){ icmp->frame, MAX(icmp->time - q->time, 0) };
    }
    return (sse_answer){ 0, NOT_KNOWN };
}

sse_answer sse_handshake_answer(const sse_handshake *h)
{
    if (h->session != NULL)
        return (sse_answer){ h->session->syn_ack ? h->session->open_frame : 0,
                             h->early ? 0 : h->rtt != 0 ? (int64_t)h->rtt * 1000 : NOT_KNOWN };
    if (h->met == SSE_MET_RESET)
        return (sse_answer){ h->met_frame, (int64_t)h->reset_delay * 1000 };
    return (sse_answer){ h->met == SSE_MET_ICMP ? h->met_frame : 0, NOT_KNOWN };
}

static bool is_answer(const sse_mark *mark)
{
    return mark->kind == SSE_MARK_SYN_ACK || mark->kind == SSE_MARK_RESET || mark->kind == SSE_MARK_ICMP;
}

uint32_t sse_syn_answer(const sse_tracker *t, const sse_mark *syn)
{
    const sse_mark *all = &g_array_index(t->marks, sse_mark, 0);
    guint at = (guint)(syn - all);
    uint32_t icmp = 0;
    sse_answer answer;

    for (guint steps = 0; steps < PARTNER_SEARCH && ++at < t->marks->len; steps++) {
        if (all[at].of != syn->of || all[at].record != syn->record || all[at].attempt != syn->attempt ||
            !is_answer(&all[at]))
            continue;
        /* An ICMP error counts where nothing else came. */
        if (all[at].kind != SSE_MARK_ICMP)
            return all[at].frame;
        if (icmp == 0)
            icmp = all[at].frame;
    }
    if (icmp != 0)
        return icmp;
    answer = sse_handshake_answer(sse_tracker_handshake(t, syn->record));
    return answer.frame > syn->frame ? answer.frame : 0;
}

uint32_t sse_answered_syn(const sse_tracker *t, const sse_mark *answer)
{
    const sse_mark *all = &g_array_index(t->marks, sse_mark, 0);
    guint at = (guint)(answer - all);

    for (guint steps = 0; steps < PARTNER_SEARCH && at-- > 0; steps++) {
        if (all[at].of == answer->of && all[at].record == answer->record && all[at].attempt == answer->attempt &&
            all[at].kind == SSE_MARK_SYN)
            return all[at].frame;
    }
    return 0;
}
