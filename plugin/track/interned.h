/* interned.h
 * Names and identities, each kept once and known by a number.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_INTERNED_H
#define SSE_INTERNED_H

#include "records.h"

/** @return the name's index into names; SSE_NONE where there is no room. */
uint32_t sse_intern_name(sse_tracker *t, const char *name);
/** client: whose identity it is if a reply says so, else SSE_NONE; identity may be NULL.
 * @return its number: see sse_identity(). */
uint16_t sse_intern_identity(sse_tracker *t, uint32_t client, int64_t time, const obs_identity *identity);

/** The host of a CONNECT: an address is called as an answer of the file calls it. */
uint32_t sse_intern_host(sse_tracker *t, const char *host);
/** So a host that is an address is called. */
void sse_host_is_called(sse_tracker *t, uint32_t host, const char *name);

#endif
