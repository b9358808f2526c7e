/* portal_tests.h
 * Connectivity tests and their answers: of clients, and of addresses that may
 * turn out to be one within a minute.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PORTAL_TESTS_H
#define SSE_PORTAL_TESTS_H

#include "store.h"

/** The answer to a client's connectivity test. test: see sse_portal_test_of() */
void sse_portal_answered(sse_tracker *t, uint32_t client, uint8_t test, const obs_packet *p, const obs_http *http);

/** See sse_tracker_portal(). */
void sse_portal_bystander(sse_tracker *t, const obs_packet *p, const obs_http *http);
/** Does such an address wait for an answer at this time? */
bool sse_portal_waits(const sse_tracker *t, int64_t time);
/** An address has turned out to be a client, by this packet: its answers of the
 * minute before are its own. */
void sse_portal_adopt(sse_tracker *t, uint32_t client, const obs_packet *p);

#endif
