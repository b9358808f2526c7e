/* log_lines.c
 * The two logs of a DART bundle, and the table of Get-EventLog, as a stream of entries. Memory is bounded
 * whatever the file holds: a line is read in pieces of LINE_MAX_BYTES, an entry
 * is handed out in pieces of SSE_LOG_TEXT_MAX.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "log_lines.h"

#include <string.h>

#include "logs.h"

/* A line that is longer comes in pieces. Room for one more character of UTF-8
 * is kept behind it. */
#define LINE_MAX_BYTES 16384
#define UTF8_MAX       6
/* The first entry stands among the first so many lines: a log that was cut at
 * its start by rotation begins with the rest of an entry. */
#define RECOGNISE_LINES 16

#define NS INT64_C(1000000000)

struct sse_log_reader {
    sse_log_source source;
    void    *from;
    sse_log_encoding encoding;
    bool     ended, failed;
    uint8_t  raw[SSE_LOG_HEAD];
    unsigned held, at;       /* bytes in raw, and of these used */
    int64_t  raw_offset;     /* of raw[0] */

    char     line[LINE_MAX_BYTES + UTF8_MAX];
    size_t   length;
    int64_t  line_offset;
    bool     has_line;       /* a line waits */
    bool     whole;          /* ... with its end; else it goes on */
    bool     continues;      /* it is the rest of a line */
    sse_log_file starts;
    sse_log_file is;         /* as sse_log_recognise() found */
};

/* --- lines ------------------------------------------------------------------ */

static bool digits(const char *text, unsigned count, unsigned *value)
{
    *value = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!g_ascii_isdigit(text[i]))
            return false;
        *value = *value * 10 + (unsigned)(text[i] - '0');
    }
    return true;
}

/* Days since 1970-01-01 of a date of the Gregorian calendar; false where there
 * is no such day. Up to 2199: nanoseconds in 64 bits end in 2262. */
static bool days_of(unsigned year, unsigned month, unsigned day, int64_t *days)
{
    static const uint8_t lengths[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    static const uint16_t before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    unsigned y = year - 1;

    if (year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1] + (leap && month == 2 ? 1u : 0u))
        return false;
    *days = (int64_t)365 * (year - 1970) + (y / 4 - 1969 / 4) - (y / 100 - 1969 / 100) + (y / 400 - 1969 / 400)
            + before[month - 1] + (leap && month > 2 ? 1 : 0) + day - 1;
    return true;
}

