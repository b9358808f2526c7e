/* plain.h
 * Plain DNS of a client with a resolver that is no probe: it shows that the port is
 * open for what can be read.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PLAIN_H
#define SSE_PLAIN_H

#include "store.h"

/** A message over UDP between a client and a resolver. Only an answer to a question
 * of the file counts; no client is made of it. */
void sse_plain_message(sse_tracker *t, const obs_packet *p, const obs_dns *dns);

#endif
