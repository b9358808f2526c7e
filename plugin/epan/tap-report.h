/* tap-report.h
 * -z sseroaming: the verdict of a file when it has been read.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TAP_REPORT_H
#define SSE_TAP_REPORT_H

#include "tap-format.h"

/** Registers the -z options and what is in the Statistics menu. Call it once, while
 * protocols register. */
void sse_taps_register(void);

/** Opens a window of Wireshark that shows the open file, and follows it; the window
 * that says what is where. Nothing in tshark and sharkd. */
void sse_show_open(sse_show what);
void sse_show_open_help(void);

#endif
