/* advice.h
 * What to do about a verdict.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_ADVICE_H
#define SSE_JUDGE_ADVICE_H

#include "evidence.h"

/** Advice, allow lists, and the addresses that the filters name. */
void sse_advise(sse_context *c, sse_group *g);

#endif
