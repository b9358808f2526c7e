/* frames.h
 * What is kept of single frames: what they are to a record (marks), what was odd
 * about them (facts), ICMP errors; and whether a frame shows a packet that was
 * there already: docs/verdict.md, "Copy".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_FRAMES_H
#define SSE_FRAMES_H

#include "records.h"

/** frame: of the newest packet, or of an older one that only now belongs to something. */
void sse_add_mark(sse_tracker *t, uint32_t frame, sse_mark_kind kind, sse_mark_of of, uint32_t record,
                  unsigned attempt);
/** Forgets the marks of this frame and of those behind it. */
void sse_drop_marks(sse_tracker *t, uint32_t frame);
/** about: the address that it is about, or NULL. */
void sse_add_fact(sse_tracker *t, sse_fact_kind kind, uint32_t client, const obs_packet *p, const sse_addr *about);
/** @return the index of the error in icmps. */
uint32_t sse_add_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp);
struct sse_copies;
/** For who frees a tracker; c may be NULL. */
void sse_copies_free(struct sse_copies *c);
/** What a packet is told by when it comes once more. more: what else tells two packets
 * apart */
uint64_t sse_packet_hash(const obs_packet *p, uint64_t more);
/** Is a packet, by its time, a copy of one with the same hash? */
bool sse_is_copy_of(const obs_packet *p, int64_t time);
/** Is it the same packet once more (mirror port, several interfaces)? Remembers it. */
bool sse_was_seen(sse_tracker *t, const obs_packet *p, uint64_t hash);
static inline bool sse_is_copy(sse_tracker *t, const obs_packet *p, uint64_t more)
{
    return sse_was_seen(t, p, sse_packet_hash(p, more));
}

#endif
