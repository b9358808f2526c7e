/* confidence.h
 * How sure a verdict is, and why not more.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_CONFIDENCE_H
#define SSE_JUDGE_CONFIDENCE_H

#include "evidence.h"

/** @param reasons sse_reason
 * @param number what the reason's sentence names, 0 for nothing */
void sse_add_reason(GArray *reasons, sse_reason_code code, uint32_t number);
/** Adds what limits every verdict of this client. @return how sure one is then. */
sse_confidence sse_find_confidence(const sse_context *c, const sse_group *g, GArray *reasons);

#endif
