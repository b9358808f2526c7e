/* fail_open.h
 * What went out directly while web protection was down.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_FAIL_OPEN_H
#define SSE_JUDGE_FAIL_OPEN_H

#include "evidence.h"

/** Finds the direct connections of each web outage that stands; the client's
 * timeline must be whole. */
void sse_find_fail_open(sse_context *c, sse_group *g);
/** Connections that would count if an outage had begun at `since`: how many. frames
 * gets the first few. */
uint32_t sse_direct_since(const sse_context *c, const sse_group *g, int64_t since, sse_frames *frames);

#endif