/* "03:07:43" in seconds. A leap second is the first of the next minute. */
static bool clock_of(const char *text, size_t length, unsigned *seconds)
{
    unsigned hour, minute, second;

    if (length < 8 || !digits(text, 2, &hour) || text[2] != ':' || !digits(text + 3, 2, &minute) || text[5] != ':' ||
        !digits(text + 6, 2, &second) || hour > 23 || minute > 59 || second > 60)
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

/* The head of a line of cscumbrellaplugin.txt. */
static bool module_head(const char *line, size_t length, int64_t *time)
{
    unsigned year, month, day, seconds;
    int64_t days;
    size_t at = 19;

    /* "2024-08-27 03:07:43 [8880] [DEBUG] < 12> " */
    if (length < 28 || !digits(line, 4, &year) || line[4] != '-' || !digits(line + 5, 2, &month) || line[7] != '-' ||
        !digits(line + 8, 2, &day) || line[10] != ' ' || !clock_of(line + 11, length - 11, &seconds) ||
        !days_of(year, month, day, &days) || line[at] != ' ' || line[at + 1] != '[' || !g_ascii_isdigit(line[at + 2]))
        return false;
    for (at += 2; at < length && g_ascii_isdigit(line[at]); at++)
        ;
    if (length - at < 4 || line[at] != ']' || line[at + 1] != ' ' || line[at + 2] != '[' || !g_ascii_isalpha(line[at + 3]))
        return false;
    for (at += 3; at < length && g_ascii_isalpha(line[at]); at++)
        ;
    if (length - at < 4 || line[at] != ']' || line[at + 1] != ' ' || line[at + 2] != '<')
        return false;
    for (at += 3; at < length && line[at] == ' '; at++)
        ;
    if (at == length || !g_ascii_isdigit(line[at]))
        return false;
    for (; at < length && g_ascii_isdigit(line[at]); at++)
        ;
    if (at == length || line[at] != '>')
        return false;
    *time = (days * 86400 + seconds) * NS;
    return true;
}

const char *sse_log_value(const char *line, size_t length, const char *name, size_t *value_length)
{
    size_t at = strlen(name);

    if (length <= at || strncmp(line, name, at) != 0)
        return NULL;
    for (; at < length && (line[at] == ' ' || line[at] == '\t'); at++)
        ;
    if (at == length || line[at] != ':')
        return NULL;
    for (at++; at < length && (line[at] == ' ' || line[at] == '\t'); at++)
        ;
    for (; length > at && (line[length - 1] == ' ' || line[length - 1] == '\t'); length--)
        ;
    *value_length = length - at;
    return line + at;
}

/* "Date : 08/27/2024" */
static bool agent_head(const char *line, size_t length, int64_t *days)
{
    unsigned year, month, day;
    size_t n;
    const char *date = sse_log_value(line, length, "Date", &n);

    return date != NULL && n == 10 && digits(date, 2, &month) && date[2] == '/' && digits(date + 3, 2, &day) &&
           date[5] == '/' && digits(date + 6, 4, &year) && days_of(year, month, day, days);
}

/* "Date : 27.08.2024": an entry whose date cannot be read is one of its own all
 * the same, and does not belong to the one before. The blank before the colon is
 * the file's form; "Date: Tue, 27 Aug 2024" stands in answers of HTTP. */
static bool agent_form(const char *line, size_t length)
{
    size_t n;
    const char *date = sse_log_value(line, length, "Date", &n);

    return date != NULL && n > 0 && (line[4] == ' ' || line[4] == '\t');
}

static void skip_blanks(const char *line, size_t length, size_t *at)
{
    while (*at < length && (line[*at] == ' ' || line[*at] == '\t'))
        (*at)++;
}

/* What stands up to the next blank, and the blanks behind it; none at the end of
 * the line. @return its length */
static size_t eat_word(const char *line, size_t length, size_t *at)
{
    const size_t start = *at;
    size_t n;

    while (*at < length && line[*at] != ' ' && line[*at] != '\t')
        (*at)++;
    n = *at - start;
    skip_blanks(line, length, at);
    return n;
}

static bool eat_digits(const char *line, size_t length, size_t *at, unsigned most, uint64_t *value)
{
    const size_t start = *at;

    for (*value = 0; *at < length && *at - start < most && g_ascii_isdigit(line[*at]); (*at)++)
        *value = *value * 10 + (uint64_t)(line[*at] - '0');
    return *at > start && *at < length && (line[*at] == ' ' || line[*at] == '\t');
}

static unsigned month_of(const char *name)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (unsigned i = 0; i < 12; i++)
        if (strncmp(months + 3 * i, name, 3) == 0)
            return i + 1;
    return 0;
}

/* "16450606 Aug 27 03:06  Warning     acswgagent             1140916480 text" */
bool sse_log_row_of(const char *line, size_t length, sse_log_row *row)
{
    unsigned hour, minute;
    uint64_t day, instance;
    size_t at = 0, before;

    skip_blanks(line, length, &at);
    if (!eat_digits(line, length, &at, 18, &row->index))
        return false;
    skip_blanks(line, length, &at);
    row->when = at;
    if (length - at < 4 || (row->month = month_of(line + at)) == 0 || line[at + 3] != ' ')
        return false;
    at += 3;
    skip_blanks(line, length, &at);
    if (!eat_digits(line, length, &at, 2, &day) || day < 1 || day > 31)
        return false;
    skip_blanks(line, length, &at);
    if (length - at < 6 || !digits(line + at, 2, &hour) || line[at + 2] != ':' || !digits(line + at + 3, 2, &minute) ||
        hour > 23 || minute > 59 || line[at + 5] != ' ')
        return false;
    at += 5;
    row->day = (unsigned)day;
    row->minute = hour * 60 + minute;
    row->when_length = at - row->when;
    skip_blanks(line, length, &at);
    row->type = at;
    row->type_length = eat_word(line, length, &at);
    row->source = at;
    row->source_length = eat_word(line, length, &at);
    if (row->type_length == 0 || row->source_length == 0)
        return false;
    /* The number of the event may have been left out. */
    before = at;
    if (eat_digits(line, length, &at, 18, &instance))
        skip_blanks(line, length, &at);
    else
        at = before;
    row->message = at;
    return true;
}

bool sse_log_row_time(const sse_log_row *row, unsigned year, int64_t *seconds)
{
    int64_t days;

    if (!days_of(year, row->month, row->day, &days))
        return false;
    *seconds = days * 86400 + row->minute * 60;
    return true;
}

static bool is_source(const char *text, size_t length)
{
    static const char *const sources[] = { SSE_LOG_SOURCES };

    for (unsigned i = 0; i < G_N_ELEMENTS(sources); i++)
        if (length == strlen(sources[i]) && strncmp(text, sources[i], length) == 0)
            return true;
    return false;
}

