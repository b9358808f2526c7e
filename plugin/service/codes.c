/* codes.c
 * What the rows of codes.h say, by number.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "codes.h"

/* A macro counts the arguments of a row; that none of its names and texts is
 * empty is asserted here. */
#define HAS_NAMES(NAME, id) (sizeof(#NAME) > 1 && sizeof(#id) > 1)
#define HAS_ITEM(group, severity, expert) (sizeof(#group) > 1 && sizeof(#severity) > 1 && sizeof(expert) > 1)
#define OUTCOME_IS_WHOLE(NAME, id, code, cause, group, severity, expert) \
    G_STATIC_ASSERT(HAS_NAMES(NAME, id) && sizeof(code) > 1 && HAS_ITEM(group, severity, expert));
#define QUIET_IS_WHOLE(NAME, id, code) G_STATIC_ASSERT(HAS_NAMES(NAME, id) && sizeof(code) > 1);
#define STATE_IS_WHOLE(NAME, id, code, badness, words) \
    G_STATIC_ASSERT(HAS_NAMES(NAME, id) && sizeof(code) > 1 && sizeof(words) > 1);
#define CHANGE_IS_WHOLE(NAME, id, filter, group, severity, expert) \
    G_STATIC_ASSERT(HAS_NAMES(NAME, id) && sizeof(filter) > 1 && HAS_ITEM(group, severity, expert));
#define CAUSE_IS_WHOLE(NAME, id, code, dns, web, words) \
    G_STATIC_ASSERT(HAS_NAMES(NAME, id) && sizeof(code) > 1 && sizeof(words) > 1 && (dns) + (web) > 0);
