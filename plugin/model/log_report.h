/* log_report.h
 * What the client said in its own logs, against what the packets show: the part of
 * the report that is about logs.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_LOG_REPORT_H
#define SSE_LOG_REPORT_H

#include "report.h"
#include "log_records.h"

/** The numbers are the values of the field sseroaming.log.packets. */
typedef enum {
    SSE_LOG_NOT_COMPARED = 0, /**< the capture does not cover its time, the clocks differ, or the client is not known */
    SSE_LOG_AGREES,
    SSE_LOG_DIFFERS,
    SSE_LOG_NOT_SEEN,        /**< the capture has no packet that it could be about */
    SSE_LOG_RESULTS
} sse_log_result;

/** Why a statement is not compared. */
typedef enum {
    SSE_LOG_COMPARED = 0,
    SSE_LOG_NO_CLIENT,       /**< there is none, or it is not known whose log it is, or the filter leaves that one out */
    SSE_LOG_CLOCKS,          /**< log and packets have different clocks */
    SSE_LOG_OUTSIDE,         /**< the capture does not cover its time */
    SSE_LOG_OPEN,            /**< how the probes or handshakes ended is not in the capture */
    SSE_LOG_NO_GATEWAY,      /**< a state, and the packets show nothing of the gateway up to then */
    SSE_LOG_OTHER_STATE,     /**< a state of which it is not known what packets it has */
    SSE_LOG_REASONS
} sse_log_reason;

const char *sse_log_result_code(sse_log_result r);
/** "probing", "rejected", "handshake-failed", "protection-state", ...; of an
 * obs_log_event. */
const char *sse_log_event_code(unsigned event);

typedef struct sse_log_statement {
    sse_log_note note;       /**< its time is as the frame has it */
    int64_t   time;          /**< with the shift */
    sse_log_result result;
    sse_log_reason reason;   /**< NOT_COMPARED: why */
    uint32_t  answered, failed, pending; /**< probes, or handshakes, that it is about */
    uint8_t   outcome;       /**< of the first that failed: sse_probe_outcome, or sse_swg_outcome */
    bool      one_outcome;   /**< all that failed did so in this way, as far as looked at */
    sse_state state;         /**< STATE: what the packets show */
    sse_frames frames;
} sse_log_statement;

struct sse_log_report {
    uint32_t  entries;
    int64_t   first_time, last_time; /**< with the shift */
    int64_t   shift;         /**< ns: the preference */
    bool      has_suggestion;
    int64_t   suggestion;    /**< ns: what the shift should be */
    int64_t   client;        /**< index into the report's clients, -1: not known whose log it is */
    uint32_t  probing, lined_up, would_line_up; /**< "probing" lines; of these beside probes now, and with the suggestion */
    GArray   *statements;    /**< sse_log_statement, by frame */
    uint32_t  counts[SSE_LOG_RESULTS];
    uint32_t  reasons[SSE_LOG_REASONS]; /**< of those that are not compared */
    bool      left_out;      /**< it is the log of a client that the filter leaves out, */
    sse_addr  left_out_addr; /**< which is this one; family 0: of one of several */
    uint32_t  bypass, bypass_first, bypass_last; /**< entries that say fail open; frames */
    uint32_t  bypass_compared; /**< of these, those of the capture's time */
    sse_state web;           /**< of the client whose log it is, by the packets */
    bool      has_connections; /**< the packets were looked at for fail open */
    uint32_t  connections;
    bool      taken;         /**< both ports rejected, the host's traffic is here, and no probe: something on the host takes them */
    sse_addr  host;          /**< taken: this one's */
    GArray   *advice;        /**< sse_advice */
};

/** The statement of a frame, NULL where it has none. */
const sse_log_statement *sse_log_statement_at(const sse_report *r, uint32_t frame);

void sse_log_report_free(sse_log_report *log);

#endif
