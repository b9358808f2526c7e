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

/** Collects clients and their evidence, each list as the records come in the file. */
void sse_collect_groups(sse_context *c);
/** Sorts a client's by time, before it is judged: then its records are read for the
 * first time, and near to each other in time. */
void sse_sort_records(sse_context *c, sse_group *g);
/** Once all is said of a client: its lists are for the next ones' memory. Its addresses
 * stay, and what is counted. */
void sse_drop_records(sse_context *c, sse_group *g);
void sse_free_groups(sse_context *c);

#endif
