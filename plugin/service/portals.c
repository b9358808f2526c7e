/* portals.c
 * The connectivity tests of Windows and Apple's systems.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "portals.h"

#include <glib.h>
#include <string.h>

/* Host and path (NULL: any). Microsoft's /redirect is not one of them: it is a
 * page that always redirects, opened once a portal was found. */
typedef struct portal_test {
    const char *host, *path;
} portal_test;

static const portal_test portal_tests[] = {
    { "www.msftconnecttest.com", "/connecttest.txt" },
    { "ipv6.msftconnecttest.com", "/connecttest.txt" },
    { "www.msftncsi.com", "/ncsi.txt" },
    { "ipv6.msftncsi.com", "/ncsi.txt" },
    { "captive.apple.com", NULL },
};

const char *const sse_portal_bodies[SSE_PORTAL_BODIES] = { "Microsoft Connect Test", "Microsoft NCSI", "Success" };

bool sse_is_portal_test(const char *host, const uint8_t *path, size_t length)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(portal_tests); i++) {
        const portal_test *test = &portal_tests[i];
        size_t part;

        if (strcmp(host, test->host) != 0)
            continue;
        if (test->path == NULL)
            return true;
        part = strlen(test->path);
        if (length > part && memcmp(path, test->path, part) == 0 && (path[part] == ' ' || path[part] == '?'))
            return true;
    }
    return false;
}
