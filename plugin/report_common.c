/* report_common.c
 * Words that the text report and the ticket share: times, names of states,
 * lines that wrap, strings made safe to print.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report_common.h"

#include <string.h>

/* Marks that turn the direction of writing can make a name read as another
 * (Unicode TR 36, 3.2). */
static bool deceives(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200e || c == 0x200f || c == 0x061c || c == 0xfeff || c == 0x2028 || c == 0x2029;
}

char *sse_escape(const char *text)
{
    GString *out = g_string_new(NULL);

    while (*text != '\0') {
        gunichar c = g_utf8_get_char_validated(text, -1);

        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(out, "\\x%02x", (guchar)*text);
            text++;
            continue;
        }
        if (deceives(c))
            g_string_append_printf(out, c < 0x100 ? "\\x%02x" : "\\u{%04x}", c);
        else
            g_string_append_unichar(out, c);
        text = g_utf8_next_char(text);
    }
    return g_string_free(out, FALSE);
}

static char *time_text(int64_t time, const char *format)
{
    /* Times before 1970 exist in broken captures: round down, not to zero. */
    int64_t seconds = time / SSE_SECOND - (time % SSE_SECOND < 0);
    GDateTime *when = g_date_time_new_from_unix_utc(seconds);
    char *text = when != NULL ? g_date_time_format(when, format) : NULL;

    if (when != NULL)
        g_date_time_unref(when);
    return text;
}

static int64_t fraction(int64_t time)
{
    return (time % SSE_SECOND + SSE_SECOND) % SSE_SECOND;
}

char *sse_time_iso(int64_t time_ns)
{
    char *whole = time_text(time_ns, "%Y-%m-%dT%H:%M:%S");
    char *text = whole == NULL ? g_strdup("0001-01-01T00:00:00.000000000Z")
                               : g_strdup_printf("%s.%09" G_GINT64_FORMAT "Z", whole, (gint64)fraction(time_ns));

    g_free(whole);
    return text;
}

char *sse_time_utc(int64_t time)
{
    char *whole = time_text(time, "%Y-%m-%d %H:%M:%S");
    char *text = whole == NULL ? g_strdup("an impossible time")
                               : g_strdup_printf("%s.%06" G_GINT64_FORMAT " UTC", whole,
                                                 (gint64)(fraction(time) / 1000));

    g_free(whole);
    return text;
}

char *sse_time_utc_second(int64_t time)
{
    char *text = time_text(time, "%Y-%m-%d %H:%M:%S UTC");

    return text != NULL ? text : g_strdup("an impossible time");
}

const char *sse_state_words(sse_state state)
{
    static const char *const words[SSE_STATES] = {
        [SSE_NOT_OBSERVED] = "Not observed",
        [SSE_PROTECTED] = "Protected",
        [SSE_INCONCLUSIVE] = "Inconclusive",
        [SSE_UNPROTECTED] = "Unprotected",
        [SSE_CLOUD_SERVICE_UNAVAILABLE] = "Cloud service unavailable",
    };

    return words[state];
}

const char *sse_cause_words(sse_cause cause)
{
    static const char *const words[SSE_CAUSES] = {
        [SSE_CAUSE_NONE] = "",
        [SSE_CAUSE_COURT_ORDER] = "refused by OpenDNS because of a court order",
        [SSE_CAUSE_INTERCEPTED] = "intercepted",
        [SSE_CAUSE_REFUSED] = "refused",
        [SSE_CAUSE_ICMP_UNREACHABLE] = "rejected by ICMP",
        [SSE_CAUSE_LATE] = "answers come too late",
        [SSE_CAUSE_NO_REPLY] = "no reply",
        [SSE_CAUSE_RESET] = "reset",
        [SSE_CAUSE_SESSION_RESET] = "reset after it opened",
        [SSE_CAUSE_SESSION_CLOSED] = "closed after it opened",
        [SSE_CAUSE_SESSION_STALLED] = "data never acknowledged",
        [SSE_CAUSE_SESSION_SILENT] = "data never answered",
        [SSE_CAUSE_PROXY_ERROR] = "the gateway answers with errors",
        [SSE_CAUSE_NAME_NOT_RESOLVED] = "the gateway's name does not resolve",
        [SSE_CAUSE_PROTECTED_NETWORK] = "protected network or Virtual Appliance",
        [SSE_CAUSE_NO_CONNECTIVITY] = "no connectivity at all",
    };

    return words[cause];
}

void sse_wrap(GString *out, const char *head, const char *text)
{
    size_t indent = (size_t)g_utf8_strlen(head, -1), column = indent;
    bool first = true;

    g_string_append(out, head);
    while (*text != '\0') {
        size_t bytes = strcspn(text, " ");
        size_t width = (size_t)g_utf8_strlen(text, (gssize)bytes);

        if (!first && column + 1 + width > SSE_WIDTH) {
            g_string_append_printf(out, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        if (!first) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append_len(out, text, (gssize)bytes);
        column += width;
        first = false;
        text += bytes;
        text += strspn(text, " ");
    }
    g_string_append_c(out, '\n');
}

void sse_wrap_printf(GString *out, const char *head, const char *format, ...)
{
    va_list ap;
    char *text;

    va_start(ap, format);
    text = g_strdup_vprintf(format, ap);
    va_end(ap);
    sse_wrap(out, head, text);
    g_free(text);
}

GString *sse_report_print(const sse_report *report, sse_format format)
{
    switch (format) {
    case SSE_FORMAT_JSON:
        return sse_report_json(report);
    case SSE_FORMAT_TICKET:
        return sse_report_ticket(report);
    default:
        return sse_report_text(report);
    }
}