bool sse_log_row_is_ours(const char *line, const sse_log_row *row)
{
    return is_source(line + row->source, row->source_length);
}

/* The table's head, the rule below it, and what is empty. */
static bool is_furniture(const char *line, size_t length)
{
    size_t at = 0;

    skip_blanks(line, length, &at);
    if (at == length)
        return true;
    if (length - at >= 10 && strncmp(line + at, "Index", 5) == 0)
        return g_strstr_len(line + at, (gssize)(length - at), " Time") != NULL &&
               g_strstr_len(line + at, (gssize)(length - at), " Source") != NULL;
    for (; at < length; at++)
        if (line[at] != '-' && line[at] != ' ' && line[at] != '\t')
            return false;
    return true;
}

sse_log_file sse_log_starts(const char *line, size_t length)
{
    int64_t ignored;
    sse_log_row row;

    if (length > 0 && line[0] == 'D')
        return agent_form(line, length) || agent_head(line, length, &ignored) ? SSE_LOG_AGENT : SSE_LOG_NONE;
    if (module_head(line, length, &ignored))
        return SSE_LOG_MODULE;
    return sse_log_row_of(line, length, &row) ? SSE_LOG_TABLE : SSE_LOG_NONE;
}

const char *sse_log_line(const char *at, const char *end, size_t *length)
{
    const char *feed;

    if (at == NULL || at >= end)
        return NULL;
    feed = (const char *)memchr(at, '\n', (size_t)(end - at));
    *length = (size_t)((feed != NULL ? feed : end) - at);
    return feed != NULL ? feed + 1 : end;
}

bool sse_log_time(const char *text, size_t length, int64_t *time)
{
    const char *at = text, *end = text + length, *next;
    size_t n = 0;
    int64_t days;

    next = sse_log_line(at, end, &n);
    if (next == NULL)
        return false;
    if (module_head(at, n, time))
        return true;
    if (!agent_head(at, n, &days))
        return false;
    /* The time stands in the next line that is not empty. */
    for (at = next; (next = sse_log_line(at, end, &n)) != NULL; at = next) {
        size_t clock_length;
        const char *clock = sse_log_value(at, n, "Time", &clock_length);
        unsigned seconds;

        if (n == 0)
            continue;
        if (clock == NULL || clock_length != 8 || !clock_of(clock, clock_length, &seconds))
            return false;
        *time = (days * 86400 + seconds) * NS;
        return true;
    }
    return false;
}

/* --- bytes ------------------------------------------------------------------ */

/* Reads on once all is used. */
static bool fill(sse_log_reader *r)
{
    int got;

    if (r->at < r->held)
        return true;
    if (r->ended)
        return false;
    r->raw_offset += r->held;
    r->at = r->held = 0;
    got = r->source(r->from, r->raw, sizeof r->raw);
    if (got <= 0) {
        r->ended = true;
        r->failed = got < 0;
        return false;
    }
    r->held = MIN((unsigned)got, (unsigned)sizeof r->raw);
    return true;
}

/* Reads until the head of the file is there, or the file is. */
static void fill_head(sse_log_reader *r)
{
    while (!r->ended && r->held < sizeof r->raw) {
        int got = r->source(r->from, r->raw + r->held, (unsigned)sizeof r->raw - r->held);

        if (got <= 0) {
            r->ended = true;
            r->failed = got < 0;
        } else {
            r->held += MIN((unsigned)got, (unsigned)sizeof r->raw - r->held);
        }
    }
}

sse_log_reader *sse_log_reader_new(sse_log_source source, void *from, int64_t offset, sse_log_encoding encoding)
{
    sse_log_reader *r = g_new0(sse_log_reader, 1);

    r->source = source;
    r->from = from;
    r->raw_offset = offset;
    r->encoding = encoding;
    r->whole = true;
    if (offset != 0)
        return r;
    fill_head(r);
    if (r->held >= 3 && memcmp(r->raw, "\xef\xbb\xbf", 3) == 0) {
        r->encoding = SSE_LOG_BYTES;
        r->at = 3;
    } else if (r->held >= 2 && memcmp(r->raw, "\xff\xfe", 2) == 0) {
        r->encoding = SSE_LOG_UTF16_LE;
        r->at = 2;
    } else if (r->held >= 2 && memcmp(r->raw, "\xfe\xff", 2) == 0) {
        r->encoding = SSE_LOG_UTF16_BE;
        r->at = 2;
    } else if (r->held >= 2 && r->raw[0] != 0 && r->raw[1] == 0) {
        /* Without a mark: the logs begin with ASCII. */
        r->encoding = SSE_LOG_UTF16_LE;
    } else if (r->held >= 2 && r->raw[0] == 0 && r->raw[1] != 0) {
        r->encoding = SSE_LOG_UTF16_BE;
    } else {
        r->encoding = SSE_LOG_BYTES;
    }
    return r;
}

