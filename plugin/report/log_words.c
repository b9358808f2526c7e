/* log_words.c
 * What the client's own log says against the packets, as text and as JSON.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "json_members.h"
#include "layout.h"
#include "log_words.h"
#include "phrases.h"

/* Statements of one result that are printed. */
#define STATEMENTS 16

/* ---- words ---- */

static const char *outcome_words(const sse_log_statement *st)
{
    if (st->note.event == OBS_LOG_HANDSHAKE_FAILED) {
        switch ((sse_swg_outcome)st->outcome) {
        case SSE_SWG_RESET:
            return "reset";
        case SSE_SWG_NO_REPLY:
            return "not answered";
        case SSE_SWG_ICMP:
            return "rejected by ICMP";
        default:
            return "without success";
        }
    }
    switch ((sse_probe_outcome)st->outcome) {
    case SSE_PROBE_NO_REPLY:
        return "had no reply";
    case SSE_PROBE_LATE:
        return "were answered late";
    case SSE_PROBE_ICMP:
        return "were rejected by ICMP";
    case SSE_PROBE_INTERCEPTED:
        return "were answered by somebody else";
    case SSE_PROBE_REFUSED:
    case SSE_PROBE_COURT_ORDER:
        return "were refused";
    case SSE_PROBE_REJECTED:
        return "were answered, and the client rejected the answers";
    default:
        return "failed";
    }
}

/* What the client says. */
static void say(GString *line, const sse_log_note *n)
{
    switch (n->event) {
    case OBS_LOG_PROBING:
        g_string_append_printf(line, "probing on port %u over IPv%u", n->port, n->version);
        break;
    case OBS_LOG_REJECTED:
        g_string_append_printf(line, "rejected all candidates for port %u over IPv%u", n->port, n->version);
        break;
    case OBS_LOG_HANDSHAKE_FAILED:
        g_string_append_printf(line, "handshake with the gateway not successful%s", n->bypass ? ", now in bypass mode (fail open)" : "");
        break;
    default:
        g_string_append_printf(line, "web protection state: %s", n->is_protected ? "protected" : "other");
        break;
    }
}

static const char *reason_words(sse_log_reason reason)
{
    switch (reason) {
    case SSE_LOG_NO_CLIENT:
        return "no client is known to be the log's";
    case SSE_LOG_CLOCKS:
        return "log and packets have different clocks";
    case SSE_LOG_OUTSIDE:
        return "the capture does not cover the time";
    case SSE_LOG_OPEN:
        return "what came of the packets is not in the capture";
    case SSE_LOG_NO_GATEWAY:
        return "the packets show nothing of the gateway up to then";
    default:
        return "what packets belong to such a state is not known";
    }
}

/* What the packets say to it. */
static void answer(GString *line, const sse_log_statement *st)
{
    uint32_t all = st->answered + st->failed + st->pending;
    bool swg = st->note.event == OBS_LOG_HANDSHAKE_FAILED;
    const char *what = swg ? sse_plural(all, "handshake", "handshakes") : sse_plural(all, "probe", "probes");

    switch (st->result) {
    case SSE_LOG_NOT_COMPARED:
        g_string_append_printf(line, "not compared: %s", reason_words(st->reason));
        return;
    case SSE_LOG_NOT_SEEN:
        if (!swg && st->note.version == 6)
            g_string_append(line, "no such probe is in the capture, which is harmless where the client has no IPv6");
        else
            g_string_append_printf(line, "no such %s is in the capture", swg ? "handshake" : "probe");
        return;
    default:
        break;
    }
    if (st->note.event == OBS_LOG_STATE) {
        g_string_append_printf(line, "the packets show: %s", sse_state_words(st->state));
    } else if (st->note.event == OBS_LOG_PROBING) {
        g_string_append_printf(line, "%u %s", all, what);
    } else if (st->result == SSE_LOG_DIFFERS) {
        g_string_append_printf(line, "of %u %s %u %s", all, what, st->answered, swg ? "opened" : sse_plural(st->answered, "was answered", "were answered"));
    } else if (swg) {
        g_string_append_printf(line, "%u %s %s", st->failed, sse_plural(st->failed, "handshake", "handshakes"),
                               st->one_outcome ? outcome_words(st) : "without success");
    } else {
        g_string_append_printf(line, "%u %s %s", st->failed, sse_plural(st->failed, "probe", "probes"),
                               st->one_outcome ? outcome_words(st) : "failed");
    }
}

