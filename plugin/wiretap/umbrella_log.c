/* umbrella_log.c
 * Opens cscumbrellaplugin.txt, Umbrella.txt and the table of Get-EventLog, known by
 * their contents, as capture files: one frame per entry, with its time. A frame is an exported PDU
 * (LINKTYPE_WIRESHARK_UPPER_PDU) that names our dissector: so it can be saved to
 * pcapng and merged with a capture.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat_wtap.h"

#include <string.h>

#ifdef _WIN32
#include <sys/stat.h>
#include <wchar.h>
#else
#include <glib/gstdio.h>
#endif

#include <wsutil/exported_pdu_tlvs.h>

#include "capture_time.h"
#include "log_lines.h"
#include "log_table.h"
#include "umbrella_log.h"

static int file_type_subtype = -1;

/* When the captures begin that this program opened last, in seconds: a log whose
 * entries have no year is merged with one of them. mergecap and Wireshark open all
 * files before they read the first. */
#define CAPTURES 8
static int64_t captures[CAPTURES];
static size_t n_captures, newest_capture;

/* Lines that have no time of their own have that of the entry before them (of
 * the first one, at the start of the file), rows of a table one that was found out.
 * What is read again at its place cannot ask its neighbour. */
typedef struct borrowed_time {
    int64_t offset, time;
} borrowed_time;

/* One file that is open. Freed by close_log(), save itself: that is
 * wtap_close()'s. */
typedef struct log_file {
    sse_log_reader *reader;  /* from the start on; NULL once that is over */
    sse_log_table *table;    /* of a table, and from its first row on; NULL else */
    bool     is_table;
    int64_t  written;        /* the file's own time, in seconds */
    GString *text;
    GArray  *borrowed;       /* borrowed_time, by offset */
    int64_t  time;           /* of the newest entry that has one */
    sse_log_encoding encoding;
} log_file;