void sse_log_reader_free(sse_log_reader *reader)
{
    g_free(reader);
}

sse_log_encoding sse_log_reader_encoding(const sse_log_reader *reader)
{
    return reader->encoding;
}

const uint8_t *sse_log_reader_head(const sse_log_reader *reader, size_t *length)
{
    *length = reader->raw_offset == 0 ? reader->held : 0;
    return reader->raw;
}

bool sse_log_reader_failed(const sse_log_reader *reader)
{
    return reader->failed;
}

static void put(sse_log_reader *r, uint32_t character)
{
    gchar utf8[6];
    gint n = g_unichar_to_utf8(character, utf8);

    memcpy(r->line + r->length, utf8, (size_t)n);
    r->length += (size_t)n;
}

/* One code unit of UTF-16. @return false where the file ends before or in it */
static bool unit_of(sse_log_reader *r, uint16_t *unit)
{
    uint8_t first;

    if (!fill(r))
        return false;
    first = r->raw[r->at++];
    if (!fill(r))
        return false;
    *unit = r->encoding == SSE_LOG_UTF16_LE ? (uint16_t)(r->raw[r->at] << 8 | first) : (uint16_t)(first << 8 | r->raw[r->at]);
    r->at++;
    return true;
}

/* Takes bytes up to the end of the line, or of the room for it.
 * @return whether the line feed came */
static bool take_bytes(sse_log_reader *r)
{
    while (r->length < LINE_MAX_BYTES && fill(r)) {
        size_t most = MIN((size_t)(r->held - r->at), LINE_MAX_BYTES - r->length);
        const uint8_t *start = r->raw + r->at, *feed = (const uint8_t *)memchr(start, '\n', most);
        size_t n = feed != NULL ? (size_t)(feed - start) : most;

        memcpy(r->line + r->length, start, n);
        r->length += n;
        r->at += (unsigned)n;
        if (feed != NULL) {
            r->at++;
            return true;
        }
    }
    return false;
}

/* The same of UTF-16 (RFC 2781, section 2.2). A surrogate without its partner
 * becomes a replacement character, a first one with what stands in the partner's
 * place: so a line has the same pieces wherever the reading began. */
static bool take_units(sse_log_reader *r)
{
    uint16_t unit, second;

    while (r->length < LINE_MAX_BYTES && unit_of(r, &unit)) {
        if (unit == '\n')
            return true;
        if (unit < 0xd800 || unit > 0xdfff) {
            put(r, unit);
            continue;
        }
        if (unit > 0xdbff || !unit_of(r, &second)) {
            put(r, 0xfffd);
            continue;
        }
        if (second >= 0xdc00 && second <= 0xdfff)
            put(r, 0x10000 + ((uint32_t)(unit - 0xd800) << 10) + (second - 0xdc00u));
        else
            put(r, 0xfffd);
        if (second == '\n')
            return true;
    }
    return false;
}

/* The next line, or the next piece of one. @return false at the end */
static bool read_line(sse_log_reader *r)
{
    r->continues = !r->whole;
    r->length = 0;
    if (!fill(r))
        return r->has_line = false;
    r->line_offset = r->raw_offset + r->at;
    r->whole = r->encoding == SSE_LOG_BYTES ? take_bytes(r) : take_units(r);
    if (r->whole && r->length > 0 && r->line[r->length - 1] == '\r')
        r->length--;
    r->starts = r->continues ? SSE_LOG_NONE : sse_log_starts(r->line, r->length);
    return r->has_line = true;
}

/* --- entries ---------------------------------------------------------------- */

/* A further line of a row is the rest of its message, which the table broke. */
static void append_rest(const sse_log_reader *r, GString *text)
{
    size_t at = 0;

    if (is_furniture(r->line, r->length))
        return;
    skip_blanks(r->line, r->length, &at);
    if (at > 0 && text->len > 0 && text->str[text->len - 1] == '\n')
        text->str[text->len - 1] = ' ';
    g_string_append_len(text, r->line + at, (gssize)(r->length - at));
    if (r->whole)
        g_string_append_c(text, '\n');
}

static void append_line(const sse_log_reader *r, GString *text)
{
    g_string_append_len(text, r->line, (gssize)r->length);
    if (r->whole)
        g_string_append_c(text, '\n');
}

