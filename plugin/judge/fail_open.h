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

#endif
