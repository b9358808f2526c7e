/* advice_codes.c
 * The sentences of advice_codes.h by number.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "advice_codes.h"

#include <glib.h>

#define IS_WHOLE(NAME, sentence) G_STATIC_ASSERT(sizeof(#NAME) > 1 && sizeof(sentence) > 1);
SSE_ADVICE_ROWS(IS_WHOLE)

#define SENTENCE(NAME, sentence) [SSE_ADVICE_##NAME] = (sentence),
static const char *const sentences[SSE_ADVICES] = { [SSE_ADVICE_NONE] = "", SSE_ADVICE_ROWS(SENTENCE) };

const char *sse_advice_sentence(sse_advice_code a)
{
    return (size_t)a < G_N_ELEMENTS(sentences) ? sentences[a] : "";
}
