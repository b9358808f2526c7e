/* clients.h
 * Which addresses are one client, and what evidence belongs to it.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_CLIENTS_H
#define SSE_JUDGE_CLIENTS_H

#include "evidence.h"

/** Collects clients and their evidence. */
void sse_collect_groups(sse_context *c);
void sse_free_groups(sse_context *c);

#endif
