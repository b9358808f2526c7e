/* early.h
 * Answers that came before their question: in the file, or by their time, as two
 * capture clocks make them (docs/verdict.md, "Outcomes").
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_EARLY_H
#define SSE_EARLY_H

#include "records.h"

/** How long an answer that came first in the file waits for its question, and by how
 * much it may be stamped before it. */
#define SSE_EARLY_WAIT (1 * SSE_SECOND)

typedef struct sse_early {
    obs_packet packet;
    obs_tcp    tcp;          /**< flags 0: an ICMP error */
    obs_icmp   icmp;
    bool       has_dns;      /**< a reply over TCP: what it says, without its name and identity */
    obs_dns    dns;
} sse_early;

/** Keeps a segment or an ICMP error for the SYN or query that may follow; the
 * other one is NULL. @return it, until the next is kept. */
sse_early *sse_keep_early(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_icmp *icmp);
/** The first early answer from *at on that came within a second of p and is
 * addressed to its sender; *at gets the place behind it. NULL: no more. */
sse_early *sse_next_early(const sse_tracker *t, const obs_packet *p, unsigned *at);
/** A question of this time was answered for the first time. @return true where the
 * answer is stamped before it, by a second at most; then *answer gets the question's time. */
bool sse_note_answer(sse_tracker *t, int64_t question, int64_t *answer);
/** May an answer of this time be that of a question which nothing earlier fits? */
static inline bool sse_may_answer(int64_t question, int64_t answer)
{
    return question - answer <= SSE_EARLY_WAIT;
}
/** It found its SYN or query: it answers one. Else a single error would be
 * marked again for every query of its port. */
static inline void sse_take_early(sse_early *o)
{
    o->packet.frame = 0;
}

#endif
