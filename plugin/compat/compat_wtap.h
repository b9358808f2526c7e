/* compat_wtap.h
 * What a reader of files needs of Wireshark and no installed header declares,
 * and the differences between versions that it meets.
 *
 * Wireshark 4.6 installs wiretap/wtap_module.h for plugins. 4.0 and 4.4 load
 * such plugins too, but keep struct wtap in a header of their source tree
 * (wiretap/wtap-int.h). What is used of it is declared here, in our own words:
 * the members up to the last one that is used, in the order and with the types
 * of these versions. tests/check_wtap.py compares sizes and places with the
 * header of the source package, and sse_wtap_fits() refuses at run time to
 * touch a struct that is not the one declared.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_COMPAT_WTAP_H
#define SSE_COMPAT_WTAP_H

#include <wiretap/wtap.h>
#include <wiretap/wtap_opttypes.h>
#include <wsutil/buffer.h>

#include "compat.h"

#if SSE_WIRESHARK_AT_LEAST(4, 6)

#include <wiretap/file_wrappers.h>
#include <wiretap/wtap_module.h>

/* From 4.6 on the bytes of a record are part of it. */
#define SSE_WTAP_BUFFER
#define SSE_WTAP_DATA(rec) (&(rec)->data)
typedef int64_t sse_wtap_offset;

#elif SSE_WIRESHARK_TESTED

#if SSE_WIRESHARK_AT_LEAST(4, 4)
typedef int64_t sse_wtap_offset;
#else
typedef gint64 sse_wtap_offset;
#endif

struct wtap {
    FILE_T        fh;                   /* to read from the start on */
    FILE_T        random_fh;            /* to read at any place; NULL where that was not asked for */
    sse_bool      ispipe;
    int           file_type_subtype;
    unsigned      snapshot_length;
    GArray       *shb_hdrs;
#if SSE_WIRESHARK_AT_LEAST(4, 4)
    GArray       *shb_iface_to_global;
#endif
    GArray       *interface_data;
    unsigned      next_interface_data;
    GArray       *nrbs;                 /* nrb_hdrs in 4.0 */
    GArray       *dsbs;
#if SSE_WIRESHARK_AT_LEAST(4, 4)
    GArray       *meta_events;
#endif
    char         *pathname;
    void         *priv;                 /* the reader's own; wtap_close() frees it */
    void         *wslua_data;
    sse_bool (*subtype_read)(struct wtap *, wtap_rec *, Buffer *, int *, char **, sse_wtap_offset *);
    sse_bool (*subtype_seek_read)(struct wtap *, sse_wtap_offset, wtap_rec *, Buffer *, int *, char **);
    void        (*subtype_sequential_close)(struct wtap *);
    void        (*subtype_close)(struct wtap *);
    int           file_encap;
    int           file_tsprec;
    /* More follows: only Wireshark makes one. */
};

/* Exported, and declared in the same header. */
WS_DLL_PUBLIC void wtap_add_generated_idb(wtap *wth);
/* Exported, and declared in a header that 4.0 installs without one that it
 * includes (wiretap/file_wrappers.h, wsutil/file_util.h). */
WS_DLL_PUBLIC int file_read(void *buf, unsigned count, FILE_T file);
WS_DLL_PUBLIC sse_wtap_offset file_seek(FILE_T stream, sse_wtap_offset offset, int whence, int *err);
WS_DLL_PUBLIC int file_error(FILE_T fh, char **err_info);

#define SSE_WTAP_BUFFER , Buffer *buf
#define SSE_WTAP_DATA(rec) (buf)

#else
#error "No declaration of struct wtap for this version of Wireshark"
#endif

/** Is the file's struct the one that is declared? Wireshark's own functions say
 * what stands in it; of a file that is just being opened the type of its
 * packets and the precision of its times are unlike, and behind all members
 * that a reader sets. Call it before anything is set. */
static inline bool sse_wtap_fits(wtap *wth)
{
    return wtap_file_tsprec(wth) == WTAP_TSPREC_USEC && wth->file_tsprec == WTAP_TSPREC_USEC &&
           wth->file_encap == wtap_file_encap(wth) && wth->file_type_subtype == wtap_file_type_subtype(wth) &&
           wth->fh != NULL && wth->pathname != NULL && wth->shb_hdrs != NULL &&
           wth->shb_hdrs->len == wtap_file_get_num_shbs(wth);
}

/** A record becomes a packet with these bytes. */
static inline void sse_wtap_packet(wtap *wth, wtap_rec *rec, Buffer *data)
{
#if SSE_WIRESHARK_AT_LEAST(4, 6)
    wtap_setup_packet_rec(rec, wth->file_encap);
#else
    rec->rec_type = REC_TYPE_PACKET;
    rec->rec_header.packet_header.pkt_encap = wth->file_encap;
#endif
    rec->block = wtap_block_create(WTAP_BLOCK_PACKET);
    rec->rec_header.packet_header.caplen = (uint32_t)ws_buffer_length(data);
    rec->rec_header.packet_header.len = (uint32_t)ws_buffer_length(data);
}

#endif
