/* message_fields.h
 * What the DNS messages of probes say of who asks and who answers: the debug
 * strings of a reply, the identity in a query, the question of a lookup.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_MESSAGE_FIELDS_H
#define SSE_MESSAGE_FIELDS_H

#include "dns_message.h"
#include "frame_fields.h"

/** Registers the fields and expert items. Call it once. */
void sse_message_register(int proto, expert_module_t *experts);

/** The DNS message of this packet, if it is one on the service's ports.
 * @param m, items the message and what its records say; they live as long as
 *               the packet is dissected
 * @param tvb, offset where it stands */
bool sse_message_read(const sse_frame_view *p, sse_dns_message **m, sse_dns_items **items, tvbuff_t **tvb, int *offset);
/** Whether a query says whose it is. The module adds that to other queries on
 * 53, too. */
bool sse_message_has_identity(const sse_dns_items *items);

/** Adds what a message says, as sse_message_read() gave it. */
void sse_message_add_items(const sse_frame_view *p, const sse_dns_items *items, tvbuff_t *tvb, int offset);
/** Adds what the packet's own message says, where it has one. */
void sse_message_add(const sse_frame_view *p);
/** Adds the name that a lookup asks for: a click selects it in the question.
 * @param name index into the tracker's names */
void sse_message_add_question(const sse_frame_view *p, uint32_t name);

#endif
