/* print.c
 * Chooses the printer of a format.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "print.h"

#include "layout.h"
#include "printers.h"

static GString *print_format(const sse_report *report, sse_format format, int64_t client)
{
    switch (format) {
    case SSE_FORMAT_JSON:
        return sse_report_json(report);
    case SSE_FORMAT_TICKET:
        return sse_report_ticket(report);
    case SSE_FORMAT_HTML:
        return sse_report_html(report);
    default:
        return sse_report_text(report, client);
    }
}

GString *sse_report_print(const sse_report *report, sse_format format)
{
    return print_format(report, format, -1);
}

GString *sse_report_print_window(const sse_report *report, sse_format format, int64_t client)
{
    GString *text;

    if (format == SSE_FORMAT_JSON)
        return sse_report_json(report);
    sse_layout_for(SSE_IN_WINDOW);
    text = print_format(report, format, client);
    sse_layout_for(SSE_IN_TERMINAL);
    return text;
}
