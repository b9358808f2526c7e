/* tap-window.h
 * A text window of Wireshark with what a format shows, and its buttons.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TAP_WINDOW_H
#define SSE_TAP_WINDOW_H

#include "tap-format.h"

/** Whose window it is. */
typedef struct sse_window_owner {
    /** What it shows, made anew each time.
     * @return the window frees it; NULL where no file is open */
    sse_report *(*report)(void *data);
    /** The user has closed it: free it here. */
    void (*closed)(void *data);
    /** Opens another window. */
    void (*show_other)(sse_show what);
} sse_window_owner;

typedef struct sse_window sse_window;

/** Opens a window. The windows of Wireshark must be there (sse_windows()).
 * @param owner lives as long as the program
 * @param data  what its functions get
 * @return NULL where Wireshark opens none; sse_window_free() it */
sse_window *sse_window_open(sse_show what, const sse_window_owner *owner, void *data);
/** Shows what there is by now. */
void sse_window_draw(sse_window *w);
void sse_window_free(sse_window *w);

/** What the buttons and the menu do with the packets. Wireshark's windows must be
 * there. */
void sse_window_go_to_first_failure(const sse_report *report, int64_t client);
/** Applies a display filter. */
void sse_window_filter(const char *filter);
/** The filters of packets that failed, of changes of state, of findings. */
const char *sse_window_failed_filter(void);
const char *sse_window_changes_filter(void);
#define SSE_FINDINGS_FILTER "sseroaming.finding"

#endif
