/* abi_layout.c
 * Where everything lies that the plugin reads or writes of Wireshark's and
 * GLib's structures: their sizes, the places and sizes of the members that are
 * touched, and the bits. check_abi.py compiles it with the compiler of our DLLs
 * and as the official Wireshark's compiler lays structures out, and compares.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat_wtap.h"

#include <stddef.h>
#include <time.h>

#include <epan/addr_resolv.h>
#include <epan/epan_dissect.h>
#include <epan/expert.h>
#include <epan/frame_data.h>
#include <epan/funnel.h>
#include <epan/packet_info.h>
#include <epan/proto.h>
#include <epan/stat_tap_ui.h>
#include <epan/stats_tree.h>
#include <epan/tap.h>
#include <wsutil/color.h>
#include <wsutil/json_dumper.h>
#include <wsutil/nstime.h>

/* TYPE(type) and MEMBER(type, member). */
#define LAYOUT \
    TYPE(char) TYPE(short) TYPE(int) TYPE(long) TYPE(long long) TYPE(void *) TYPE(size_t) TYPE(bool) TYPE(time_t) \
    TYPE(gboolean) TYPE(gint64) TYPE(gsize) TYPE(gssize) TYPE(gunichar) TYPE(wchar_t) \
    TYPE(GArray) MEMBER(GArray, data) MEMBER(GArray, len) \
    TYPE(GByteArray) MEMBER(GByteArray, data) MEMBER(GByteArray, len) \
    TYPE(GPtrArray) MEMBER(GPtrArray, pdata) MEMBER(GPtrArray, len) \
    TYPE(GString) MEMBER(GString, str) MEMBER(GString, len) MEMBER(GString, allocated_len) \
    TYPE(GSList) MEMBER(GSList, data) MEMBER(GSList, next) \
    TYPE(GHashTableIter) \
    TYPE(nstime_t) MEMBER(nstime_t, secs) MEMBER(nstime_t, nsecs) \
    TYPE(address) MEMBER(address, type) MEMBER(address, len) MEMBER(address, data) MEMBER(address, priv) \
    TYPE(hashipv4_t) MEMBER(hashipv4_t, addr) MEMBER(hashipv4_t, flags) MEMBER(hashipv4_t, name) \
    TYPE(hashipv6_t) MEMBER(hashipv6_t, addr) MEMBER(hashipv6_t, flags) MEMBER(hashipv6_t, name) \
    TYPE(color_t) MEMBER(color_t, red) MEMBER(color_t, green) MEMBER(color_t, blue) \
    TYPE(frame_data) MEMBER(frame_data, pkt_len) MEMBER(frame_data, num) MEMBER(frame_data, cap_len) \
    MEMBER(frame_data, abs_ts) \
    TYPE(packet_info) MEMBER(packet_info, num) MEMBER(packet_info, abs_ts) MEMBER(packet_info, fd) MEMBER(packet_info, rec) \
    MEMBER(packet_info, data_src) MEMBER(packet_info, dl_src) MEMBER(packet_info, net_src) MEMBER(packet_info, net_dst) \
    MEMBER(packet_info, src) MEMBER(packet_info, dst) MEMBER(packet_info, ptype) MEMBER(packet_info, srcport) \
    MEMBER(packet_info, destport) MEMBER(packet_info, can_desegment) MEMBER(packet_info, saved_can_desegment) \
    MEMBER(packet_info, cinfo) MEMBER(packet_info, presence_flags) MEMBER(packet_info, pool) MEMBER(packet_info, layers) \
    TYPE(header_field_info) MEMBER(header_field_info, name) MEMBER(header_field_info, abbrev) MEMBER(header_field_info, type) \
    MEMBER(header_field_info, display) MEMBER(header_field_info, strings) MEMBER(header_field_info, bitmask) \
    MEMBER(header_field_info, blurb) MEMBER(header_field_info, id) MEMBER(header_field_info, parent) \
    MEMBER(header_field_info, ref_type) MEMBER(header_field_info, same_name_prev_id) \
    MEMBER(header_field_info, same_name_next) \
    TYPE(hf_register_info) MEMBER(hf_register_info, p_id) MEMBER(hf_register_info, hfinfo) \
    TYPE(expert_field) MEMBER(expert_field, ei) MEMBER(expert_field, hf) \
    TYPE(expert_field_info) MEMBER(expert_field_info, name) MEMBER(expert_field_info, group) \
    MEMBER(expert_field_info, severity) MEMBER(expert_field_info, summary) MEMBER(expert_field_info, id) \
    MEMBER(expert_field_info, hf_info) \
    TYPE(ei_register_info) MEMBER(ei_register_info, ids) MEMBER(ei_register_info, eiinfo) \
    TYPE(field_info) MEMBER(field_info, flags) MEMBER(field_info, hfinfo) MEMBER(field_info, value) \
    TYPE(proto_node) MEMBER(proto_node, finfo) MEMBER(proto_node, first_child) MEMBER(proto_node, tree_data) \
    TYPE(proto_plugin) MEMBER(proto_plugin, register_protoinfo) MEMBER(proto_plugin, register_handoff) \
    TYPE(value_string) MEMBER(value_string, value) MEMBER(value_string, strptr) \
    TYPE(enum_val_t) TYPE(prefs_set_pref_e) TYPE(tap_packet_status) \
    TYPE(funnel_ops_t) MEMBER(funnel_ops_t, ops_id) MEMBER(funnel_ops_t, new_text_window) MEMBER(funnel_ops_t, set_text) \
    MEMBER(funnel_ops_t, set_close_cb) MEMBER(funnel_ops_t, new_dialog) \
    TYPE(stat_data_t) MEMBER(stat_data_t, stat_tap_data) \
    TYPE(stat_tap_table) MEMBER(stat_tap_table, title) MEMBER(stat_tap_table, elements) MEMBER(stat_tap_table, num_elements) \
    MEMBER(stat_tap_table, num_fields) \
    TYPE(stat_tap_table_item) MEMBER(stat_tap_table_item, type) MEMBER(stat_tap_table_item, align) \
    MEMBER(stat_tap_table_item, column_name) MEMBER(stat_tap_table_item, field_format) \
    TYPE(stat_tap_table_item_type) MEMBER(stat_tap_table_item_type, type) MEMBER(stat_tap_table_item_type, value) \
    MEMBER(stat_tap_table_item_type, user_data) \
    TYPE(stat_tap_table_ui) MEMBER(stat_tap_table_ui, group) MEMBER(stat_tap_table_ui, title) \
    MEMBER(stat_tap_table_ui, tap_name) MEMBER(stat_tap_table_ui, cli_string) MEMBER(stat_tap_table_ui, stat_tap_init_cb) \
    MEMBER(stat_tap_table_ui, packet_func) MEMBER(stat_tap_table_ui, stat_tap_reset_table_cb) \
    MEMBER(stat_tap_table_ui, stat_tap_free_table_item_cb) MEMBER(stat_tap_table_ui, stat_filter_check_cb) \
    MEMBER(stat_tap_table_ui, nfields) MEMBER(stat_tap_table_ui, fields) MEMBER(stat_tap_table_ui, nparams) \
    MEMBER(stat_tap_table_ui, params) MEMBER(stat_tap_table_ui, tables) MEMBER(stat_tap_table_ui, refcount) \
    TYPE(stat_tap_ui) MEMBER(stat_tap_ui, group) MEMBER(stat_tap_ui, title) MEMBER(stat_tap_ui, cli_string) \
    MEMBER(stat_tap_ui, tap_init_cb) MEMBER(stat_tap_ui, nparams) MEMBER(stat_tap_ui, params) \
    TYPE(json_dumper) MEMBER(json_dumper, output_string) MEMBER(json_dumper, flags) \
    TYPE(wtap_packet_header) MEMBER(wtap_packet_header, caplen) MEMBER(wtap_packet_header, len) \
    MEMBER(wtap_packet_header, pkt_encap) \
    TYPE(wtap_rec) MEMBER(wtap_rec, rec_type) MEMBER(wtap_rec, presence_flags) MEMBER(wtap_rec, ts) \
    MEMBER(wtap_rec, rec_header) MEMBER(wtap_rec, block) \
    TYPE(Buffer) MEMBER(Buffer, start) MEMBER(Buffer, first_free) \
    TYPE(wtap_plugin) MEMBER(wtap_plugin, register_wtap_module) \
    TYPE(struct open_info) MEMBER(struct open_info, name) MEMBER(struct open_info, type) \
    MEMBER(struct open_info, open_routine) MEMBER(struct open_info, extensions) \
    TYPE(struct file_type_subtype_info) MEMBER(struct file_type_subtype_info, description) \
    MEMBER(struct file_type_subtype_info, name) MEMBER(struct file_type_subtype_info, num_supported_blocks) \
    MEMBER(struct file_type_subtype_info, supported_blocks) \
    TYPE(struct supported_block_type) MEMBER(struct supported_block_type, type) \
    MEMBER(struct supported_block_type, support) \
    MEMBER(struct wtap, fh) MEMBER(struct wtap, random_fh) MEMBER(struct wtap, file_type_subtype) \
    MEMBER(struct wtap, snapshot_length) MEMBER(struct wtap, shb_hdrs) MEMBER(struct wtap, pathname) \
    MEMBER(struct wtap, priv) MEMBER(struct wtap, subtype_read) MEMBER(struct wtap, subtype_seek_read) \
    MEMBER(struct wtap, subtype_sequential_close) MEMBER(struct wtap, subtype_close) MEMBER(struct wtap, file_encap) \
    MEMBER(struct wtap, file_tsprec)

/* Bits of frame_data: one of them for each, with that bit set, byte for byte. */
#define BITS BIT(visited) BIT(passed_dfilter) BIT(ref_time) BIT(ignored) BIT(has_ts)

#define IN(section_name) __attribute__((section(section_name), used))

#define TYPE(type) sizeof(type),
#define MEMBER(type, member) offsetof(type, member), sizeof(((type *)0)->member),
const unsigned long long layout_numbers[] IN(".abinum") = { LAYOUT };
#undef TYPE
#undef MEMBER

#define TYPE(type) "sizeof " #type "\n"
#define MEMBER(type, member) "place of " #type "." #member "\nsize of " #type "." #member "\n"
const char layout_names[] IN(".abiname") = LAYOUT;

#define BIT(member) { .member = 1 },
const frame_data layout_bits[] IN(".abibit") = { BITS };
#undef BIT
#define BIT(member) #member "\n"
const char bit_names[] IN(".abibnam") = BITS;
