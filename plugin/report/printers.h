/* printers.h
 * The printers of a report, one for each format; print.h chooses.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PRINTERS_H
#define SSE_PRINTERS_H

#include <stdio.h>

#include "report.h"

/** @param client index of the one client to print; all below 0 */
GString *sse_report_text(const sse_report *report, int64_t client);
GString *sse_report_ticket(const sse_report *report);
/** One page, with no script and nothing to load. */
GString *sse_report_html(const sse_report *report);
GString *sse_report_json(const sse_report *report);
/** Writes the same as it comes: a million clients fill a gigabyte.
 * @return false where it could not be written. */
bool sse_report_write_json(const sse_report *report, FILE *to);

#endif
