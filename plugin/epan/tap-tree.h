/* tap-tree.h
 * The tree of counts in Wireshark's Statistics menu and in sharkd
 * ("stat:sseroaming").
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TAP_TREE_H
#define SSE_TAP_TREE_H

/** Registers it. Call it once, while protocols register. */
void sse_tree_register(void);

#endif
