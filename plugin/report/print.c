/* print.c
 * Chooses the printer of a format.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "print.h"

#include "printers.h"

GString *sse_report_print(const sse_report *report, sse_format format)
{
    switch (format) {
    case SSE_FORMAT_JSON:
        return sse_report_json(report);
    case SSE_FORMAT_TICKET:
        return sse_report_ticket(report);
    case SSE_FORMAT_HTML:
        return sse_report_html(report);
    default:
        return sse_report_text(report);
    }
}
