/* dns.h
 * DNS protection of a client.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_DNS_H
#define SSE_JUDGE_DNS_H

#include "evidence.h"

/** States, causes, timeline of DNS. */
void sse_judge_dns(sse_context *c, sse_group *g);

#endif
