/* log_records.h
 * What the client's own logs said, kept in file order. Knows no Wireshark type.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_LOG_RECORDS_H
#define SSE_LOG_RECORDS_H

#include "address.h"
#include "log_observation.h"

#include <glib.h>

/** Statements that are kept. Past them entries are only counted, and the
 * finding limit-reached says so. */
#define SSE_MAX_LOG_NOTES 65536

/** A statement that packets can confirm or deny. */
typedef struct sse_log_note {
    int64_t  time;           /**< ns, as the frame has it */
    uint32_t frame;
    uint16_t port;           /**< 0: none */
    uint8_t  event;          /**< obs_log_event: PROBING, REJECTED, HANDSHAKE_FAILED, STATE */
    uint8_t  version;        /**< 4, 6; 0: none */
    bool     bypass;         /**< HANDSHAKE_FAILED: now without the gateway, the policy being fail open */
    bool     is_protected;   /**< STATE */
    bool     to_the_minute;  /**< its time has no seconds */
} sse_log_note;

/** Addresses whose packets are counted beside a log: those that come most often
 * stay, whoever sends. */
#define SSE_LOG_HOSTS 16

/** One address and its packets since the log's first entry. */
typedef struct sse_log_host {
    sse_addr addr;
    uint32_t sent, received;
} sse_log_host;

typedef struct sse_log_book {
    uint32_t entries;        /**< frames of logs, lines without meaning too */
    int64_t  first_time, last_time; /**< earliest and latest, ns */
    GArray  *notes;          /**< sse_log_note */
    bool     bypass;         /**< by its newest entry about that the agent connects without the gateway */
    uint32_t packets;        /**< packets of IP since its first entry */
    uint32_t n_hosts;
    sse_log_host hosts[SSE_LOG_HOSTS];
} sse_log_book;

#endif
