/* frame_fields.h
 * The fields that every kind of frame has (what it is, whose, with whom), and
 * how a field of ours is added: generated, and selecting its bytes where the
 * packet has them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_FRAME_FIELDS_H
#define SSE_FRAME_FIELDS_H

#include "compat.h"

#include <epan/expert.h>

#include "ip_layers.h"
#include "session.h"

/** The frame that is being shown. */
typedef struct sse_frame_view {
    tvbuff_t    *tvb;
    packet_info *pinfo;
    proto_tree  *tree;               /**< our subtree; NULL where none is built */
    proto_item  *item;               /**< its head, the same */
    sse_open_file *file;
    bool         visited;            /**< not for the first time */
    const sse_report *report;        /**< NULL on the first pass */
    const sse_ip_layers *layers;     /**< its headers; only with a subtree, NULL where they were not found */
} sse_frame_view;

/** What a frame is, for the field sseroaming.kind. */
typedef enum {
    SSE_FRAME_PROBE_QUERY = 1, SSE_FRAME_PROBE_REPLY, SSE_FRAME_LOCAL_QUERY, SSE_FRAME_LOCAL_REPLY,
    SSE_FRAME_LOOKUP_QUERY, SSE_FRAME_LOOKUP_ANSWER, SSE_FRAME_SYN, SSE_FRAME_SYN_ACK, SSE_FRAME_RESET,
    SSE_FRAME_FIN, SSE_FRAME_ICMP, SSE_FRAME_CLIENT_PAYLOAD, SSE_FRAME_GATEWAY_PAYLOAD, SSE_FRAME_CONNECT,
    SSE_FRAME_CONNECT_ANSWER, SSE_FRAME_COPY, SSE_FRAME_FAIL_OPEN, SSE_FRAME_NOTED, SSE_FRAME_DNSCRYPT_QUERY,
    SSE_FRAME_DNSCRYPT_REPLY, SSE_FRAME_IDENTITY,
} sse_frame_kind;

/** Registers the fields. Call it once. */
void sse_fields_register(int proto);

/** Add one field, generated, that selects no bytes. Without a subtree they do
 * nothing. */
void sse_field_uint(const sse_frame_view *p, int hf, uint32_t value);
/** Nothing for NULL and "". */
void sse_field_text(const sse_frame_view *p, int hf, const char *value);
/** "True": what is not so is not added. */
void sse_field_boolean(const sse_frame_view *p, int hf);
/** A time of so many ns. */
void sse_field_time(const sse_frame_view *p, int hf, int64_t ns);
/** The same of a reply, and once more in milliseconds, for a column. */
void sse_field_reply_time(const sse_frame_view *p, int hf, int64_t ns);
/** Another frame: not for 0 and not for this one. */
void sse_field_frame(const sse_frame_view *p, int hf, uint32_t frame);

/** An address is one of two fields: Wireshark's types are one for each
 * version of IP, and only these can be compared with prefixes. */
typedef struct sse_address_field {
    const int *hf_ipv4, *hf_ipv6;
} sse_address_field;

/** Adds an address, of either version. start, length: where it stands. */
proto_item *sse_add_address(proto_tree *tree, const sse_address_field *field, tvbuff_t *tvb, int start, int length,
                            const sse_addr *addr);

/** Fields that several kinds of frames have. */
void sse_field_kind(const sse_frame_view *p, sse_frame_kind kind);
void sse_field_client(const sse_frame_view *p, const sse_addr *addr);
void sse_field_resolver(const sse_frame_view *p, const sse_addr *addr);
void sse_field_gateway(const sse_frame_view *p, const sse_addr *addr);
void sse_field_port(const sse_frame_view *p, uint16_t port);
void sse_field_transport(const sse_frame_view *p, sse_transport transport);
/** A gateway's name, redacted where that is wanted; not for SSE_NONE.
 * @param name index into the tracker's names */
void sse_field_name(const sse_frame_view *p, uint32_t name);
/** The same, which stands in the packet at this place. */
void sse_field_name_at(const sse_frame_view *p, const char *name, tvbuff_t *tvb, int offset, int length);
void sse_field_known_from(const sse_frame_view *p, sse_known known);
/** Sender, type and code, where the packet is ICMP. */
void sse_field_icmp(const sse_frame_view *p);
/** The states of a client's protection at this frame; on later passes only.
 * @param client index of the address */
void sse_field_states(const sse_frame_view *p, uint32_t client, sse_service of);

/** A short mark before the rest of the Info column, where it is seen however
 * narrow the column: "[SSE Roaming: no reply]". Nothing where the preference
 * says so. @param code "no-reply" */
void sse_mark_info(const sse_frame_view *p, const char *code);

/** The packet's headers once more; NULL where they are not found. They live as
 * long as the packet is dissected. */
const sse_ip_layers *sse_view_layers(const sse_frame_view *p);
/** The packet's own address of the client: a client may have several.
 * @param index of the address */
const sse_addr *sse_view_address(const sse_frame_view *p, uint32_t index);

/** The first element that is about a frame, in an array sorted by frame.
 * @param size   of an element
 * @param offset where an element has its frame number, a uint32_t
 * @return its index, SSE_NOWHERE where there is none */
#define SSE_NOWHERE G_MAXUINT
guint sse_first_at(const GArray *array, size_t size, size_t offset, uint32_t frame);

/** What a mark makes of its frame. */
sse_frame_kind sse_mark_kind_of(const sse_tracker *t, const sse_mark *mark);
/** The client that a mark is about: index of an address, or SSE_NONE. */
uint32_t sse_mark_client(const sse_tracker *t, const sse_mark *mark);

#endif
