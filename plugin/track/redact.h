/* redact.h
 * Stable placeholders for customer data.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_REDACT_H
#define SSE_REDACT_H

#include "tracker.h"

typedef enum {
    SSE_REDACT_ORG, SSE_REDACT_ORIGIN, SSE_REDACT_DEVICE, SSE_REDACT_USER, SSE_REDACT_SOURCE,
    SSE_REDACT_ADDRESS, SSE_REDACT_BUNDLE,
    SSE_REDACT_KINDS
} sse_redact_kind;

/** What to print for a value that names a customer: a placeholder such as
 * "device-1", the same one for the same value within a file, where the
 * configuration asks for it; else the value itself. Empty stays empty.
 * Of a source the address counts, of letters not the case. Placeholders are
 * numbered by call: whoever reads packets calls it for each value in order of
 * sight, so that all outputs use the same ones.
 * @return a string that lives as long as the tracker (a placeholder) or as
 * long as value. */
const char *sse_redact(sse_tracker *t, sse_redact_kind kind, const char *value);

/** The same for a gateway's name: the organisation's number in
 * swg-url-proxy-https-NUMBER.sseproxy.qq.opendns.com. @return a string to
 * g_free(). */
char *sse_redact_name(sse_tracker *t, const char *name);

#endif
