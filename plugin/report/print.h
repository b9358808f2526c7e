/* print.h
 * The verdict in words and as JSON. These functions only print what stands in
 * the report; they decide nothing.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_REPORT_PRINT_H
#define SSE_REPORT_PRINT_H

#include "report.h"

typedef enum { SSE_FORMAT_TEXT = 0, SSE_FORMAT_JSON, SSE_FORMAT_TICKET, SSE_FORMAT_HTML } sse_format;

/** The report as text for people; as one line of JSON ("sseroaming/1"); as the
 * block to paste into a ticket for a firewall team; as a page to attach to a case. Each ends with a newline.
 * Control characters, invalid UTF-8 and bidirectional marks come out escaped.
 * @return a string to free with g_string_free(). */
GString *sse_report_print(const sse_report *report, sse_format format);


/** Version of the plugin, from the build. */
#ifndef SSE_PLUGIN_VERSION
#error "SSE_PLUGIN_VERSION comes from CMakeLists.txt"
#endif

#endif
