/* log_text.c
 * What an entry of the module's logs says. The forms of lines are those of Cisco
 * document 222351 (cscumbrellaplugin.txt, and the agent's warning) and of a
 * public guide to the agent's maximum debug log (all other forms of the agent).
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "log_text.h"

#include <string.h>

/* A piece of the entry, which is eaten from its start. */
typedef struct piece { const char *at, *end; } piece;

typedef struct entry { const char *text; sse_log_record *r; } entry;

static sse_log_span span_of(const entry *e, const char *from, const char *to)
{
    sse_log_span span = { (uint32_t)(from - e->text), (uint32_t)(to - from) };

    return span;
}

static void skip_blanks(piece *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t'))
        p->at++;
}

/* Eats these words, where they come next. */
static bool eat(piece *p, const char *words)
{
    size_t n = strlen(words);

    if ((size_t)(p->end - p->at) < n || strncmp(p->at, words, n) != 0)
        return false;
    p->at += n;
    return true;
}

/* Eats a decimal number of up to nine digits. */
static bool eat_number(piece *p, uint32_t *value)
{
    const char *start = p->at;

    *value = 0;
    while (p->at < p->end && g_ascii_isdigit(*p->at) && p->at - start < 9)
        *value = *value * 10 + (uint32_t)(*p->at++ - '0');
    return p->at > start && (p->at == p->end || !g_ascii_isdigit(*p->at));
}

static bool eat_port(piece *p, uint16_t *port)
{
    uint32_t value;

    if (!eat_number(p, &value) || value == 0 || value > 65535)
        return false;
    *port = (uint16_t)value;
    return true;
}

/* Eats what addresses are made of. @return whether it is one */
static bool eat_address(const entry *e, piece *p, sse_addr *address, sse_log_span *span)
{
    const char *start = p->at;
    char text[SSE_ADDR_TEXT];

    while (p->at < p->end && (g_ascii_isxdigit(*p->at) || *p->at == '.' || *p->at == ':'))
        p->at++;
    if (p->at == start || (size_t)(p->at - start) >= sizeof text)
        return false;
    memcpy(text, start, (size_t)(p->at - start));
    text[p->at - start] = '\0';
    if (!sse_addr_parse(text, address))
        return false;
    *span = span_of(e, start, p->at);
    return true;
}

/* "208.67.222.222, 208.67.220.220" */
static bool eat_candidates(const entry *e, piece *p)
{
    sse_addr address;
    sse_log_span span;

    do {
        skip_blanks(p);
        if (!eat_address(e, p, &address, &span))
            return e->r->n_candidates > 0;
        if (e->r->n_candidates < SSE_LOG_CANDIDATES)
            e->r->candidates[e->r->n_candidates++] = span;
    } while (eat(p, ","));
    return true;
}

/* The state machines of DNS protection. */
static void read_machine(const entry *e, piece p)
{
    obs_log *said = &e->r->said;

    if (eat(&p, "checking reachability of primary OpenDNS resolver candidates using port ")) {
        if (eat_port(&p, &said->port) && eat(&p, " (candidates are ") && eat_candidates(e, &p))
            said->event = OBS_LOG_CHECKING;
    } else if (eat(&p, "probing for OpenDNS resolvers at addresses ")) {
        /* The list ends with a comma, behind which stands the port. */
        if (eat_candidates(e, &p) && eat(&p, "port ") && eat_port(&p, &said->port))
            said->event = OBS_LOG_PROBING;
    } else if (eat(&p, "rejected all candidate resolvers for port ")) {
        if (eat_port(&p, &said->port))
            said->event = OBS_LOG_REJECTED;
    }
}

/* "CMode : 1, TMode : 0": with a comma between them, or none. */
static bool eat_modes(const entry *e, piece *p)
{
    if (!eat(p, "CMode : ") || !eat_number(p, &e->r->cmode))
        return false;
    eat(p, ",");
    skip_blanks(p);
    return e->r->has_modes = eat(p, "TMode : ") && eat_number(p, &e->r->tmode);
}

static void read_handshake_failed(const entry *e, piece p)
{
    obs_log *said = &e->r->said;
    const char *bracket = (const char *)memchr(p.at, '[', (size_t)(p.end - p.at));

    said->event = OBS_LOG_HANDSHAKE_FAILED;
    if (bracket == NULL)
        return;
    p.at = bracket + 1;
    if (!eat(&p, "FailOpen : ") || !eat_number(&p, &e->r->fail_open))
        return;
    e->r->has_fail_open = true;
    said->fail_open = e->r->fail_open != 0;
    eat(&p, ",");
    skip_blanks(&p);
    /* TMode is 0 in the line about the bypass, 1 in all others that are known. */
    if (eat_modes(e, &p))
        said->bypass = said->fail_open && e->r->tmode == 0;
}

