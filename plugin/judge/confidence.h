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

void sse_add_reason(sse_service_report *s, const char *format, ...) G_GNUC_PRINTF(2, 3);
/** Sets confidence and its reasons from what limits every verdict. */
void sse_set_confidence(sse_context *c, sse_group *g, sse_service_report *s, bool failing);

#endif
