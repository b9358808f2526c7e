/* layout.c
 * How text is laid out: strings made safe to print, times, lines that wrap.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "layout.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "records.h"

static sse_medium laid_out_for = SSE_IN_TERMINAL;

void sse_layout_for(sse_medium medium)
{
    laid_out_for = medium;
}

bool sse_in_window(void)
{
    return laid_out_for == SSE_IN_WINDOW;
}

int sse_width(void)
{
    return sse_in_window() ? SSE_WIDTH_WINDOW : SSE_WIDTH;
}

void sse_rule(GString *out)
{
    char *rule = g_strnfill((gsize)sse_width(), '-');

    g_string_append_printf(out, "%s\n", rule);
    g_free(rule);
}

/* Marks that turn the direction of writing, and those of no width (all that formats,
 * Cf), can make a name read as another (Unicode TR 36, 3.2). */
static bool deceives(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200e || c == 0x200f || c == 0x061c || c == 0xfeff || c == 0x2028 || c == 0x2029 ||
           (c >= 0x80 && g_unichar_type(c) == G_UNICODE_FORMAT);
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

void sse_duration_words(GString *out, int64_t duration)
{
    static const struct { unsigned size; const char *name; } units[] = {
        { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" },
    };
    int64_t seconds = duration / SSE_SECOND;

    if (seconds < 1) {
        g_string_append(out, "under 1 s");
        return;
    }
    /* Half a second more or less is nothing; of hours seconds are, of days minutes. */
    seconds += duration % SSE_SECOND >= SSE_SECOND / 2;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        const int64_t large = seconds / units[i].size;

        if (large == 0)
            continue;
        g_string_append_printf(out, "%" G_GINT64_FORMAT " %s", (gint64)large, units[i].name);
        if (i + 1 < G_N_ELEMENTS(units) && seconds % units[i].size / units[i + 1].size > 0)
            g_string_append_printf(out, " %u %s", (unsigned)(seconds % units[i].size / units[i + 1].size),
                                   units[i + 1].name);
        return;
    }
}

const char *sse_milliseconds(int64_t ns, char out[SSE_MILLISECONDS_TEXT])
{
    const uint64_t tenth = SSE_MSECOND / 10;
    uint64_t tenths = ((ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns) + tenth / 2) / tenth;

    snprintf(out, SSE_MILLISECONDS_TEXT, "%s%" G_GUINT64_FORMAT ".%u", ns < 0 && tenths > 0 ? "-" : "",
             (guint64)(tenths / 10), (unsigned)(tenths % 10));
    return out;
}

void sse_append_link_layer(GString *out, uint64_t mac)
{
    for (int shift = 40; shift >= 0; shift -= 8)
        g_string_append_printf(out, "%02x%s", (unsigned)(mac >> shift & 0xff), shift > 0 ? ":" : "");
}

const char *sse_plural(uint32_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

void sse_wrap(GString *out, const char *head, const char *text)
{
    const glong all = sse_width();
    glong indent = g_utf8_strlen(head, -1), column = indent;
    char *safe = sse_escape(text);
    const char *at = safe + strspn(safe, " ");

    g_string_append(out, head);
    while (*at != '\0') {
        const char *end = at + strcspn(at, " ");
        glong width = g_utf8_strlen(at, end - at);

        if (column > indent && column + 1 + width > all) {
            g_string_append_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            g_string_append_c(out, ' ');
            column++;
        }
        if (column + width > all && column < all) {
            width = all - column;
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
