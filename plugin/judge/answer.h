/* answer.h
 * Which packet answered a probe or a handshake, and after how long: the one
 * place that says it for details, expert items and tables.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_ANSWER_H
#define SSE_ANSWER_H

#include "records.h"

typedef struct sse_answer {
    uint32_t frame;          /**< 0: nothing answered */
    int64_t  after;          /**< ns from what it answers; < 0: not known */
} sse_answer;

/** What a probe met: its first reply; without one the reset, else the ICMP
 * error. It answers all attempts, and the time is that from the first one. */
sse_answer sse_probe_answer(const sse_tracker *t, const sse_probe *q);

/** What a handshake met in the end: the SYN-ACK that opened it, else the reset
 * or ICMP error that its newest answered SYN met. The time is that from the SYN
 * that was answered. */
sse_answer sse_handshake_answer(const sse_handshake *h);

/** What one SYN of a handshake met: its own SYN-ACK, reset or ICMP error; where
 * it met nothing, and was only the first of several, the handshake's answer.
 * @param syn a mark of that SYN
 * @return the frame, 0 where there is none */
uint32_t sse_syn_answer(const sse_tracker *t, const sse_mark *syn);

/** Which SYN a SYN-ACK, reset or ICMP error answers: the newest before it.
 * @param answer a mark of that packet
 * @return the frame, 0 where it is not in the capture */
uint32_t sse_answered_syn(const sse_tracker *t, const sse_mark *answer);

#endif
