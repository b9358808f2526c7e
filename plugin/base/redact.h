/* redact.h
 * Stable placeholders for customer data.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_REDACT_H
#define SSE_REDACT_H

#include <stdbool.h>

typedef enum {
    SSE_REDACT_ORG, SSE_REDACT_ORIGIN, SSE_REDACT_DEVICE, SSE_REDACT_USER, SSE_REDACT_SOURCE,
    SSE_REDACT_ADDRESS, SSE_REDACT_BUNDLE,
    SSE_REDACT_KINDS
} sse_redact_kind;

/** Placeholders that are given out of each kind. Past them all further values
 * share one: what a sender can make us keep is bounded. */
#define SSE_MAX_PLACEHOLDERS 65535

/** The placeholders of one file. */
typedef struct sse_redactor sse_redactor;

/** @param enabled false: every value is printed as it is. Free with sse_redactor_free(). */
sse_redactor *sse_redactor_new(bool enabled);
/** May be NULL. */
void sse_redactor_free(sse_redactor *r);

/** What to print for a value that names a customer: a placeholder such as
 * "device-1", the same one for the same value within a file, where redaction
 * is asked for; else the value itself. Empty stays empty.
 * Of a source the address counts, of letters not the case. Placeholders are
 * numbered by call: whoever reads packets calls it for each value in order of
 * sight, so that all outputs use the same ones.
 * @return a string that lives as long as the redactor (a placeholder) or as
 * long as value. */
const char *sse_redact(sse_redactor *r, sse_redact_kind kind, const char *value);

#endif