static void drop_end(GString *text)
{
    gsize length = text->len;

    while (length > 0 && strchr("\n\r\t ", text->str[length - 1]) != NULL && text->str[length - 1] != '\0')
        length--;
    g_string_truncate(text, length);
}

bool sse_log_next(sse_log_reader *r, GString *text, sse_log_entry *entry)
{
    bool row;

    do {
        g_string_truncate(text, 0);
        if (!r->has_line && !read_line(r))
            return false;
        while (r->is == SSE_LOG_TABLE && !r->continues && is_furniture(r->line, r->length))
            if (!read_line(r))
                return false;
        entry->offset = r->line_offset;
        row = r->starts == SSE_LOG_TABLE;
        do {
            if (row && text->len > 0 && !r->continues)
                append_rest(r, text);
            else
                append_line(r, text);
            r->has_line = false;
        } while (read_line(r) && r->starts == SSE_LOG_NONE && text->len + r->length < SSE_LOG_TEXT_MAX);
        drop_end(text);
    } while (text->len == 0);
    entry->has_time = sse_log_time(text->str, text->len, &entry->time);
    return true;
}

/* --- which file it is --------------------------------------------------------- */

/* Text as logs have it: no control characters but those of white space. */
static bool is_text(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((uint8_t)line[i] < 0x20 && line[i] != '\t' && line[i] != '\r' && line[i] != '\f')
            return false;
    return true;
}

/* Other logs of a DART bundle have the form of Umbrella.txt, too: this one's
 * sources are the services of the roaming module. */
static bool is_agent_entry(const char *text, size_t length)
{
    static const char *const fields[] = { "Date", "Time", "Type", "Source", "Description" };
    const char *at = text, *end = text + length, *next;
    size_t n = 0;
    unsigned field = 0;

    for (; field < G_N_ELEMENTS(fields) && (next = sse_log_line(at, end, &n)) != NULL; at = next) {
        size_t value_length;
        const char *value = sse_log_value(at, n, fields[field], &value_length);

        if (n == 0)
            continue;
        if (value == NULL)
            return false;
        if (strcmp(fields[field], "Source") == 0 && !is_source(value, value_length))
            return false;
        field++;
    }
    return field == G_N_ELEMENTS(fields);
}

/* Bytes that are there already. */
typedef struct memory { const uint8_t *bytes; unsigned left; } memory;

static int from_memory(void *from, void *buffer, unsigned count)
{
    memory *m = (memory *)from;
    unsigned n = MIN(count, m->left);

    memcpy(buffer, m->bytes, n);
    m->bytes += n;
    m->left -= n;
    return (int)n;
}

/* Rows of other sources may stand before the first of the module's. */
static bool has_row_of_ours(sse_log_reader *r)
{
    sse_log_row row;

    do {
        if (!is_text(r->line, r->length))
            return false;
        if (r->starts == SSE_LOG_TABLE && sse_log_row_of(r->line, r->length, &row) && sse_log_row_is_ours(r->line, &row))
            return true;
    } while (read_line(r));
    return false;
}

sse_log_file sse_log_recognise(sse_log_reader *reader, int64_t *time)
{
    memory head = { reader->raw, reader->held };
    sse_log_reader *r;
    sse_log_file found = SSE_LOG_NONE;
    GString *text;
    sse_log_entry entry;
    bool first = false;

    if (reader->raw_offset != 0 || reader->held == 0)
        return SSE_LOG_NONE;
    r = sse_log_reader_new(from_memory, &head, 0, SSE_LOG_BYTES);
    for (unsigned lines = 0; lines < RECOGNISE_LINES && found == SSE_LOG_NONE && read_line(r); lines++) {
        if (!is_text(r->line, r->length))
            break;
        found = r->starts;
        first = lines == 0;
    }
    if (found == SSE_LOG_TABLE) {
        *time = 0;
        if (!has_row_of_ours(r))
            found = SSE_LOG_NONE;
    } else if (found != SSE_LOG_NONE) {
        /* The line that starts it waits: the entry begins with it. */
        text = g_string_new(NULL);
        if (!sse_log_next(r, text, &entry) || !entry.has_time || !is_text(text->str, strcspn(text->str, "\n")) ||
            (found == SSE_LOG_AGENT && !is_agent_entry(text->str, text->len)) ||
            /* A letter may quote such a line: behind others it must be one that
             * is known: "Dns Protection IPv4 State Machine". */
            (found == SSE_LOG_MODULE && !first && strstr(text->str, "Dns Protection ") == NULL))
            found = SSE_LOG_NONE;
        else
            *time = entry.time;
        g_string_free(text, TRUE);
    }
    sse_log_reader_free(r);
    reader->is = found;
    return found;
}
