/* report_memory.h
 * The memory of a report: made, shared among many clients, freed.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_REPORT_MEMORY_H
#define SSE_REPORT_MEMORY_H

#include "report.h"

/** An empty report, for sse_report_free(). */
sse_report *sse_report_new(void);
/** Frees a report; NULL is none. */
void sse_report_free(sse_report *r);
/** Makes a client's own lists. */
void sse_init_client(sse_client_report *r);
void sse_init_findings(sse_client_report *r);
/** An empty set of so many records. */
void sse_record_set_size(sse_record_set *set, uint32_t size);
/** A list with the same elements, for all whose list is the same. The report owns it, as
 * long as it lives; what is handed in stays the caller's.
 * @param list of any type in which no byte is left to chance */
GArray *sse_shared_list(sse_report *r, const GArray *list);
/** Such a list of two addresses. */
GArray *sse_shared_addresses(sse_report *r, const sse_addr *first, const sse_addr *second);
/** What is said of a client is said of many: shares what can be shared, once a
 * client is judged, and once its findings and advice are made. */
void sse_share_judgement(sse_report *r, sse_client_report *client);
void sse_share_advice(sse_report *r, sse_client_report *client);

#endif
