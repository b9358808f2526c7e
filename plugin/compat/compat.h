/* compat.h
 * Every difference between Wireshark versions that this plugin meets. The rest
 * of the code is written for the newest interface; nothing else asks for a
 * version. Tested: 4.0, 4.4, 4.6.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_COMPAT_H
#define SSE_COMPAT_H

#include <ws_version.h>

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/stat_tap_ui.h>

#define SSE_WIRESHARK_AT_LEAST(major, minor) \
    (WIRESHARK_VERSION_MAJOR > (major) || (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* Said once, by plugin.c, when the plugin is compiled. The same list is in
 * CMakeLists.txt, for who configures. */
#define SSE_WIRESHARK_TESTED \
    (WIRESHARK_VERSION_MAJOR == 4 && \
     (WIRESHARK_VERSION_MINOR == 0 || WIRESHARK_VERSION_MINOR == 4 || WIRESHARK_VERSION_MINOR == 6))

/* config.h, where it is installed (4.4 on), is not meant for plugins: the
 * compiler attributes that headers of 4.0 take from it come from here. */
#ifndef _U_
#define _U_ G_GNUC_UNUSED
#endif

/* prefs_set_string_value() and its friends: a header of their own, for programs
 * that set preferences; the one in prefs.h where a later version merges them. */
#ifdef __has_include
#if __has_include(<epan/prefs-int.h>)
#include <epan/prefs-int.h>
#endif
#else
#include <epan/prefs-int.h>
#endif

/* A boolean preference lives in a gboolean until 4.2, in a bool from 4.4 on.
 * Their sizes differ: never cast one to the other. */
#if SSE_WIRESHARK_AT_LEAST(4, 4)
typedef bool sse_pref_bool;
#else
typedef gboolean sse_pref_bool;
#endif

/* What callbacks of core return for yes and no: gboolean until 4.2. */
#if SSE_WIRESHARK_AT_LEAST(4, 4)
typedef bool sse_bool;
#else
typedef gboolean sse_bool;
#endif

/* The callbacks of a conversation filter get data of ours from 4.4 on. */
#if SSE_WIRESHARK_AT_LEAST(4, 4)
#define SSE_CONVERSATION_DATA , void *user_data _U_
#define SSE_REGISTER_CONVERSATION_FILTER(protocol, title, is_valid, build) \
    register_conversation_filter((protocol), (title), (is_valid), (build), NULL)
#else
#define SSE_CONVERSATION_DATA
#define SSE_REGISTER_CONVERSATION_FILTER(protocol, title, is_valid, build) \
    register_conversation_filter((protocol), (title), (is_valid), (build))
#endif

/* The init callback of a -z option returns whether it took the argument from
 * 4.6 on; before, it returns nothing and only ending the program says no. */
#if SSE_WIRESHARK_AT_LEAST(4, 6)
typedef bool sse_stat_init_result;
#define SSE_STAT_INIT_OK     return true
#define SSE_STAT_INIT_FAILED return false
#define SSE_STAT_INIT_CAN_FAIL 1
#else
typedef void sse_stat_init_result;
#define SSE_STAT_INIT_OK     return
#define SSE_STAT_INIT_FAILED return
#define SSE_STAT_INIT_CAN_FAIL 0
#endif

/* From 4.4 on tshark marks the fields that -e prints, as a filter does. */
#if SSE_WIRESHARK_AT_LEAST(4, 4)
#define SSE_PRINTED_FIELDS_ARE_MARKED 1
#else
#define SSE_PRINTED_FIELDS_ARE_MARKED 0
#endif

/* A data source of a frame by its name, NULL where there is none: from 4.6 on
 * the source is found first, its bytes are asked of it then. */
static inline tvbuff_t *sse_data_source(packet_info *pinfo, const char *name)
{
#if SSE_WIRESHARK_AT_LEAST(4, 6)
    struct data_source *found = get_data_source_by_name(pinfo, name);

    return found != NULL ? get_data_source_tvb(found) : NULL;
#else
    return get_data_source_tvb_by_name(pinfo, name);
#endif
}

#endif
