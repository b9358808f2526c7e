/* replay.c
 * Runs a fuzz target over files, without libFuzzer: for the inputs that once
 * broke something, with any compiler.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz.h"

#include <glib.h>
#include <stdio.h>

static unsigned run(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    char *data;
    gsize size;
    unsigned count = 0;

    if (dir != NULL) {
        while ((name = g_dir_read_name(dir)) != NULL) {
            char *inside = g_build_filename(path, name, NULL);

            count += run(inside);
            g_free(inside);
        }
        g_dir_close(dir);
        return count;
    }
    if (!g_file_get_contents(path, &data, &size, NULL)) {
        fprintf(stderr, "cannot read %s\n", path);
        return 0;
    }
    /* A block of just this size: reading past its end shows. */
    uint8_t *exact = size > 0 ? (uint8_t *)g_memdup2(data, size) : (uint8_t *)g_malloc0(1);
    g_free(data);
    LLVMFuzzerTestOneInput(exact, size);
    g_free(exact);
    return 1;
}

int main(int argc, char **argv)
{
    unsigned count = 0;

    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++)
        count += run(argv[i]);
    printf("%u inputs\n", count);
    return 0;
}
