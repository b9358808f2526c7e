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
/** The same for a text window of Wireshark: narrower, and with menus and preferences
 * in place of tshark's options. JSON is JSON.
 * @param client index of the one client to print in full, of the text; all below 0 */
GString *sse_report_print_window(const sse_report *report, sse_format format, int64_t client);

/** Version of the plugin, from the build. */
#ifndef SSE_PLUGIN_VERSION
#error "SSE_PLUGIN_VERSION comes from CMakeLists.txt"
#endif

#endif