/* The first that is not before an offset. */
static guint borrowed_place(const log_file *f, int64_t offset)
{
    guint low = 0, high = f->borrowed->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(f->borrowed, borrowed_time, middle).offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int read_file(void *from, void *buffer, unsigned count)
{
    return file_read(buffer, count, (FILE_T)from);
}

/* The frame: which dissector it is for (tags of 16 bits, lengths of 16 bits, in
 * network order, values filled up to four bytes: epan/exported_pdu.h), then the
 * text. */
static void make_frame(wtap *wth, wtap_rec *rec, Buffer *data, const GString *text, int64_t time)
{
    static const uint8_t tags[] = {
        0, EXP_PDU_TAG_DISSECTOR_NAME, 0, 16,
        's', 's', 'e', 'r', 'o', 'a', 'm', 'i', 'n', 'g', '.', 'l', 'o', 'g', 0, 0,
        0, EXP_PDU_TAG_END_OF_OPT, 0, 0,
    };

    G_STATIC_ASSERT(sizeof SSE_LOG_DISSECTOR == 15);
    ws_buffer_clean(data);
    ws_buffer_append(data, (uint8_t *)tags, sizeof tags);
    ws_buffer_append(data, (uint8_t *)text->str, text->len);
    sse_wtap_packet(wth, rec, data);
    rec->presence_flags = WTAP_HAS_TS;
    rec->ts.secs = (time_t)(time / INT64_C(1000000000));
    rec->ts.nsecs = 0;
}

/* Keeps the time of an entry, unless it is there. */
static void keep_time(log_file *f, int64_t offset, int64_t time)
{
    const borrowed_time borrowed = { offset, time };
    guint at = borrowed_place(f, offset);

    if (at == f->borrowed->len || g_array_index(f->borrowed, borrowed_time, at).offset != offset)
        g_array_insert_val(f->borrowed, at, borrowed);
}

static bool next_entry(log_file *f, sse_log_entry *entry)
{
    if (!f->is_table)
        return sse_log_next(f->reader, f->text, entry);
    if (f->table == NULL) {
        const sse_log_years years = { .captures = captures, .n_captures = n_captures, .file = f->written };

        f->table = sse_log_table_new(f->reader, &years);
    }
    return sse_log_table_next(f->table, f->text, entry);
}

static sse_bool log_read(wtap *wth, wtap_rec *rec SSE_WTAP_BUFFER, int *err, char **err_info, sse_wtap_offset *offset)
{
    log_file *f = (log_file *)wth->priv;
    sse_log_entry entry;

    if (!next_entry(f, &entry)) {
        *err = sse_log_reader_failed(f->reader) ? file_error(wth->fh, err_info) : 0;
        return false;
    }
    if (entry.has_time)
        f->time = entry.time;
    if (!entry.has_time || f->is_table)
        keep_time(f, entry.offset, f->time);
    *offset = entry.offset;
    make_frame(wth, rec, SSE_WTAP_DATA(rec), f->text, f->time);
    return true;
}

static int64_t borrowed_at(const log_file *f, int64_t offset)
{
    const guint at = borrowed_place(f, offset);

    return at < f->borrowed->len ? g_array_index(f->borrowed, borrowed_time, at).time : f->time;
}

static sse_bool log_seek_read(wtap *wth, sse_wtap_offset offset, wtap_rec *rec SSE_WTAP_BUFFER, int *err,
                                   char **err_info)
{
    log_file *f = (log_file *)wth->priv;
    sse_log_reader *reader;
    sse_log_entry entry;
    bool found;

    if (file_seek(wth->random_fh, offset, SEEK_SET, err) == -1)
        return false;
    reader = sse_log_reader_new(read_file, wth->random_fh, offset, f->encoding);
    found = sse_log_next(reader, f->text, &entry);
    if (!found)
        *err = sse_log_reader_failed(reader) ? file_error(wth->random_fh, err_info) : 0;
    sse_log_reader_free(reader);
    if (!found) {
        if (*err == 0)
            *err = WTAP_ERR_SHORT_READ;
        return false;
    }
    make_frame(wth, rec, SSE_WTAP_DATA(rec), f->text, entry.has_time ? entry.time : borrowed_at(f, offset));
    return true;
}

static void close_sequential(wtap *wth)
{
    log_file *f = (log_file *)wth->priv;

    sse_log_table_free(f->table);
    sse_log_reader_free(f->reader);
    f->table = NULL;
    f->reader = NULL;
}

static void close_log(wtap *wth)
{
    log_file *f = (log_file *)wth->priv;

    g_string_free(f->text, TRUE);
    g_array_free(f->borrowed, TRUE);
}

/* A capture of packets: when does it begin? */
static bool note_capture(const sse_log_reader *reader)
{
    size_t length;
    const uint8_t *head = sse_log_reader_head(reader, &length);
    int64_t seconds;

    if (!sse_capture_time(head, length, &seconds))
        return false;
    captures[newest_capture++ % CAPTURES] = seconds;
    n_captures = MIN(newest_capture, CAPTURES);
    return true;
}

/* When the file was written; of what is no file, now. */
static int64_t time_written(const wtap *wth)
{
#ifdef _WIN32
    /* Not g_stat(): what it fills in is another struct in a glib that another
     * compiler made. */
    gunichar2 *name = wth->pathname != NULL ? g_utf8_to_utf16(wth->pathname, -1, NULL, NULL, NULL) : NULL;
    struct _stat64 status;
    bool known = name != NULL && _wstat64((const wchar_t *)name, &status) == 0;

    g_free(name);
#else
    GStatBuf status;
    bool known = wth->pathname != NULL && g_stat(wth->pathname, &status) == 0;
#endif

    return known ? (int64_t)status.st_mtime : g_get_real_time() / G_USEC_PER_SEC;
}

static wtap_open_return_val log_open(wtap *wth, int *err, char **err_info)
{
    sse_log_reader *reader;
    log_file *f;
    sse_log_file found;
    int64_t time = 0;

    if (!sse_wtap_fits(wth))
        return WTAP_OPEN_NOT_MINE;
    reader = sse_log_reader_new(read_file, wth->fh, 0, SSE_LOG_BYTES);
    if (sse_log_reader_failed(reader)) {
        sse_log_reader_free(reader);
        *err = file_error(wth->fh, err_info);
        return WTAP_OPEN_ERROR;
    }
    found = note_capture(reader) ? SSE_LOG_NONE : sse_log_recognise(reader, &time);
    if (found == SSE_LOG_NONE) {
        sse_log_reader_free(reader);
        return WTAP_OPEN_NOT_MINE;
    }
    f = g_new0(log_file, 1);
    f->reader = reader;
    f->is_table = found == SSE_LOG_TABLE;
    f->written = f->is_table ? time_written(wth) : 0;
    f->encoding = sse_log_reader_encoding(reader);
    f->text = g_string_new(NULL);
    f->borrowed = g_array_new(FALSE, FALSE, sizeof(borrowed_time));
    f->time = time;
    wth->priv = f;
    wth->subtype_read = log_read;
    wth->subtype_seek_read = log_seek_read;
    wth->subtype_sequential_close = close_sequential;
    wth->subtype_close = close_log;
    wth->file_type_subtype = file_type_subtype;
    wth->file_encap = WTAP_ENCAP_WIRESHARK_UPPER_PDU;
    /* The logs tell seconds; editcap -t may shift them by less. */
    wth->file_tsprec = WTAP_TSPREC_USEC;
    wth->snapshot_length = 0;
    /* An interface, as files that are merged or saved must have. */
    wtap_add_generated_idb(wth);
    return WTAP_OPEN_MINE;
}

static const struct supported_block_type blocks[] = {
    { WTAP_BLOCK_PACKET, MULTIPLE_BLOCKS_SUPPORTED, NO_OPTIONS_SUPPORTED },
};

static const struct file_type_subtype_info info = {
    .description = "Cisco Secure Client Umbrella log (DART)",
    .name = "sseroaming-log",
    .default_file_extension = "txt",
    .num_supported_blocks = G_N_ELEMENTS(blocks),
    .supported_blocks = blocks,
};

void wtap_register_sseroaming_log(void)
{
    /* What is recognised by more than an extension is asked before all guesses
     * at text files. First of all, to see when captures begin: of these it takes none. */
    struct open_info open = {
        .name = "Cisco Secure Client Umbrella log (DART)",
        .type = OPEN_INFO_MAGIC,
        .open_routine = log_open,
    };

    wtap_register_open_info(&open, true);
    file_type_subtype = wtap_register_file_type_subtype(&info);
}