/* "Connecting to 146.112.9.200:443": the port stands behind the last colon. */
static void read_connecting(const entry *e, piece p)
{
    obs_log *said = &e->r->said;
    const char *colon = g_strrstr_len(p.at, p.end - p.at, ":");
    piece address = p, port = p;

    if (colon == NULL)
        return;
    address.end = colon;
    port.at = colon + 1;
    if (eat_address(e, &address, &said->address, &e->r->address) && address.at == address.end && eat_port(&port, &said->port))
        said->event = OBS_LOG_CONNECTING;
}

/* "Resolved IP from 'NAME' is 146.112.9.200, using index = 0" */
static void read_resolved(const entry *e, piece p)
{
    const char *start = p.at;

    while (p.at < p.end && *p.at != '\'')
        p.at++;
    e->r->name = span_of(e, start, p.at);
    if (eat(&p, "' is ") && eat_address(e, &p, &e->r->said.address, &e->r->address))
        e->r->said.event = OBS_LOG_RESOLVED;
    else
        e->r->name.length = 0;
}

static void read_state(const entry *e, piece p)
{
    static const char key[] = "\"swg_protection_state\":\"";
    const char *found = g_strstr_len(p.at, p.end - p.at, key), *start;

    if (found == NULL)
        return;
    start = p.at = found + strlen(key);
    while (p.at < p.end && (g_ascii_isalnum(*p.at) || *p.at == '_' || *p.at == '-'))
        p.at++;
    if (p.at == start || p.at == p.end || *p.at != '"')
        return;
    e->r->state = span_of(e, start, p.at);
    e->r->said.event = OBS_LOG_STATE;
    e->r->said.is_protected = e->r->state.length == strlen("protected") && strncmp(start, "protected", strlen("protected")) == 0;
}

static void read_lookup(const entry *e, piece p)
{
    bool negative;
    uint32_t error;

    if (!eat_number(&p, &e->r->lookup_ms) || !eat(&p, " [ms], error = "))
        return;
    negative = eat(&p, "-");
    if (!eat_number(&p, &error))
        return;
    e->r->lookup_error = negative ? -(int32_t)error : (int32_t)error;
    e->r->has_lookup = true;
    e->r->said.event = OBS_LOG_LOOKUP;
}

/* TMode is 1 on the way by the gateway. */
static void read_modes(const entry *e)
{
    e->r->said.event = OBS_LOG_MODES;
    e->r->said.bypass = e->r->tmode == 0;
}

/* What the gateway's agent says. */
static void read_agent(const entry *e, piece p)
{
    obs_log *said = &e->r->said;

    if (eat(&p, "TCP handshake to SWG Proxy URL was not successful")) {
        read_handshake_failed(e, p);
    } else if (eat(&p, "Connection : Connecting to ")) {
        read_connecting(e, p);
    } else if (eat(&p, "Connection : Resolved IP from '")) {
        read_resolved(e, p);
    } else if (eat(&p, "DNSLookup : address lookup took ")) {
        read_lookup(e, p);
    } else if (eat(&p, "Connection : Selected modes - ")) {
        if (eat_modes(e, &p))
            read_modes(e);
    } else if (eat(&p, "Connection : Port = ")) {
        if (eat_port(&p, &said->port) && eat(&p, ". ") && eat_modes(e, &p))
            read_modes(e);
    } else if (eat(&p, "Connection: orig dst_addr=")) {
        if (eat_address(e, &p, &said->address, &e->r->address) && eat(&p, " and dst_port=") && eat_port(&p, &said->port) &&
            eat(&p, " from kdf"))
            said->event = OBS_LOG_REDIRECTED;
    } else if (eat(&p, "CSWGAgent: State cjson object is ")) {
        read_state(e, p);
    }
}

/* "2024-08-27 03:07:43 [8880] [DEBUG] < 12> Component: text", whose head was
 * looked at by sse_log_starts(). */
