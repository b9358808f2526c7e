/* machines.h
 * Which addresses are one machine, and which are several: docs/verdict.md, "Terms".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_MACHINES_H
#define SSE_JUDGE_MACHINES_H

#include "records.h"

#define SSE_SHARED_FRAMES 4

/** A device id that several addresses sent at the same time. */
typedef struct sse_shared_device {
    uint32_t first, other;   /**< two of them, indices into addresses */
    uint32_t addresses;      /**< so many carry it */
    bool     clones;         /**< they are several machines; else one on two adapters, as it seems */
    uint32_t frames[SSE_SHARED_FRAMES]; /**< where one took its turn after another; 0 none */
    uint32_t teller;         /**< of its clients the worst, group number + 1: what is found is said once */
} sse_shared_device;

/** What an address alone shows. */
typedef enum {
    SSE_ADDRESS_OF_ONE = 0,
    SSE_ADDRESS_OF_TWO,      /**< two machines use it, told apart by link-layer address or VLAN */
    SSE_ADDRESS_OF_A_SITE    /**< a NAT seen from outside: it sends several device ids in turn */
} sse_address_use;

typedef struct sse_machines {
    uint32_t *parent;        /**< by address: a forest of those that are one machine */
    uint8_t  *use;           /**< by address: sse_address_use */
    uint32_t *shared;        /**< by address: number from 1 of its device among shared_devices, 0 none */
    GArray   *shared_devices; /**< sse_shared_device */
} sse_machines;

/** A table of pairs of addresses, (one << 32 | other) to anything but NULL. */
GHashTable *sse_pairs_new(GDestroyNotify free_value);
bool sse_is_pair(GHashTable *pairs, uint32_t inner, uint32_t outer);
/** Is it a client's? Settled at the end of the file. */
bool sse_is_final_client(const sse_address *a);
/** The machine of a set: its oldest address. */
uint32_t sse_machine_of(const sse_machines *m, uint32_t address);
void sse_join_machines(sse_machines *m, uint32_t a, uint32_t b);
/** @param nat_pairs inner and outer addresses of NATs that are seen from both sides */
void sse_find_machines(const sse_tracker *t, GHashTable *nat_pairs, sse_machines *m);
void sse_machines_clear(sse_machines *m);

#endif
