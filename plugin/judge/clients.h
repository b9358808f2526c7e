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

/** Collects clients and their evidence; whose each record is. */
void sse_collect_groups(sse_context *c);
/** What became of a client's probes, and its lists, by time: made before it is judged, when
 * its records are read for the first time, all together. */
void sse_list_records(sse_context *c, sse_group *g);
/** From here on probe_at() is about this client, whose records were listed. */
void sse_use_probes(sse_context *c, const sse_group *g);
/** Once all is said of a client: its lists are for the next ones' memory. Its addresses
 * stay, and what is counted. */
void sse_drop_records(sse_context *c, sse_group *g);
void sse_free_groups(sse_context *c);

#endif
