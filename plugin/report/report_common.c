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

#include "icmp.h"

/* Marks that turn the direction of writing can make a name read as another
 * (Unicode TR 36, 3.2). */
static bool deceives(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200e || c == 0x200f || c == 0x061c || c == 0xfeff || c == 0x2028 || c == 0x2029;
}

char *sse_escape(const char *text)
{
    const char *plain = text;
    GString *out;

    /* Nearly all strings need nothing. */
    while (*plain >= 0x20 && *plain < 0x7f)
        plain++;
    if (*plain == '\0')
        return g_strdup(text);
    out = g_string_new_len(text, plain - text);
    text = plain;
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

const char *sse_plural(uint32_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

void sse_wrap(GString *out, const char *head, const char *text)
{
    glong indent = g_utf8_strlen(head, -1), column = indent;
    char *safe = sse_escape(text);
    const char *at = safe + strspn(safe, " ");

    g_string_append(out, head);
    while (*at != '\0') {
        const char *end = at + strcspn(at, " ");
        glong width = g_utf8_strlen(at, end - at);

        if (column > indent && column + 1 + width > SSE_WIDTH) {
            g_string_append_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            g_string_append_c(out, ' ');
            column++;
        }
        if (column + width > SSE_WIDTH && column < SSE_WIDTH) {
            width = SSE_WIDTH - column;
            end = g_utf8_offset_to_pointer(at, width);
        }
        g_string_append_len(out, at, end - at);
        column += width;
        at = end + strspn(end, " ");
        /* The rest of a word that was cut goes on without a blank. */
        if (end == at && *at != '\0') {
            g_string_append_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        }
    }
    g_string_append_c(out, '\n');
    g_free(safe);
}

void sse_line(GString *out, const char *head, const char *text)
{
    char *safe = sse_escape(text);

    g_string_append_printf(out, "%s%s\n", head, safe);
    g_free(safe);
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

/* Statuses named in a sentence. */
#define CONNECTS_NAMED 4

char *sse_icmp_words(const sse_icmp_sum *icmp)
{
    const char *meaning = sse_icmp_meaning(icmp->sender.family, icmp->type, icmp->code);
    char sender[SSE_ADDR_TEXT];

    return g_strdup_printf("%s, %s type %u code %u%s%s%s, %u %s", sse_addr_text(&icmp->sender, sender),
                           icmp->sender.family == 4 ? "ICMP" : "ICMPv6", icmp->type, icmp->code,
                           meaning != NULL ? " (" : "", meaning != NULL ? meaning : "", meaning != NULL ? ")" : "",
                           icmp->count, sse_plural(icmp->count, "time", "times"));
}

/* RFC 1035 section 4.1.1. */
static const char *rcode_name(unsigned rcode)
{
    static const char *const names[] = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED" };

    return rcode < G_N_ELEMENTS(names) ? names[rcode] : "other";
}

char *sse_fake_words(const sse_resolver_report *r)
{
    if (r->fake_frame == 0)
        return NULL;
    return g_strdup_printf("response code %u (%s), IP TTL %u, frame %u", r->fake_rcode, rcode_name(r->fake_rcode),
                           r->fake_ttl, r->fake_frame);
}

void sse_frames_words(GString *line, const sse_frames *frames)
{
    g_string_append(line, sse_plural(frames->total, "frame", "frames"));
    for (uint32_t i = 0; i < frames->kept; i++)
        g_string_append_printf(line, "%s %u", i > 0 ? "," : "", frames->frame[i]);
    if (frames->total > frames->kept)
        g_string_append_printf(line, " and %u more", frames->total - frames->kept);
}

void sse_addresses_words(GString *line, const GArray *addresses)
{
    char text[SSE_ADDR_TEXT];

    for (guint i = 0; i < MIN(addresses->len, SSE_ADDRESSES_NAMED); i++)
        g_string_append_printf(line, "%s%s", i > 0 ? ", " : "",
                               sse_addr_text(&g_array_index(addresses, sse_addr, i), text));
    if (addresses->len > SSE_ADDRESSES_NAMED)
        g_string_append_printf(line, " and %u more", addresses->len - SSE_ADDRESSES_NAMED);
}

char *sse_connect_words(const sse_client_report *c)
{
    GString *words = g_string_new(NULL);
    unsigned named = 0;

    for (guint i = 0; i < c->connects->len && named < CONNECTS_NAMED; i++) {
        const sse_connect_report *row = &g_array_index(c->connects, sse_connect_report, i);

        if (row->status / 100 == 2)
            continue;
        g_string_append_printf(words, "%s%u (%u %s: ", named++ > 0 ? ", " : "", row->status, row->frames.total,
                               sse_plural(row->frames.total, "time", "times"));
        sse_frames_words(words, &row->frames);
        g_string_append_c(words, ')');
    }
    if (named == 0) {
        g_string_free(words, TRUE);
        return NULL;
    }
    return g_string_free(words, FALSE);
}

char *sse_origin_words(const sse_gateway_report *gateway)
{
    GString *words;

    if (gateway->reset_origin == SSE_ORIGIN_NONE)
        return NULL;
    words = g_string_new(sse_origin_code_words(gateway->reset_origin));
    for (guint i = 0; i < gateway->reset_reasons->len; i++)
        g_string_append_printf(words, "%s%s", i == 0 ? ": " : "; ",
                               (const char *)g_ptr_array_index(gateway->reset_reasons, i));
    return g_string_free(words, FALSE);
}

void sse_preamble(GString *out, const sse_report *report)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const sse_finding *f = &g_array_index(report->findings, sse_finding, i);

        if (f->code == SSE_FIND_ONE_WAY_CAPTURE)
            sse_wrap_printf(out, "Warning: ", "one-way capture. %s", f->text);
    }
    if (report->renumbered)
        sse_wrap(out, "Warning: ", "a read filter (-R) renumbers the packets it leaves: frame numbers here are not to be "
                 "trusted. Open the file without it; -z sseroaming takes a display filter.");
    if (report->filter != NULL)
        sse_line(out, "Filter: ", report->filter);
    if (report->clients->len == 0)
        return;
    if (report->lost_direction == SSE_LOST_TO_CLIENT)
        sse_wrap(out, "Warning: ", "the filter leaves only packets that clients sent; the answers to them are taken from "
                 "the whole file.");
    else if (report->lost_direction == SSE_LOST_FROM_CLIENT)
        sse_wrap(out, "Warning: ", "the filter leaves only packets towards clients; what met no answer is left out.");
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
