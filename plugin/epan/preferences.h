/* preferences.h
 * The preferences of the plugin: registered, checked, and handed out as a
 * configuration that is always valid.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PREFERENCES_H
#define SSE_PREFERENCES_H

#include "dns_message.h"
#include "tracker.h"

/** What is in force. The lists are the settings' own; config has names, too. */
typedef struct sse_settings {
    sse_config config;
    sse_names  names;
} sse_settings;

/** Registers the preferences of the protocol. Call it once. */
void sse_preferences_register(int proto);

/** A copy of what is in force, for one file; free with
 * sse_settings_free(). Later changes do not reach it. */
sse_settings *sse_preferences_settings(void);
void sse_settings_free(sse_settings *settings);

/** Whether failures are marked in the Info column. */
bool sse_preferences_mark_info(void);

/** To call when Wireshark ends. */
void sse_preferences_shutdown(void);

#endif