char *sse_log_words(const sse_log_statement *st)
{
    GString *line = g_string_new(NULL);

    say(line, &st->note);
    g_string_append(line, "; ");
    answer(line, st);
    return g_string_free(line, FALSE);
}

/* ---- text ---- */

static bool is_of(const sse_report *r, int64_t client)
{
    return r->log != NULL && r->log->client == client;
}

/* "3600", "-0.5": as the preference and editcap -t take it. */
static char *seconds_words(int64_t ns)
{
    int64_t part = ABS(ns % SSE_SECOND) / SSE_MSECOND;

    if (part == 0)
        return g_strdup_printf("%" G_GINT64_FORMAT, (gint64)(ns / SSE_SECOND));
    return g_strdup_printf("%s%" G_GINT64_FORMAT ".%03d", ns < 0 ? "-" : "", (gint64)ABS(ns / SSE_SECOND), (int)part);
}

void sse_log_head_line(GString *out, const sse_report *r, int64_t client)
{
    const sse_log_report *log = r->log;
    uint32_t compared;

    if (!is_of(r, client))
        return;
    compared = log->counts[SSE_LOG_AGREES] + log->counts[SSE_LOG_DIFFERS] + log->counts[SSE_LOG_NOT_SEEN];
    if (log->has_suggestion)
        sse_wrap(out, "  Log  ", "the client's log has another clock than the packets: see below");
    else if (compared == 0)
        sse_wrap(out, "  Log  ", "nothing that the client's log says can be compared with the packets");
    else if (log->counts[SSE_LOG_DIFFERS] > 0)
        sse_wrap_printf(out, "  Log  ", "the packets DENY what the client's log says: %u of %u statements",
                        log->counts[SSE_LOG_DIFFERS], compared);
    else
        sse_wrap_printf(out, "  Log  ", "the packets agree with %u of %u statements of the client's log, and deny none",
                        log->counts[SSE_LOG_AGREES], compared);
}

bool sse_log_denied(const sse_report *r, int64_t client)
{
    return is_of(r, client) && r->log->counts[SSE_LOG_DIFFERS] > 0;
}

bool sse_log_taken(const sse_report *r)
{
    return r->log != NULL && r->log->taken;
}

void sse_log_ticket_line(GString *out, const sse_report *r, int64_t client)
{
    if (sse_log_denied(r, client))
        sse_wrap_printf(out, "Log: ", "the packets deny %u %s of the client's own log: look at the host, too (%s has them).",
                        r->log->counts[SSE_LOG_DIFFERS], sse_plural(r->log->counts[SSE_LOG_DIFFERS], "statement", "statements"),
                        sse_in_window() ? "the report" : "-z sseroaming");
}

static void statement_lines(GString *out, const sse_log_report *log, sse_log_result result, const char *title)
{
    uint32_t shown = 0;

    for (guint i = 0; i < log->statements->len && log->counts[result] > 0; i++) {
        const sse_log_statement *st = &g_array_index(log->statements, sse_log_statement, i);
        char *words, *time, *start;
        GString *line;

        if (st->result != result)
            continue;
        if (shown == STATEMENTS) {
            sse_wrap_printf(out, "    ", "and %u more", log->counts[result] - shown);
            return;
        }
        if (shown++ == 0)
            sse_wrap(out, "  ", title);
        words = sse_log_words(st);
        time = sse_time_utc_second(st->time);
        start = g_strdup_printf("    %.19s  frame %-6u ", time, st->note.frame);
        line = g_string_new(words);
        if (st->frames.total > 0) {
            g_string_append(line, " (");
            sse_frames_words(line, &st->frames);
            g_string_append_c(line, ')');
        }
        sse_wrap(out, start, line->str);
        g_string_free(line, TRUE);
        g_free(start);
        g_free(time);
        g_free(words);
    }
}

