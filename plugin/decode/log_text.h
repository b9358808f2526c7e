/* log_text.h
 * What an entry of the module's logs says. Only forms of lines that a source
 * shows get a meaning (docs/domain.md, "Log formats"); the rest stays text. Knows no Wireshark type.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_LOG_TEXT_H
#define SSE_LOG_TEXT_H

#include "log_lines.h"
#include "log_observation.h"

/** Bytes of the entry. length 0: there is none. */
typedef struct sse_log_span { uint32_t offset, length; } sse_log_span;

#define SSE_LOG_CANDIDATES 8

typedef struct sse_log_record {
    sse_log_file file;
    sse_log_span when;       /**< "2024-08-27 03:07:43"; of Umbrella.txt the date */
    sse_log_span clock;      /**< Umbrella.txt: the time of day */
    sse_log_span pid, level, thread, component, type, source;
    sse_log_span message;    /**< what is left of the first line; of lines that are no entry, the first */
    sse_log_span more;       /**< further lines */
    sse_log_span candidates[SSE_LOG_CANDIDATES];
    unsigned     n_candidates; /**< some may have been too many */
    sse_log_span name, address, state;
    bool         has_fail_open, has_modes, has_lookup;
    uint32_t     fail_open, cmode, tmode;
    uint32_t     lookup_ms;
    int32_t      lookup_error;
    obs_log      said;       /**< for the tracker */
} sse_log_record;

/** Reads an entry as sse_log_next() hands it out. Always gives a record. */
void sse_log_read(const char *text, size_t length, sse_log_record *record);

#endif
