/* log.h
 * The client's own logs against the packets.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_LOG_H
#define SSE_JUDGE_LOG_H

#include "evidence.h"
#include "log_report.h"

/** The client's own logs; the clients are in order by now. */
void sse_judge_log(sse_context *c);

#endif