static void read_module(const entry *e, piece p)
{
    static const char machine[] = "Dns Protection IPv", tail[] = " State Machine";
    sse_log_record *r = e->r;
    const char *start = p.at, *colon;
    piece component;

    r->when = span_of(e, start, start + 19);
    p.at += 21;
    start = p.at;
    p.at = (const char *)memchr(start, ']', (size_t)(p.end - start));
    r->pid = span_of(e, start, p.at);
    start = p.at + 3;
    p.at = (const char *)memchr(start, ']', (size_t)(p.end - start));
    r->level = span_of(e, start, p.at);
    p.at += 3;
    skip_blanks(&p);
    start = p.at;
    p.at = (const char *)memchr(start, '>', (size_t)(p.end - start));
    r->thread = span_of(e, start, p.at);
    p.at++;
    skip_blanks(&p);
    colon = g_strstr_len(p.at, p.end - p.at, ": ");
    if (colon == NULL) {
        r->message = span_of(e, p.at, p.end);
        return;
    }
    r->component = span_of(e, p.at, colon);
    component.at = p.at;
    component.end = colon;
    p.at = colon + 2;
    r->message = span_of(e, p.at, p.end);
    if (eat(&component, machine) && component.at < component.end && (*component.at == '4' || *component.at == '6')) {
        uint8_t version = *component.at == '4' ? 4 : 6;

        component.at++;
        if (eat(&component, tail) && component.at == component.end) {
            r->said.version = version;
            read_machine(e, p);
        }
    }
}

/* "WARN | Thread 27cc | text" */
static void read_description(const entry *e, piece p)
{
    sse_log_record *r = e->r;
    const char *bar = g_strstr_len(p.at, p.end - p.at, " | "), *next;
    piece thread;

    r->message = span_of(e, p.at, p.end);
    if (bar == NULL)
        return;
    thread.at = bar + 3;
    next = g_strstr_len(thread.at, p.end - thread.at, " | ");
    if (next == NULL)
        return;
    thread.end = next;
    if (!eat(&thread, "Thread ") || thread.at == thread.end)
        return;
    r->level = span_of(e, p.at, bar);
    r->thread = span_of(e, thread.at, thread.end);
    p.at = next + 3;
    r->message = span_of(e, p.at, p.end);
    read_agent(e, p);
}

/* Further lines: none, where there is nothing in them but a rule or blanks. */
static void keep_more(const entry *e, const char *from, const char *end)
{
    bool any = false;

    for (const char *at = from; at < end && !any; at++)
        any = g_ascii_isalnum(*at) || (uint8_t)*at >= 0x80;
    if (any)
        e->r->more = span_of(e, from, end);
}

static void read_event(const entry *e, const char *end)
{
    sse_log_record *r = e->r;
    const char *at = e->text, *next;
    size_t n = 0;

    for (; (next = sse_log_line(at, end, &n)) != NULL; at = next) {
        static const struct { const char *name; size_t place; } fields[] = {
            { "Date", offsetof(sse_log_record, when) },   { "Time", offsetof(sse_log_record, clock) },
            { "Type", offsetof(sse_log_record, type) },   { "Source", offsetof(sse_log_record, source) },
        };
        size_t length;
        const char *value = sse_log_value(at, n, "Description", &length);

        if (value != NULL) {
            piece p = { value, value + length };

            read_description(e, p);
            keep_more(e, next, end);
            return;
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++) {
            value = sse_log_value(at, n, fields[i].name, &length);
            if (value != NULL)
                *(sse_log_span *)(void *)((char *)r + fields[i].place) = span_of(e, value, value + length);
        }
    }
}

/* A row of Get-EventLog's table. What other services say has no meaning here. */
static void read_row(const entry *e, piece p)
{
    sse_log_record *r = e->r;
    sse_log_row row;

    if (!sse_log_row_of(p.at, (size_t)(p.end - p.at), &row))
        return;
    r->when = span_of(e, p.at + row.when, p.at + row.when + row.when_length);
    r->type = span_of(e, p.at + row.type, p.at + row.type + row.type_length);
    r->source = span_of(e, p.at + row.source, p.at + row.source + row.source_length);
    r->message = span_of(e, p.at + row.message, p.end);
    if (!sse_log_row_is_ours(p.at, &row))
        return;
    r->said.to_the_minute = true;
    p.at += row.message;
    read_description(e, p);
}

void sse_log_read(const char *text, size_t length, sse_log_record *record)
{
    entry e = { text, record };
    const char *end = text + length, *next;
    size_t n = 0;
    piece line = { text, text };

    memset(record, 0, sizeof *record);
    next = sse_log_line(text, end, &n);
    if (next == NULL)
        return;
    line.end = text + n;
    record->file = sse_log_starts(text, n);
    switch (record->file) {
    case SSE_LOG_MODULE:
        read_module(&e, line);
        keep_more(&e, next, end);
        break;
    case SSE_LOG_AGENT:
        read_event(&e, end);
        break;
    case SSE_LOG_TABLE:
        read_row(&e, line);
        keep_more(&e, next, end);
        break;
    case SSE_LOG_NONE:
        record->message = span_of(&e, line.at, line.end);
        keep_more(&e, next, end);
        break;
    }
}
