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

/** Makes the totals of a client's records, once these are sorted. */
void sse_total_control(sse_group *g);
/** Sums over the client's records from time first to newest. */
typedef struct sse_control_sum {
    uint32_t dns_answers, tcp_opened, silent;
    bool proxy_answered;
} sse_control_sum;
sse_control_sum sse_sum_control(const sse_group *g, int64_t first, int64_t newest, int version);
/** Was a packet of a public address heard between two times? */
bool sse_heard_between(const sse_group *g, int64_t from, int64_t to, int version);
bool sse_gateway_heard_between(const sse_group *g, int64_t from, int64_t to);
/** The rule "No connectivity" of docs/verdict.md over a run. */
bool sse_no_connectivity(const sse_group *g, int64_t first, int64_t newest, int version);

#endif
