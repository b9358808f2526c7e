/* web.h
 * Web protection of a client.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_WEB_H
#define SSE_JUDGE_WEB_H

#include "evidence.h"

/** State, cause, timeline of the web; fail-open. */
void sse_judge_web(sse_context *c, sse_group *g);

#endif
