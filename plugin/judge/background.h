/* background.h
 * What else a client did and heard while something failed, summed up from its
 * records.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_BACKGROUND_H
#define SSE_JUDGE_BACKGROUND_H

#include "evidence.h"

/** A client's records by time, and their totals. */
typedef struct sse_background sse_background;
sse_background *sse_background_new(void);
void sse_background_free(sse_background *b);
/** Reads those of one client into the context's; all below asks for it. It holds until
 * the next client's are read. */
void sse_read_background(sse_context *c, sse_group *g);
/** Sums over what reached the client, and what it tried in vain, between two times. */
typedef struct sse_control_sum {
    uint32_t dns_answers, tcp_opened, silent;
    bool proxy_answered;
} sse_control_sum;
sse_control_sum sse_sum_control(const sse_group *g, int64_t from, int64_t to, int version);
/** Was a packet of a public address heard between two times? */
bool sse_heard_between(const sse_group *g, int64_t from, int64_t to, int version);
bool sse_gateway_heard_between(const sse_group *g, int64_t from, int64_t to);
/** The rule "No connectivity" of docs/verdict.md over a stretch of silence. until:
 * when the outage ended by a proof, or INT64_MAX */
bool sse_no_connectivity(const sse_group *g, int64_t first, int64_t newest, int64_t until, int version);
/** Did any other connection of its open, in the whole file? */
bool sse_others_opened(const sse_group *g);
/** Did so much meet silence in the whole file that the rule may hold anywhere? */
bool sse_may_lack_connectivity(const sse_group *g);
/** Where such a rule's windows end that go on so long after the newest failure. */
static inline int64_t sse_window_end(int64_t newest, int64_t longer, int64_t until)
{
    return MIN(newest + longer, until - 1);
}
/** How long a line stays dead behind the newest failure. */
#define SSE_HEARD_AFTER (2 * SSE_SECOND)

#endif