#define FINDING_IS_WHOLE(NAME, id, code, service, group, severity, advice, expert, sentence) \
    G_STATIC_ASSERT(HAS_NAMES(NAME, id) && sizeof(code) > 1 && sizeof(#service) > 1 && sizeof(#advice) > 1 && \
                    HAS_ITEM(group, severity, expert) && sizeof(sentence) > 1);
#define SMALL_IS_WHOLE(NAME, id, code, words) \
    G_STATIC_ASSERT(HAS_NAMES(NAME, id) && sizeof(code) > 1 && sizeof(words) > 1);

SSE_PROBE_OUTCOME_ROWS(QUIET_IS_WHOLE, OUTCOME_IS_WHOLE)
SSE_SWG_OUTCOME_ROWS(QUIET_IS_WHOLE, OUTCOME_IS_WHOLE)
SSE_STATE_ROWS(STATE_IS_WHOLE)
SSE_CHANGE_ROWS(CHANGE_IS_WHOLE)
SSE_CAUSE_ROWS(CAUSE_IS_WHOLE)
SSE_FINDING_ROWS(FINDING_IS_WHOLE, FINDING_IS_WHOLE)
SSE_ORIGIN_ROWS(SMALL_IS_WHOLE)
SSE_KNOWN_ROWS(SMALL_IS_WHOLE)
SSE_SERVICE_ROWS(SMALL_IS_WHOLE)
SSE_ENDED_ROWS(SMALL_IS_WHOLE)
SSE_PORT_STATE_ROWS(SMALL_IS_WHOLE)
SSE_ENCRYPTION_ROWS(SMALL_IS_WHOLE)
SSE_CONFIDENCE_ROWS(SMALL_IS_WHOLE)

/* ---- the rows by number ---- */

typedef struct outcome_row {
    const char *code;
    bool        failed;
    sse_cause   cause;
} outcome_row;

#define PROBE_QUIET(NAME, id, code)       [SSE_PROBE_##NAME] = { code, false, SSE_CAUSE_NONE },
#define PROBE_FAILED(NAME, id, code, cause, ...) [SSE_PROBE_##NAME] = { code, true, SSE_CAUSE_##cause },
static const outcome_row probe_outcomes[SSE_PROBE_OUTCOMES] = { SSE_PROBE_OUTCOME_ROWS(PROBE_QUIET, PROBE_FAILED) };

#define SWG_QUIET(NAME, id, code)         [SSE_SWG_##NAME] = { code, false, SSE_CAUSE_NONE },
#define SWG_FAILED(NAME, id, code, cause, ...) [SSE_SWG_##NAME] = { code, true, SSE_CAUSE_##cause },
static const outcome_row swg_outcomes[SSE_SWG_OUTCOMES] = { SSE_SWG_OUTCOME_ROWS(SWG_QUIET, SWG_FAILED) };

typedef struct state_row {
    const char *code;
    unsigned    badness;
    const char *words;
} state_row;

#define STATE(NAME, id, code, badness, words) [SSE_##NAME] = { code, badness, words },
static const state_row states[SSE_STATES] = { SSE_STATE_ROWS(STATE) };

typedef struct cause_row {
    const char *code;
    unsigned    dns, web;
    const char *words;
} cause_row;

#define CAUSE(NAME, id, code, dns, web, words) [SSE_CAUSE_##NAME] = { code, dns, web, words },
static const cause_row causes[SSE_CAUSES] = { [SSE_CAUSE_NONE] = { NULL, 0, 0, "" }, SSE_CAUSE_ROWS(CAUSE) };

typedef struct finding_row {
    const char *code;
    sse_service service;
    sse_advice_code advice;
    const char *sentence;
} finding_row;

#define FINDING(NAME, id, code, service, group, severity, advice, expert, sentence) \
    [SSE_FIND_##NAME] = { code, SSE_SERVICE_##service, SSE_ADVICE_##advice, sentence },
static const finding_row findings[SSE_FINDINGS] = { SSE_FINDING_ROWS(FINDING, FINDING) };

typedef struct small_row {
    const char *code, *words;
} small_row;

#define ORIGIN(NAME, id, code, words)     [SSE_ORIGIN_##NAME] = { code, words },
static const small_row origins[SSE_ORIGINS] = { [SSE_ORIGIN_NONE] = { NULL, "" }, SSE_ORIGIN_ROWS(ORIGIN) };
#define KNOWN(NAME, id, code, words)      [SSE_KNOWN_##NAME] = { code, words },
static const small_row knowns[SSE_KNOWNS] = { SSE_KNOWN_ROWS(KNOWN) };
#define SERVICE(NAME, id, code, words)    [SSE_SERVICE_##NAME] = { code, words },
static const small_row services[SSE_SERVICES] = { SSE_SERVICE_ROWS(SERVICE) };
#define ENDED(NAME, id, code, words)      [SSE_ENDED_##NAME] = { code, words },
static const small_row endeds[SSE_ENDEDS] = { [SSE_ENDED_NONE] = { NULL, "" }, SSE_ENDED_ROWS(ENDED) };
#define PORT(NAME, id, code, words)       [SSE_PORT_##NAME] = { code, words },
static const small_row port_states[SSE_PORT_STATES] = { SSE_PORT_STATE_ROWS(PORT) };
#define ENCRYPTION(NAME, id, code, words) [SSE_ENC_##NAME] = { code, words },
static const small_row encryptions[SSE_ENCRYPTIONS] = { SSE_ENCRYPTION_ROWS(ENCRYPTION) };
#define CONFIDENCE(NAME, id, code, words) [SSE_CONFIDENCE_##NAME] = { code, words },
static const small_row confidences[SSE_CONFIDENCES] = { [SSE_CONFIDENCE_NONE] = { NULL, "" },
                                                        SSE_CONFIDENCE_ROWS(CONFIDENCE) };

#define IS_ROW(table, number) ((size_t)(number) < G_N_ELEMENTS(table))
#define CODE_OF(table, number) (IS_ROW(table, number) ? (table)[number].code : "unknown")
#define WORDS_OF(table, number) (IS_ROW(table, number) ? (table)[number].words : "unknown")

const char *sse_probe_outcome_code(sse_probe_outcome o)
{
    return CODE_OF(probe_outcomes, o);
}

const char *sse_swg_outcome_code(sse_swg_outcome o)
{
    return CODE_OF(swg_outcomes, o);
}

const char *sse_state_code(sse_state s)
{
    return CODE_OF(states, s);
}

const char *sse_port_state_code(sse_port_state s)
{
    return CODE_OF(port_states, s);
}

const char *sse_cause_code(sse_cause c)
{
    return CODE_OF(causes, c);
}

const char *sse_encryption_code(sse_encryption e)
{
    return CODE_OF(encryptions, e);
}

const char *sse_origin_code(sse_origin o)
{
    return CODE_OF(origins, o);
}

const char *sse_confidence_code(sse_confidence c)
{
    return CODE_OF(confidences, c);
}

const char *sse_finding_code_text(sse_finding_code c)
{
    return CODE_OF(findings, c);
}

const char *sse_known_code(sse_known k)
{
    return CODE_OF(knowns, k);
}

const char *sse_service_code(sse_service s)
{
    return CODE_OF(services, s);
}

const char *sse_ended_code(sse_ended e)
{
    return CODE_OF(endeds, e);
}

sse_service sse_finding_service(sse_finding_code c)
{
    return IS_ROW(findings, c) ? findings[c].service : SSE_SERVICE_NETWORK;
}

sse_advice_code sse_finding_advice(sse_finding_code c)
{
    return IS_ROW(findings, c) ? findings[c].advice : SSE_ADVICE_NONE;
}

bool sse_probe_failed(sse_probe_outcome o)
{
    return IS_ROW(probe_outcomes, o) && probe_outcomes[o].failed;
}

bool sse_swg_failed(sse_swg_outcome o)
{
    return IS_ROW(swg_outcomes, o) && swg_outcomes[o].failed;
}

bool sse_swg_tunnel_died(sse_swg_outcome o)
{
    return o == SSE_SWG_TUNNEL_RESET || o == SSE_SWG_TUNNEL_CLOSED || o == SSE_SWG_TUNNEL_STALLED ||
           o == SSE_SWG_TUNNEL_SILENT;
}

sse_cause sse_probe_cause(sse_probe_outcome o)
{
    return IS_ROW(probe_outcomes, o) ? probe_outcomes[o].cause : SSE_CAUSE_NONE;
}

sse_cause sse_swg_cause(sse_swg_outcome o)
{
    return IS_ROW(swg_outcomes, o) ? swg_outcomes[o].cause : SSE_CAUSE_NONE;
}

unsigned sse_cause_rank_dns(sse_cause c)
{
    return IS_ROW(causes, c) ? causes[c].dns : 0;
}

unsigned sse_cause_rank_web(sse_cause c)
{
    return IS_ROW(causes, c) ? causes[c].web : 0;
}

unsigned sse_state_badness(sse_state s)
{
    return IS_ROW(states, s) ? states[s].badness : 0;
}

const char *sse_state_words(sse_state s)
{
    return WORDS_OF(states, s);
}

const char *sse_cause_words(sse_cause c)
{
    return WORDS_OF(causes, c);
}

const char *sse_encryption_words(sse_encryption e)
{
    return WORDS_OF(encryptions, e);
}

const char *sse_origin_code_words(sse_origin o)
{
    return WORDS_OF(origins, o);
}

const char *sse_known_words(sse_known k)
{
    return WORDS_OF(knowns, k);
}

const char *sse_service_words(sse_service s)
{
    return WORDS_OF(services, s);
}

const char *sse_ended_words(sse_ended e)
{
    return WORDS_OF(endeds, e);
}

const char *sse_finding_sentence(sse_finding_code c)
{
    return IS_ROW(findings, c) ? findings[c].sentence : "unknown";
}