/* Both ways count from the times that the log has: they are told as "or". */
static void clock_lines(GString *out, const sse_log_report *log)
{
    char *now = seconds_words(log->shift), *then = seconds_words(log->suggestion);

    if (log->shift != 0)
        sse_wrap_printf(out, "  ", "Clock: %s s are added to the log's times, as the preference log_shift says.", now);
    if (log->has_suggestion) {
        sse_wrap_printf(out, "  ", "Clock: %u of %u \"probing\" lines stand beside probes as it is, %u with %s s added. %s",
                        log->lined_up, log->probing, log->would_line_up, then, sse_in_window() ? "Set" : "Run again with");
        sse_wrap_printf(out, "    ", sse_in_window() ? "the preference \"Time shift of logs\" to %s" : "-o sseroaming.log_shift:%s",
                        then);
        if (log->suggestion != 0) {
            sse_wrap_printf(out, "  ", "or shift each log itself before they are merged%s:", log->shift != 0 ? ", and leave log_shift out" : "");
            sse_wrap_printf(out, "    ", "editcap -t %s LOG.txt LOG.pcapng", then);
        }
    } else if (log->probing > 0) {
        sse_wrap_printf(out, "  ", "Clock: %u of %u \"probing\" lines stand beside probes.", log->lined_up, log->probing);
    }
    g_free(now);
    g_free(then);
}

/* Was web protection down when the log says fail open? By the packets. */
typedef enum { WEB_UNKNOWN, WEB_DOWN, WEB_NOT_DOWN } web_down;

static web_down web_was_down(const sse_log_report *log)
{
    if (log->client < 0)
        return WEB_UNKNOWN;
    if (log->has_connections)
        return WEB_DOWN;
    return log->web == SSE_PROTECTED && log->bypass_compared == log->bypass ? WEB_NOT_DOWN : WEB_UNKNOWN;
}

static void fail_open_line(GString *out, const sse_log_report *log)
{
    GString *line;

    if (log->bypass == 0)
        return;
    line = g_string_new(NULL);
    g_string_append_printf(line, "the log says so in %u %s (%s %u", log->bypass, sse_plural(log->bypass, "entry", "entries"),
                           sse_plural(log->bypass, "frame", "frames"), log->bypass_first);
    if (log->bypass > 1)
        g_string_append_printf(line, " to %u", log->bypass_last);
    g_string_append_c(line, ')');
    if (log->client >= 0 && !log->has_connections)
        g_string_append(line, log->web == SSE_NOT_OBSERVED ? "; the capture shows nothing of the gateway, so it cannot be told"
                        : web_was_down(log) == WEB_NOT_DOWN
                        ? "; by the packets web protection was not down"
                        : "; whether web protection was down cannot be told from the packets");
    else if (log->client >= 0 && log->connections == 0)
        g_string_append(line, "; the packets show no direct connection since the gateway fails");
    else if (log->client >= 0)
        g_string_append_printf(line, "; the packets show %u direct %s since the gateway fails", log->connections,
                               sse_plural(log->connections, "connection", "connections"));
    sse_wrap_printf(out, "  ", "Fail open: %s.", line->str);
    g_string_free(line, TRUE);
}

static void left_out_line(GString *out, const sse_log_report *log)
{
    char address[SSE_ADDR_TEXT];

    sse_wrap_printf(out, "  ", "It is the log of another client: its lines fit the probes of %s, which the filter leaves out.",
                    log->left_out_addr.family != 0 ? sse_addr_text(&log->left_out_addr, address) : "several clients");
}

static void taken_line(GString *out, const sse_log_report *log)
{
    char address[SSE_ADDR_TEXT];

    sse_wrap_printf(out, "  ", "The client rejects both ports, and no probe is in the capture, which covers the time and holds what "
                    "else %s sends: the probes did not leave the host.", sse_addr_text(&log->host, address));
}

static void advice_line(GString *out, const sse_report *r, const sse_advice *advice)
{
    char *text = sse_advice_text(r, advice);

    sse_wrap(out, "  ", text);
    g_free(text);
}

