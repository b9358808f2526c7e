/* tap-menu.h
 * The menu Tools, SSE Roaming.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TAP_MENU_H
#define SSE_TAP_MENU_H

/** Registers the menu. Call it once, when all protocols are registered. tshark and
 * sharkd show none. */
void sse_menu_register(void);

#endif
