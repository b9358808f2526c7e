/* html_style.h
 * How the page looks: light, dark, on a narrow screen, on paper.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_HTML_STYLE_H
#define SSE_HTML_STYLE_H

/** For a <style>. The classes of states, outcomes of log statements and the like are
 * the codes of service/codes.h. */
extern const char sse_html_style[];

#endif