void sse_log_lines(GString *out, const sse_report *r, int64_t client)
{
    const sse_log_report *log = r->log;
    char *first, *last;

    if (!is_of(r, client))
        return;
    first = sse_time_utc_second(log->first_time);
    last = sse_time_utc_second(log->last_time);
    g_string_append(out, "\nWhat the client's log says\n");
    sse_wrap_printf(out, "  ", "%u %s, %.19s to %.19s%s", log->entries, sse_plural(log->entries, "entry", "entries"), first,
                    last, log->shift == 0 ? " (as in the file)" : "");
    if (client < 0 && r->clients->len == 0 && r->filter != NULL && r->frames > 0)
        sse_wrap(out, "  ", "No client passes the filter, so there is none to compare it with.");
    else if (log->left_out)
        left_out_line(out, log);
    else if (client < 0 && r->clients->len > 1)
        sse_wrap_printf(out, "  ", "Several clients are in the capture, and the log names none: its lines stand beside the probes of no "
                        "one client alone. %s", sse_in_window() ? "A capture with the packets of one client alone is compared with it."
                        : "-z \"sseroaming,ip.addr == ADDRESS\" compares it with one.");
    else if (client < 0 && !log->taken)
        sse_wrap(out, "  ", "No client is in the capture to compare it with: merge the log with the capture (mergecap).");
    else if (client >= 0)
        clock_lines(out, log);
    if (log->taken)
        taken_line(out, log);
    statement_lines(out, log, SSE_LOG_DIFFERS, "The packets deny:");
    statement_lines(out, log, SSE_LOG_AGREES, "The packets agree:");
    statement_lines(out, log, SSE_LOG_NOT_SEEN, "The packets do not show:");
    for (unsigned i = SSE_LOG_COMPARED + 1; i < SSE_LOG_REASONS; i++)
        if (log->reasons[i] > 0)
            sse_wrap_printf(out, "  ", "Not compared: %u %s: %s.", log->reasons[i],
                            sse_plural(log->reasons[i], "statement", "statements"), reason_words((sse_log_reason)i));
    fail_open_line(out, log);
    for (guint i = 0; i < log->advice->len; i++)
        advice_line(out, r, &g_array_index(log->advice, sse_advice, i));
    g_free(first);
    g_free(last);
}

/* ---- JSON ---- */

static void statement(json_dumper *d, const sse_log_statement *st)
{
    char *words = sse_log_words(st);

    json_dumper_begin_object(d);
    sse_json_number(d, "frame", st->note.frame);
    sse_json_time(d, "time", true, st->time);
    sse_json_string(d, "says", sse_log_event_code(st->note.event));
    sse_json_number_or_null(d, "ip", st->note.version);
    sse_json_number_or_null(d, "port", st->note.port);
    sse_json_string(d, "result", sse_log_result_code(st->result));
    sse_json_frames(d, &st->frames);
    sse_json_string(d, "text", words);
    json_dumper_end_object(d);
    g_free(words);
}

void sse_log_json(json_dumper *d, const sse_report *r, int64_t client)
{
    const sse_log_report *log = r->log;
    uint32_t shown[SSE_LOG_RESULTS] = { 0 };

    if (!is_of(r, client))
        return;
    sse_json_key(d, "log");
    json_dumper_begin_object(d);
    sse_json_number(d, "entries", log->entries);
    sse_json_time(d, "first_time", true, log->first_time);
    sse_json_time(d, "last_time", true, log->last_time);
    sse_json_milliseconds(d, "shift_ms", true, log->shift);
    sse_json_milliseconds(d, "suggested_shift_ms", log->has_suggestion, log->suggestion);
    sse_json_number(d, "probing", log->probing);
    sse_json_number(d, "lined_up", log->lined_up);
    sse_json_key(d, "counts");
    json_dumper_begin_object(d);
    for (unsigned i = 0; i < SSE_LOG_RESULTS; i++)
        sse_json_number(d, sse_log_result_code((sse_log_result)i), log->counts[i]);
    json_dumper_end_object(d);
    sse_json_key(d, "statements");
    json_dumper_begin_array(d);
    for (guint i = 0; i < log->statements->len; i++) {
        const sse_log_statement *st = &g_array_index(log->statements, sse_log_statement, i);

        if (shown[st->result]++ < STATEMENTS)
            statement(d, st);
    }
    json_dumper_end_array(d);
    sse_json_number(d, "statements_total", log->statements->len);
    sse_json_key(d, "fail_open");
    if (log->bypass == 0) {
        json_dumper_value_anyf(d, "null");
    } else {
        json_dumper_begin_object(d);
        sse_json_number(d, "entries", log->bypass);
        sse_json_number(d, "first_frame", log->bypass_first);
        sse_json_number(d, "last_frame", log->bypass_last);
        sse_json_key(d, "web_down");
        json_dumper_value_anyf(d, "%s", web_was_down(log) == WEB_UNKNOWN ? "null" : web_was_down(log) == WEB_DOWN ? "true" : "false");
        sse_json_key(d, "connections");
        if (log->has_connections)
            json_dumper_value_anyf(d, "%u", log->connections);
        else
            json_dumper_value_anyf(d, "null");
        json_dumper_end_object(d);
    }
    sse_json_advice(d, r, log->advice);
    json_dumper_end_object(d);
}
