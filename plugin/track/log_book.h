/* log_book.h
 * What the client's own logs said.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_LOG_BOOK_H
#define SSE_LOG_BOOK_H

#include "log_records.h"
#include "records.h"

/** See sse_tracker_log(). */
void sse_log_said(sse_tracker *t, uint32_t frame, int64_t time, const obs_log *said, const char *name);
/** A packet of IP in a file that has a log: whose capture is it? */
void sse_log_host_seen(sse_tracker *t, const sse_addr *src, const sse_addr *dst);
/** May be NULL. */
void sse_log_book_free(sse_log_book *book);

#endif
