/* umbrella_log.h
 * The logs of a DART bundle as capture files.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_UMBRELLA_LOG_H
#define SSE_UMBRELLA_LOG_H

/** To be called by Wireshark, from wiretap-plugin.c. */
void wtap_register_sseroaming_log(void);

#endif
