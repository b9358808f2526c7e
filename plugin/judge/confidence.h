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

/** @param number what the reason's sentence names, 0 for nothing */
void sse_add_reason(sse_service_report *s, sse_reason_code code, uint32_t number);
/** Sets confidence and its reasons from what limits every verdict. */
void sse_set_confidence(sse_context *c, sse_group *g, sse_service_report *s, bool failing);

#endif
