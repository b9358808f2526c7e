/* fuzz_log.c
 * The reader of the client's logs, and the meaning of their entries. The first
 * byte of the input says how many bytes are read at a time; the rest is the file.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz.h"

#include <string.h>

#include "log_text.h"

/* Entries that are read once more from their own place on. */
#define AGAIN 64

typedef struct file { const uint8_t *bytes; size_t length, at; unsigned step; } file;

static int read_bytes(void *from, void *buffer, unsigned count)
{
    file *f = (file *)from;
    size_t n = MIN(MIN((size_t)count, (size_t)f->step), f->length - f->at);

    memcpy(buffer, f->bytes + f->at, n);
    f->at += n;
    return (int)n;
}

static void check_span(const sse_log_span *span, size_t length)
{
    fuzz_require(span->length == 0 || ((size_t)span->offset + span->length <= length));
}

static void check_meaning(const char *text, size_t length)
{
    /* Memory of exactly that size: a byte too far is an error. */
    char *copy = (char *)g_malloc(MAX(length, 1));
    sse_log_record r;

    memcpy(copy, text, length);
    fuzz_cheap(length, sse_log_read(copy, length, &r));
    const sse_log_span spans[] = { r.when, r.clock, r.pid, r.level, r.thread, r.component, r.type, r.source, r.message,
                                   r.more, r.name, r.address, r.state };
    for (unsigned i = 0; i < G_N_ELEMENTS(spans); i++)
        check_span(&spans[i], length);
    fuzz_require(r.n_candidates <= SSE_LOG_CANDIDATES);
    for (unsigned i = 0; i < r.n_candidates; i++)
        check_span(&r.candidates[i], length);
    fuzz_require((unsigned)r.said.event < OBS_LOG_EVENTS);
    if (r.said.event == OBS_LOG_PROBING || r.said.event == OBS_LOG_REJECTED)
        fuzz_require(r.said.port != 0 && (r.said.version == 4 || r.said.version == 6));
    if (r.said.event == OBS_LOG_RESOLVED)
        fuzz_require(r.said.address.family != 0);
    g_free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct { GString *text; sse_log_entry entry; } kept[AGAIN];
    unsigned n_kept = 0;
    sse_log_encoding encoding;
    sse_log_reader *reader;
    sse_log_entry entry;
    GString *text;
    int64_t last = -1, time;
    file f;

    if (size == 0)
        return 0;
    f = (file){ .bytes = data + 1, .length = size - 1, .step = data[0] == 0 ? 4096 : data[0] };
    reader = sse_log_reader_new(read_bytes, &f, 0, SSE_LOG_BYTES);
    encoding = sse_log_reader_encoding(reader);
    sse_log_recognise(reader, &time);
    text = g_string_new(NULL);
    while (sse_log_next(reader, text, &entry)) {
        fuzz_require(text->len > 0 && text->len <= SSE_LOG_TEXT_MAX);
        fuzz_require(entry.offset > last && (size_t)entry.offset < f.length);
        last = entry.offset;
        check_meaning(text->str, text->len);
        if (n_kept < AGAIN) {
            kept[n_kept].text = g_string_new_len(text->str, (gssize)text->len);
            kept[n_kept++].entry = entry;
        }
    }
    fuzz_require(!sse_log_reader_failed(reader));
    sse_log_reader_free(reader);
    while (n_kept-- > 0) {
        f.at = (size_t)kept[n_kept].entry.offset;
        reader = sse_log_reader_new(read_bytes, &f, kept[n_kept].entry.offset, encoding);
        fuzz_require(sse_log_next(reader, text, &entry));
        fuzz_require(entry.offset == kept[n_kept].entry.offset && entry.has_time == kept[n_kept].entry.has_time);
        fuzz_require(text->len == kept[n_kept].text->len && memcmp(text->str, kept[n_kept].text->str, text->len) == 0);
        fuzz_require(!entry.has_time || entry.time == kept[n_kept].entry.time);
        sse_log_reader_free(reader);
        g_string_free(kept[n_kept].text, TRUE);
    }
    g_string_free(text, TRUE);
    return 0;
}
