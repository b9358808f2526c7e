/* log_observation.h
 * What one entry of the module's own logs says: plain facts for the tracker. No
 * Wireshark types here.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_LOG_OBSERVATION_H
#define SSE_LOG_OBSERVATION_H

#include "address.h"

/** The numbers are the values of the field sseroaming.log.event. */
typedef enum {
    OBS_LOG_TEXT = 0,        /**< no form that is known */
    OBS_LOG_CHECKING,        /**< "checking reachability of primary OpenDNS resolver candidates using port N" */
    OBS_LOG_PROBING,         /**< "probing for OpenDNS resolvers at addresses A, B, port N" */
    OBS_LOG_REJECTED,        /**< "rejected all candidate resolvers for port N" */
    OBS_LOG_HANDSHAKE_FAILED,/**< "TCP handshake to SWG Proxy URL was not successful" */
    OBS_LOG_RESOLVED,        /**< "Resolved IP from 'NAME' is A" */
    OBS_LOG_CONNECTING,      /**< "Connecting to A:N" */
    OBS_LOG_LOOKUP,          /**< "address lookup took N [ms], error = E" */
    OBS_LOG_MODES,           /**< "Selected modes - CMode : C, TMode : T", "Port = N. CMode : C, TMode : T" */
    OBS_LOG_REDIRECTED,      /**< "orig dst_addr=A and dst_port=N from kdf" */
    OBS_LOG_STATE,           /**< "State cjson object is {... "swg_protection_state":"S"}" */
    OBS_LOG_EVENTS
} obs_log_event;

typedef struct obs_log {
    obs_log_event event;
    uint8_t  version;        /**< 4 or 6: the state machine's; 0: none */
    uint16_t port;           /**< 0: none */
    bool     fail_open;      /**< HANDSHAKE_FAILED: the policy lets traffic pass */
    bool     bypass;         /**< HANDSHAKE_FAILED: it now tries without the gateway; MODES: it does not use it */
    bool     is_protected;   /**< STATE: "protected" */
    bool     to_the_minute;  /**< its time has no seconds: it happened within the minute */
    sse_addr address;        /**< RESOLVED, CONNECTING, REDIRECTED; family 0: none */
} obs_log;

#endif
