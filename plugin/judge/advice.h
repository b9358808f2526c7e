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

/** Advice, allow lists, filters (advice.c). */
void sse_advise(sse_context *c, sse_group *g);

/** The display filter that shows a service's packets, and the libpcap filter
 * (pcap-filter(7)) to record them again. @return g_free() it; NULL without. */
char *sse_service_filter(const sse_client_report *client, const sse_service_report *service);
char *sse_service_capture_filter(const sse_client_report *client, const sse_service_report *service);

#endif
