/* html_client.h
 * All of one client, as the part of a page.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_HTML_CLIENT_H
#define SSE_HTML_CLIENT_H

#include "report.h"

/** @param client index into the report's clients; its anchor is "client-" and the
 * number from 1 */
void sse_html_client(GString *out, const sse_report *r, guint client);
/** The findings of a client, or of the capture, as a list. */
void sse_html_findings(GString *out, const sse_report *r, const char *title, const GArray *findings);

#endif
