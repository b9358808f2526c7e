/* html_timeline.h
 * A client's states over the time of the file, as SVG.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_HTML_TIMELINE_H
#define SSE_HTML_TIMELINE_H

#include "outage_words.h"
#include "report.h"

/** Is there a time to draw over? */
bool sse_html_has_timeline(const sse_report *r, const sse_client_report *c);

/** A lane for each service, of DNS each IP version; changes of the network and the
 * log's statements as ticks; an axis and a legend.
 * @param client index into the report's clients
 * @param told   sse_outages_told() of it: each is drawn, with its words to point at */
void sse_html_timeline(GString *out, const sse_report *r, guint client, const GArray *told);
/** The lanes of states alone, for a row of a table. */
void sse_html_timeline_small(GString *out, const sse_report *r, const sse_client_report *c);

#endif
