/* tap-report.h
 * -z sseroaming: the verdict of a file when it has been read.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TAP_REPORT_H
#define SSE_TAP_REPORT_H

/** Registers the -z options. Call it once, while protocols register. */
void sse_taps_register(void);

#endif
