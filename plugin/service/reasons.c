/* reasons.c
 * The sentences of reasons.h by number.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reasons.h"

#include <glib.h>

#define IS_WHOLE(NAME, sentence) G_STATIC_ASSERT(sizeof(#NAME) > 1 && sizeof(sentence) > 1);
SSE_CONFIDENCE_REASON_ROWS(IS_WHOLE)
SSE_ORIGIN_REASON_ROWS(IS_WHOLE)
SSE_FINDING_REASON_ROWS(IS_WHOLE)

#define SENTENCE(NAME, sentence) [SSE_REASON_##NAME] = (sentence),
static const char *const sentences[SSE_REASONS] = {
    [SSE_REASON_NONE] = "",
    SSE_CONFIDENCE_REASON_ROWS(SENTENCE) SSE_ORIGIN_REASON_ROWS(SENTENCE) SSE_FINDING_REASON_ROWS(SENTENCE)
};

const char *sse_reason_sentence(sse_reason_code r)
{
    return (size_t)r < G_N_ELEMENTS(sentences) ? sentences[r] : "";
}
