/* findings.h
 * Findings: facts worth saying that decide nothing.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_FINDINGS_H
#define SSE_JUDGE_FINDINGS_H

#include "evidence.h"

/** Findings of a client, and of the capture. */
void sse_find(sse_context *c, sse_group *g);
void sse_find_capture(sse_context *c);
const sse_finding *sse_client_finding(const sse_client_report *r, sse_finding_code code);

#endif
